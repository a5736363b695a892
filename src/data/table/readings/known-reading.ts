import { dressed } from '../dress.ts'
import type { KnownColumn } from '../known-column.ts'
import { momentFormat } from '../moments/moment-format.ts'
import { dressReader } from './dressed-numbers.ts'
import type { TextReading } from './reading.ts'

/** The reading that a column had once; undefined where its cells were read as they stand. */
export function knownReading({ calendar, written, type }: KnownColumn): TextReading | undefined {
  // New rows are not to be written again, so nobody need be told how they would look.
  const quiet = { isShapeEnough: true, isRewritten: true, type, meaning: 'as known' } as const
  if (calendar) {
    const { parse, format } = momentFormat(calendar)
    return { ...quiet, parse: (cell) => parse(cell.trim()), format, carries: { calendar } }
  }
  const dress = written?.dress
  if (dress === undefined) return undefined
  return {
    ...quiet,
    parse: dressReader(dress),
    format: (value) => dressed(value, dress),
    carries: { written: { dress } },
  }
}
