import { decimalsNeeded } from '../decimals.ts'
import type { NumberColumn, TextColumn } from '../table.ts'
import { ReadingTrials } from './choose-reading.ts'
import type { ReadingHints } from './reading.ts'
import { ShapeTally } from './shapes.ts'

/**
 * A column of text as the numbers, days or times that its cells stand for, with how they are written; undefined where
 * they are words, or not all fit. Notes say what a person may want to know of either.
 */
export function readText(
  column: TextColumn,
  hints: ReadingHints = {},
): { readonly column: NumberColumn | undefined; readonly notes: readonly string[] } {
  const { name, type, values: cells } = column
  const tally = new ShapeTally()
  tally.see(cells, 0)
  const trials = new ReadingTrials(name, tally, { hints, keep: cells.length })
  if (trials.isOpen) trials.see(cells, 0)
  const { reading, values, notes } = trials.choose()
  if (reading === undefined || values === undefined) return { column: undefined, notes }
  return {
    column: { kind: 'number', name, type, values, decimals: decimalsNeeded(values), ...reading.carries },
    notes,
  }
}
