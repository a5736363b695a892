import { totalmem } from 'node:os'
import { ScorefieldError } from '../base/index.ts'
import { group } from './terminal.ts'

/** Most numbers that one array of the oldest supported Node holds. */
const longestArray = 2 ** 32 - 1

/** Memory that this process may use, in bytes: the machine's, or what its container is given. */
export function memoryBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}

/**
 * Throws `usage/too-many-rows` for a sample that does not fit in memory.
 *
 * A row takes `width` float32 as it is drawn, and its columns as float64 twice: as a table and on the way to a file.
 */
export function requireRoom(
  rows: { readonly count: number; readonly width: number; readonly columns: number },
  memory: number = memoryBytes(),
): void {
  const { count, width, columns } = rows
  const rowBytes = 4 * width + 2 * 8 * columns
  const most = Math.floor(Math.min(memory / rowBytes, longestArray / Math.max(1, width)))
  if (count <= most) return
  const atOnce = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most / 2))))
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/too-many-rows',
    message: `${group(count)} rows of ${columns} columns do not fit in memory: they need ${gigabytes(count * rowBytes)} of ${gigabytes(memory)}.`,
    hint: `Draw them in parts: -n ${atOnce} --first 0, then -n ${atOnce} --first ${atOnce}, and so on; together they are the same rows.`,
  })
}

function gigabytes(bytes: number): string {
  return `${group(Number((bytes / 1e9).toPrecision(3)))} GB`
}
