import type { CommandRecord, CommonOptions } from './command.ts'
import { addDeviceOptions, type DeviceOptions } from './options.ts'

export interface ScoreOptions extends CommonOptions, DeviceOptions {
  readonly output?: string
  readonly sql?: string
}

/** `scorefield score`. */
export const scoreCommand: CommandRecord = {
  name: 'score',
  summary: 'say of each row how likely it is: log-density in nats, in the data’s own units',
  examples: [
    { line: 'scorefield score runs/wine wine.csv -o scores.csv', does: 'every row of a table' },
    { line: 'scorefield score runs/wine new.parquet', does: 'rows of another file, to the screen' },
  ],
  define: (command) => {
    command
      .argument('<run>', 'folder of the run')
      .argument('[data]', 'rows with the columns that the run was trained on, in any order')
      .option(
        '-o, --output <file>',
        'CSV, TSV, Parquet or JSON file, by its extension (default: CSV to the screen)',
      )
      .option('--sql <query>', 'score the answer to a query')
    addDeviceOptions(command)
    command.action(async (run: string, data: string | undefined, options: ScoreOptions) => {
      const { runScore } = await import('./score.action.ts')
      await runScore(run, data, options)
    })
  },
}
