import type { CommandRecord } from './command.ts'
import { positiveNumber, wholeNumber } from './command.ts'
import type { CompareCommandOptions } from './compare.action.ts'
import { addDeviceOptions, gather } from './options.ts'

/** `scorefield compare`. */
export const compareCommand: CommandRecord = {
  name: 'compare',
  summary: 'train every family of models on the same data for the same time, and judge them by the same rows',
  examples: [
    { line: 'scorefield compare wine.csv', does: 'all families, three seeds, a minute each' },
    {
      line: 'scorefield compare toy:two-moons --families denoiser,spline-flow --seconds 20 --seeds 1',
      does: 'two of them, quickly',
    },
  ],
  define: (command, context) => {
    command
      .argument('<data>', 'table file, pattern of files or toy:NAME, as for train')
      .optionsGroup('What is compared:')
      .option(
        '--families <names>',
        'names with commas between them; see scorefield list families (default: all)',
      )
      .option(
        '--seconds <n>',
        'time that each training may take; its steps are chosen so, at most the family’s own (default: 60)',
        positiveNumber('--seconds'),
      )
      .option(
        '--seeds <n>',
        'trainings of each family, with seeds 0, 1, … (default: 3)',
        wholeNumber('--seeds', 1),
      )
      .option(
        '--out <folder>',
        'folder of runs, figures and page; an existing one is continued (default: runs/compare-NAME)',
      )
      .option('--set <path=value>', 'one setting that holds for all families; may be given again', gather)
    addDeviceOptions(command)
    command.action(async (data: string, options: CompareCommandOptions) => {
      const { runCompare } = await import('./compare.action.ts')
      await runCompare(data, options, context)
    })
  },
}
