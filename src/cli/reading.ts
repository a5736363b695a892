import type { Command } from 'commander'
import { ScorefieldError } from '../base/index.ts'
import type { DataAsked } from '../run/node.ts'
import { gather } from './options.ts'

/** How a file is read, where that is said. */
export interface ReadingOptions {
  readonly set?: readonly string[]
}

/** Adds --set for a file that is read by what it shows unless told. */
export function addReadingOption(command: Command): void {
  command.option(
    '--set <path=value>',
    'how the file is read, such as data.csv.encoding=latin-1 or data.sheet=May; may be given again (default: as the run’s own, where that fits)',
    gather,
  )
}

/** What --set says of a file: data.csv and data.sheet; other settings are the run's, and are refused. */
export async function readingSaid({ set = [] }: ReadingOptions): Promise<Pick<DataAsked, 'csv' | 'sheet'>> {
  const { setAll } = await import('../run/node.ts')
  const other = set.find((line) => !/^data\.(csv\.|sheet=)/.test(line))
  if (other !== undefined)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/set',
      message: `--set ${other} is no setting of how a file is read; all else is the run’s.`,
      hint: 'There are data.csv.header, .delimiter, .decimalSeparator, .gaps, .encoding and data.sheet.',
    })
  const { csv, sheet } = setAll({}, set).data ?? {}
  return { csv, sheet }
}
