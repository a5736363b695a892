import type { CommandRecord } from './command.ts'
import { wholeNumber } from './command.ts'
import type { EvaluateOptions } from './evaluate.action.ts'
import { addDeviceOptions } from './options.ts'
import { addReadingOption } from './reading.ts'

/** `scorefield evaluate`. */
export const evaluateCommand: CommandRecord = {
  name: 'evaluate',
  summary: 'say how good a run is, every figure with an interval and with what real rows reach',
  examples: [
    { line: 'scorefield evaluate runs/wine', does: 'against the rows that it held out' },
    { line: 'scorefield evaluate runs/wine --against later.csv', does: 'against other rows' },
    {
      line: 'scorefield evaluate runs/wine --target quality',
      does: 'test whether predictors of this column learn from synthetic rows what they learn from real ones',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .optionsGroup('What it is judged by:')
      .option(
        '--against <file>',
        'rows to judge by, with the run’s columns or - for standard input (default: those it held out)',
      )
      .option('--sql <query>', 'judge by the answer to a query')
    addReadingOption(command)
    command
      .option(
        '--target <column>',
        'the column that predictors learn from synthetic and from real rows (default: one named like a target, else the last)',
      )
      .option(
        '--likelihood-rows <n>',
        'rows whose log-likelihood is computed, at most (default: what takes about half a minute on two cores, at least 256)',
        wholeNumber('--likelihood-rows', 2),
      )
      .option('--seed <n>', 'seed of the samples and of the figures (default: 0)', wholeNumber('--seed', 0))
    addDeviceOptions(command)
    command.action(async (run: string, options: EvaluateOptions) => {
      const { runEvaluate } = await import('./evaluate.action.ts')
      await runEvaluate(run, options, context)
    })
  },
}
