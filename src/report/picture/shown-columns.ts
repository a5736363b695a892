import { correlation, type Rows, spreadRows } from './numbers.ts'
import { type ColumnView, columnView, mixedAssociations, type PictureColumn } from './pair-columns.ts'

// Multiplications spent on choosing columns, about: a tenth of a second.
const choosingWork = 2e7

/**
 * The columns to draw, ascending: see `pairPlot`.
 * Of very many columns, such as pixels, evenly spread rows are compared rather than all, at least 50.
 */
export function mostCorrelated(data: Rows, width: number, limit: number): number[] {
  const all = Array.from({ length: width }, (_, index) => index)
  if (width <= limit) return all
  const rows = spreadRows(data.length / width, Math.max(50, Math.floor(choosingWork / width ** 2)))
  const values = all.map((column) => Float64Array.from(rows, (row) => data[row * width + column]!))
  const strength = new Array<number>(width).fill(0)
  for (const first of all) {
    for (let second = 0; second < first; second++) {
      const size = Math.abs(correlation(values[first]!, values[second]!))
      if (Number.isNaN(size)) continue
      strength[first]! += size
      strength[second]! += size
    }
  }
  const ranked = [...all].sort((a, b) => strength[b]! - strength[a]! || a - b)
  return ranked.slice(0, limit).sort((a, b) => a - b)
}

/** The columns to draw: all, or those most related to the others. */
export function shownViews(
  options: { readonly columns: readonly PictureColumn[]; readonly data: Rows; readonly samples: Rows },
  limit: number,
): ColumnView[] {
  const width = options.columns.length
  if (width <= limit || options.columns.every(({ words }) => words === undefined))
    return mostCorrelated(options.data, width, limit).map((index) => columnView(options, index))
  // Their strength shows in few rows already, and of very many columns all pairs take long.
  const rows = spreadRows(options.data.length / width, Math.max(50, Math.floor(choosingWork / width ** 2)))
  const some = Float64Array.from(
    rows.flatMap((row) => Array.from(options.data.subarray(row * width, (row + 1) * width))),
  )
  const all = options.columns.map((_, index) => columnView({ ...options, data: some, samples: some }, index))
  const strength = mixedAssociations(all).real.map((row, i) =>
    row.reduce<number>((sum, value, j) => sum + (i === j ? 0 : Math.abs(value ?? 0)), 0),
  )
  const ranked = strength.map((_, index) => index).sort((a, b) => strength[b]! - strength[a]! || a - b)
  return ranked
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map((index) => columnView(options, index))
}
