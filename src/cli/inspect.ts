import type { CommandRecord } from './command.ts'
import type { InspectOptions } from './inspect.action.ts'
import { addPictureOptions, gather } from './options.ts'

/** `scorefield inspect`. */
export const inspectCommand: CommandRecord = {
  name: 'inspect',
  summary: 'describe a table or pictures: each column, gaps, rules; sizes, labels, repeated and broken ones',
  examples: [
    { line: 'scorefield inspect wine.csv', does: 'every column, its verdict and the reason' },
    {
      line: 'scorefield inspect wine.csv --write data.json',
      does: 'the same, as a file to edit; then: scorefield train data.json',
    },
    { line: 'scorefield inspect --sql "select a, b from \'x.parquet\'"', does: 'the answer to a query' },
  ],
  define: (command, context) => {
    command
      .argument(
        '[data]',
        'CSV, TSV, Parquet, JSON or Excel file, a pattern of them in quotes, a folder of pictures, an IDX file, or - for standard input',
      )
      .optionsGroup('Rows and findings:')
      .option('--sql <query>', 'look at the answer to a query')
      .option(
        '--set <path=value>',
        'how the file is read, such as data.csv.encoding=latin-1; may be given again',
        gather,
      )
      .option(
        '--write <file>',
        'write what was found as JSON, for you to edit and give to train (default: write nothing)',
      )
      .option('--picture <file>', 'draw a contact sheet of pictures, a .png (default: none)')
    addPictureOptions(command)
    command.action(async (data: string | undefined, options: InspectOptions) => {
      const { runInspect } = await import('./inspect.action.ts')
      await runInspect(data, options, context)
    })
  },
}
