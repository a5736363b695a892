import type { CommandRecord } from './command.ts'
import { positiveNumber, wholeNumber, wrongValue } from './command.ts'
import { addDeviceOptions, addOutputOptions, gather, gatherNumbers } from './options.ts'
import type { SampleOptions } from './sample.asked.ts'

/** A finite number. */
const anyNumber =
  (option: string) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value))
      throw wrongValue(`${option} must be a number, not "${text}".`)
    return value
  }

/** Two numbers with a comma between them, the second the larger. */
const interval =
  (option: string) =>
  (text: string): readonly [number, number] => {
    const [low, high, ...rest] = text
      .split(',')
      .map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    if (rest.length === 0 && low! >= 0 && high! > low!) return [low!, high!]
    throw wrongValue(
      `${option} must be two noise levels such as 0.2,2, the smaller one first, not "${text}".`,
    )
  }

/** `scorefield sample`. */
export const sampleCommand: CommandRecord = {
  name: 'sample',
  summary: 'draw new rows from a run, with the columns of its data',
  examples: [
    { line: 'scorefield sample runs/wine -n 1000 -o new.csv', does: 'a thousand new rows as CSV' },
    { line: 'scorefield sample runs/wine -n 5 --seed 7', does: 'five rows to the screen, of another seed' },
    {
      line: 'scorefield sample runs/wine -n 1000 --first 1000 -o more.csv',
      does: 'the next thousand of the same sample',
    },
    {
      line: 'scorefield sample runs/wine -n 100 --where "quality >= 7 and alcohol < 12"',
      does: 'only rows that fulfil a condition',
    },
    {
      line: 'scorefield sample runs/adult -n 100 --given sex=Female --given race=Black',
      does: 'only rows with these values',
    },
    {
      line: 'scorefield sample runs/adult -n 100 --given age=41 --guidance 2',
      does: 'rows more than typical of it, of a run trained with --conditions',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .optionsGroup('Rows:')
      .requiredOption('-n, --count <n>', 'how many rows, 1 or more; 1e6 is a million', wholeNumber('-n', 1))
    addOutputOptions(command)
    command
      .option(
        '--where <condition>',
        'keep only rows that fulfil this, written as in SQL: quality >= 7 (default: keep all)',
      )
      .option(
        '--given <column=value>',
        'only rows with this value; may be given again; column= means a gap (default: none)',
        gather,
      )
      .option(
        '--label <class>',
        'only pictures of this label: short for --given label=… (default: by their shares)',
      )
      .option(
        '--given-method <name>',
        'how: learned (the run was trained with --conditions), rejection or particles (default: the first of them that can)',
      )
      .option(
        '--guidance <w>',
        'rows more than typical of what is given: unconditional + w (conditional − unconditional); 1 is off (default: the run’s own, 1.5 of pictures with labels, else 1)',
        anyNumber('--guidance'),
      )
      .option(
        '--guidance-interval <lo,hi>',
        'the noise levels σ at which it guides (default: all)',
        interval('--guidance-interval'),
      )
      .option(
        '--guide-run <run>',
        'guide by the difference to this worse run of the same data, with weight --guidance (default weight: 2)',
      )
      .option(
        '--guide-step <n>',
        'guide by the checkpoint of this step of --guide-run, or of the run itself (default: the weights that it uses)',
        wholeNumber('--guide-step', 1),
      )
      .option(
        '--seed <n>',
        'a whole number from 0; row i depends on the seed and on i only (default: 0)',
        wholeNumber('--seed', 0),
      )
      .option(
        '--first <i>',
        'index of the first row, from 0: draws the same sample in parts (default: 0)',
        wholeNumber('--first', 0),
      )
      .option(
        '--ema <width>',
        'the average of the weights of this width, a share of the training, such as 0.07; of a run that kept training.powerAverages (default: the weights that the run uses)',
        positiveNumber('--ema'),
      )
      .optionsGroup('Sampler:')
      .option('--sampler <name>', 'see scorefield list samplers (default: the run’s own, usually heun)')
      .option(
        '--sampler-option <name=n>',
        'a number of the sampler, such as eta=0.5; may be given again (default: the sampler’s own)',
        gatherNumbers('--sampler-option'),
      )
      .option(
        '--grid <name>',
        'where noise levels lie; see scorefield list grids (default: the run’s own, usually karras)',
      )
      .option(
        '--grid-option <name=n>',
        'a number of the grid, such as rho=5; may be given again (default: the run’s own, or the grid’s)',
        gatherNumbers('--grid-option'),
      )
      .option(
        '--steps <n>',
        'steps from noise to data, 1 or more (default: the run’s own, usually 25)',
        wholeNumber('--steps', 1),
      )
    command
      .optionsGroup('Picture:')
      .option(
        '--trajectories <file>',
        'draw the paths of the first rows, 48 at most, from noise to data, .png or .svg; of a model of two numbers (default: none)',
      )
    addDeviceOptions(command)
    command.action(async (run: string, options: SampleOptions) => {
      const { runSample } = await import('./sample.action.ts')
      await runSample(run, options, context)
    })
  },
}
