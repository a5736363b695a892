import type { CommandRecord } from './command.ts'
import { positiveNumber, wholeNumber } from './command.ts'
import { addDeviceOptions, addPictureOptions, gather } from './options.ts'
import type { TrainOptions } from './train.begin.ts'

/** `scorefield train`. */
export const trainCommand: CommandRecord = {
  name: 'train',
  summary: 'learn a table, pictures, or a toy distribution; no option is needed',
  examples: [
    { line: 'scorefield train wine.csv', does: 'learn a table; the run goes to runs/wine' },
    {
      line: 'scorefield train data.json',
      does: 'learn the table as inspect --write described it and you edited it',
    },
    { line: 'scorefield train toy:two-moons --steps 2000', does: 'learn a toy distribution, quickly' },
    { line: 'scorefield train "2024-*.parquet" --out runs/year', does: 'learn several files as one table' },
    { line: 'scorefield train wine.csv --set training.emaHalfLifeSteps=500', does: 'change one setting' },
    {
      line: 'scorefield train wine.csv --minutes 5',
      does: 'train for five minutes, measured on this machine',
    },
    {
      line: 'scorefield train penguins.csv --conditions species,island',
      does: 'learn to draw rows of a species and an island that are given',
    },
    { line: 'scorefield train --resume runs/wine', does: 'go on where a run was stopped' },
    {
      line: 'scorefield train --resume runs/wine --steps 9000',
      does: 'train it longer: so many steps in all',
    },
    { line: 'scorefield train new.csv --from runs/wine', does: 'a new run, from the weights of another' },
  ],
  define: (command, context) => {
    command
      .argument(
        '[data]',
        'CSV, TSV, Parquet, JSON or Excel file, a pattern of them in quotes, a folder of pictures, an IDX file, toy:NAME (scorefield list toys), a data.json that inspect wrote, or - for standard input',
      )
      .optionsGroup('Data and run:')
      .option('--out <folder>', 'folder of the run (default: runs/NAME, numbered if taken)')
      .option(
        '--resume <run>',
        'continue a stopped run, bit for bit as if it had not stopped; with --steps, train it longer',
      )
      .option(
        '--from <run>',
        'start a new run from the weights of this one, with its model and encoding; the data must have its columns',
      )
      .option('--sql <query>', 'learn the answer to a query, such as "select a, b from \'x.parquet\'"')
      .option(
        '--format <name>',
        'format of standard input; see scorefield list formats (default: found by looking at it)',
      )
      .option('--no-pictures', 'draw no pictures at the end')
    addPictureOptions(command)
    command
      .option('--flip', 'learn every second picture mirrored, left to right (default: as they are)')
      .optionsGroup('Training:')
      .option(
        '--seed <n>',
        'seed of all random numbers, a whole number from 0 (default: 0)',
        wholeNumber('--seed', 0),
      )
      .option(
        '--steps <n>',
        'optimisation steps, 1 or more (default: 1500 to 16000 by the number of rows, 6000 for a toy); flows and autoregressive families take fewer',
        wholeNumber('--steps', 1),
      )
      .option(
        '--minutes <x>',
        'minutes that training may take, in the place of --steps: the machine is measured first, and the size of the network and the steps are chosen by it',
        positiveNumber('--minutes'),
      )
      .option(
        '--batch-size <n>',
        'rows a step, 1 or more (default: 512 up to 3 columns, else 256; 32 of pictures)',
        wholeNumber('--batch-size', 1),
      )
      .option(
        '--learning-rate <x>',
        'peak learning rate, above 0 (default: 0.002 up to 3 columns, else 0.001; 0.004 of pictures)',
        positiveNumber('--learning-rate'),
      )
      .option(
        '--family <name>',
        'how the distribution is modelled: a name of scorefield list families, or the path of a module that exports a family (default: denoiser)',
      )
      .option(
        '--objective <name>',
        "what training minimises; see scorefield list objectives (default: the family's)",
      )
      .option(
        '--conditions <columns>',
        'columns that may be given when rows are drawn (sample --given), with commas between them, or all (default: none)',
      )
      .option(
        '--gaps <what>',
        'what a gap is: values (of its own, which rows that are drawn have, too) or unknown (they have none) (default: values)',
      )
      .optionsGroup('Settings:')
      .option('--config <file>', 'settings from a JSON file, such as {"training": {"clipNorm": 0.5}}')
      .option(
        '--set <path=value>',
        'one setting, such as training.clipNorm=0.5; may be given again; see scorefield list settings',
        gather,
      )
      .option(
        '--dry-run',
        'print the settings, and the time and memory that the training would take; write nothing',
      )
    addDeviceOptions(command)
    command.action(async (data: string | undefined, options: TrainOptions) => {
      const { runTrain } = await import('./train.action.ts')
      await runTrain(data, options, context)
    })
  },
}
