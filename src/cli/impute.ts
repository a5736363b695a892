import type { CommandRecord } from './command.ts'
import { wholeNumber, wrongValue } from './command.ts'
import type { ImputeCommandOptions } from './impute.action.ts'
import { addDeviceOptions, addGuideOptions, addOutputOptions } from './options.ts'
import { addReadingOption } from './reading.ts'

/** `scorefield impute`. */
export const imputeCommand: CommandRecord = {
  name: 'impute',
  summary: 'fill the gaps of a table by what a run has learned',
  examples: [
    { line: 'scorefield impute runs/wine gaps.csv -o full.csv', does: 'each gap by the median of its draws' },
    {
      line: 'scorefield impute runs/wine gaps.csv -o full.csv --interval 0.9',
      does: 'beside it the ends of an interval of 90 %',
    },
    {
      line: 'scorefield impute runs/wine gaps.csv -o draws.csv --draws 5 --multiple',
      does: 'five filled tables below each other, for multiple imputation',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .argument(
        '[data]',
        'rows with the columns that the run was trained on, in any order; empty cells are filled',
      )
      .optionsGroup('Filling:')
      .option(
        '--draws <k>',
        'draws of each gap, 1 or more; with 1 that draw is the filling (default: 20)',
        wholeNumber('--draws', 1),
      )
      .option(
        '--interval <share>',
        'beside each column of numbers its ends, NAME_low and NAME_high, with this share of all draws between them',
        share('--interval'),
      )
      .option('--multiple', 'all draws, one filled table below the other, with a first column "draw"')
      .option(
        '--method <name>',
        'learned (the model is told what is there), or one of scorefield list guides (default: learned where the run was trained so, as with train --conditions all; else the first guide)',
      )
    addGuideOptions(command)
    command
      .optionsGroup('Rows:')
      .option('--sql <query>', 'fill the answer to a query, such as "select * from \'x.parquet\' limit 100"')
    addReadingOption(command)
    addOutputOptions(command)
    addDeviceOptions(command)
    command.action(async (run: string, data: string | undefined, options: ImputeCommandOptions) => {
      const { runImpute } = await import('./impute.action.ts')
      await runImpute(run, data, options, context)
    })
  },
}

/** A number between 0 and 1, ends excluded. */
function share(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !(value > 0 && value < 1))
      throw wrongValue(`${option} must be a number between 0 and 1, such as 0.9, not "${text}".`)
    return value
  }
}
