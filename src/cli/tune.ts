import { type CommandRecord, wholeNumber } from './command.ts'
import { addDeviceOptions } from './options.ts'
import type { TuneCommandOptions } from './tune.action.ts'

/** `scorefield tune`. */
export const tuneCommand: CommandRecord = {
  name: 'tune',
  summary: 'search the sampler and the noise levels for a number of evaluations of a run’s network',
  examples: [
    { line: 'scorefield tune runs/wine --evaluations 10', does: 'a table of what was tried, the best first' },
    {
      line: 'scorefield tune runs/wine --evaluations 10 --write -o tuned.png',
      does: 'and sample so from now on; error against evaluations as a picture',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .optionsGroup('Search:')
      .option(
        '--evaluations <n>',
        'evaluations of the network a row, 2 or more',
        wholeNumber('--evaluations', 2),
        10,
      )
      .option('-n, --rows <n>', 'rows that ways are compared by, 40 or more', wholeNumber('--rows', 40), 256)
      .option('--seed <n>', 'seed of the noise that ways are compared by', wholeNumber('--seed', 0), 0)
      .optionsGroup('Result:')
      .option('--write', 'keep the best in the run: sample draws so unless told')
      .option('-o, --output <file>', 'draw error against evaluations, .png or .svg (default: none)')
    addDeviceOptions(command)
    command.action(async (run: string, options: TuneCommandOptions) => {
      const { runTune } = await import('./tune.action.ts')
      await runTune(run, options, context)
    })
  },
}
