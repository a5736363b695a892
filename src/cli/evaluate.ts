import type { CommandRecord } from './command.ts'
import { wholeNumber } from './command.ts'
import type { EvaluateOptions } from './evaluate.action.ts'
import { addDeviceOptions } from './options.ts'
import { addReadingOption } from './reading.ts'

/** `scorefield evaluate`. */
export const evaluateCommand: CommandRecord = {
  name: 'evaluate',
  summary: 'measure how good a run is: each figure with an interval and what real rows reach',
  examples: [
    { line: 'scorefield evaluate runs/wine', does: 'on the rows that it held out' },
    { line: 'scorefield evaluate runs/wine --against later.csv', does: 'on other rows' },
    {
      line: 'scorefield evaluate runs/wine --target quality',
      does: 'also compare predictors of this column: one learns from synthetic rows, one from real rows',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .optionsGroup('Rows and figures:')
      .option(
        '--against <file>',
        'file of rows to judge by, with the run’s columns; - for standard input (default: the held-out rows)',
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
        'most rows whose log-likelihood is computed (default: what takes about half a minute on two cores, at least 256)',
        wholeNumber('--likelihood-rows', 2),
      )
      .option(
        '--samples <n>',
        'most samples that are drawn (default: as many as there are training rows, at most 50,000; of pictures 2,000)',
        wholeNumber('--samples', 40),
      )
      .option('--seed <n>', 'seed of the samples and of the figures (default: 0)', wholeNumber('--seed', 0))
    addDeviceOptions(command)
    command.action(async (run: string, options: EvaluateOptions) => {
      const { runEvaluate } = await import('./evaluate.action.ts')
      await runEvaluate(run, options, context)
    })
  },
}
