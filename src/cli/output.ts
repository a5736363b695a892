import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { byName, ScorefieldError } from '../base/index.ts'
import {
  formatOfName,
  formatToWrite,
  requireText,
  requireWriter,
  type Table,
  writeTable,
  writtenFormats,
} from '../data/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'

/** Where a command's rows go: a file, the screen as CSV, or with --json events. */
export interface RowsOutput {
  /** Writes the table; `first` is the index of its first row. Gives what was written, in words, where that is more than rows. */
  readonly write: (table: Table, first: number) => Promise<string | undefined>
}

/** Where a command's rows are to go. */
export interface OutputOptions {
  /** A file; `-` is the screen, or what it is piped to. */
  readonly output?: string
  /** The name of a format; that of the file's ending, or CSV, unless told. */
  readonly format?: string
}

/** Where rows went, in words: the file, or standard output. */
export function placeOf(output: string): string {
  return output === '-' ? 'standard output' : output
}

/**
 * Chooses where rows go, before the work: a file that could not be written is an error now.
 *
 * Errors: `data/unknown-format`, `data/duckdb-missing`, `usage/no-such-folder`.
 */
export async function openOutput(
  options: CommonOptions & OutputOptions,
  terminal: Terminal,
  { stdout }: CommandContext,
): Promise<RowsOutput> {
  const { output: path } = options
  const named = options.format === undefined ? undefined : byName(writtenFormats, options.format, 'format')
  if (path !== undefined && path !== '-') {
    await requireWriter(named ?? formatToWrite(path))
    await requireFolder(dirname(path), path)
    return {
      write: async (table) => {
        const target = named ? { path, format: named } : { path }
        for (const note of await writeTable(table, target)) terminal.warn(note)
        return undefined
      },
    }
  }
  if (options.json && path !== '-')
    return {
      write: async (table, first) => {
        tellRows(table, first, terminal)
        return undefined
      },
    }
  const format = named ?? formatOfName('.csv')!
  requireText(format)
  return {
    write: async (table) => {
      await writeTable(table, { stream: stdout as Writable, format })
      return undefined
    },
  }
}

/** One event a row; gaps are null. */
function tellRows(table: Table, first: number, terminal: Terminal): void {
  for (let row = 0; row < table.rowCount; row++) {
    const values = Object.fromEntries(
      table.columns.map(({ name, values }) => [name, Number.isNaN(values[row]) ? null : values[row]]),
    )
    terminal.event({ type: 'row', index: first + row, values })
  }
}

async function requireFolder(folder: string, path: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/no-such-folder',
    message: `${path} cannot be written: there is no folder ${folder}.`,
    where: path,
    hint: 'Make the folder first, or write somewhere else.',
  })
}
