import { toType } from '../float32.ts'
import type { Column } from '../table.ts'
import { type Grid, resolutionOf, snap } from './grid.ts'

/** What can come out of a column, whatever a model draws. */
export type Outcomes =
  /** These values and no others: a column of one row for each, in the order of their frequency where that is known. */
  | {
      readonly kind: 'values'
      readonly column: Column
      /** Whether invented codes come out, too, in place of words that too few rows have. */
      readonly inventsOthers?: boolean
      /** Whether the data have words that do not come out, since too few rows have them. */
      readonly hidesRareWords?: boolean
    }
  /** Numbers from the first to the second value of `column`, and gaps where it says so. */
  | { readonly kind: 'range'; readonly column: Column; readonly gaps: boolean }
  /** What is made up anew for each row: to ask for a value of it says nothing. `what`: in the plural. */
  | { readonly kind: 'invented'; readonly what: string }

/** Grids of more places within a column's range are not listed. */
const mostListed = 100_000

/** The numbers of a grid from `least` to `most`, as a column of this type holds them; undefined where they are too many. */
export function numbersOnGrid(grid: Grid, least: number, most: number, type: string): number[] | undefined {
  const step = resolutionOf(grid)
  const count = Math.round((most - least) / step) + 3
  if (!(count <= mostListed)) return undefined
  // One place beyond each end: decoding moves what is there to the end itself, which need not lie on the grid.
  return Array.from({ length: count }, (_, k) =>
    toType(type, Math.min(most, Math.max(least, snap(grid, least + (k - 1) * step)))),
  )
}
