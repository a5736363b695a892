import { type CommandRecord, wholeNumber } from './command.ts'
import { addDeviceOptions, addOutputOptions } from './options.ts'
import { addReadingOption } from './reading.ts'
import type { ScoreOptions } from './score.action.ts'

/** `scorefield score`. */
export const scoreCommand: CommandRecord = {
  name: 'score',
  summary: 'say how likely each row is, and which columns make it odd',
  examples: [
    { line: 'scorefield score runs/wine wine.csv -o scores.csv', does: 'every row of a table' },
    { line: 'scorefield score runs/wine new.parquet', does: 'rows of another file, to the screen' },
    {
      line: 'scorefield score runs/wine wine.csv --method bound',
      does: 'by a lower bound on the density of the rows as they are, not noised',
    },
    {
      line: 'scorefield score runs/digits new --dequantisation variational',
      does: 'pictures: bits a dimension by a bound that is learned first, nearer than the usual one',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .argument('[data]', 'rows with the columns that the run was trained on, in any order')
      .optionsGroup('Rows:')
      .option('--sql <query>', 'score the answer to a query, such as "select * from \'x.parquet\' limit 100"')
    addReadingOption(command)
    addOutputOptions(command)
    command
      .optionsGroup('Log-density:')
      .option('--method <name>', 'see scorefield list likelihoods (default: the best that the family has)')
      .option(
        '--draws <n>',
        'draws that an estimate of a row averages over (default: by the method)',
        wholeNumber('--draws', 2),
      )
      .option(
        '--dequantisation <name>',
        'of pictures: how bytes are spread over their cells, see scorefield list dequantisations (default: uniform)',
      )
    addDeviceOptions(command)
    command.action(async (run: string, data: string | undefined, options: ScoreOptions) => {
      const { runScore } = await import('./score.action.ts')
      await runScore(run, data, options, context)
    })
  },
}
