import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { formatOfName, formatToWrite, type Table, writeTable } from '../data/node.ts'
import { ScorefieldError } from '../engine/error.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import type { Terminal } from './terminal.ts'

/** Where a command's rows go: a file, the screen as CSV, or with --json events. */
export interface RowsOutput {
  /** Writes the table; `first` is the index of its first row. */
  readonly write: (table: Table, first: number) => Promise<void>
}

/**
 * Chooses where rows go, before the work: a file that could not be written is an error now.
 *
 * Errors: `data/unknown-format`, `usage/no-such-folder`.
 */
export async function openOutput(
  options: CommonOptions & { readonly output?: string },
  terminal: Terminal,
  { stdout }: CommandContext,
): Promise<RowsOutput> {
  const { output: path } = options
  if (path !== undefined) {
    formatToWrite(path)
    await requireFolder(dirname(path), path)
    return {
      write: async (table) => {
        for (const note of await writeTable(table, { path })) terminal.warn(note)
      },
    }
  }
  if (options.json) return { write: async (table, first) => tellRows(table, first, terminal) }
  return {
    write: async (table) => {
      await writeTable(table, { stream: stdout as Writable, format: formatOfName('.csv')! })
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
