import { type Column, columnWords, type Table } from '../data/index.ts'
import { columnNamed } from './views.ts'

/** How strongly each pair of columns goes together, from 0 to 1, in two tables. */
export interface Associations {
  readonly measure: string
  readonly signed: boolean
  readonly columns: readonly string[]
  /** [d][d], symmetric, 1 on the diagonal; null where a column does not vary. */
  readonly real: readonly (readonly (number | null)[])[]
  readonly synthetic: readonly (readonly (number | null)[])[]
}

/**
 * Associations of mixed columns over rows that have both values: Pearson's |r| of two numbers, the correlation ratio η of a
 * number and a category (Fisher 1925), Cramér's V without its bias of two categories (Bergsma 2013). Among numbers alone it
 * is Pearson's correlation with its sign.
 */
export function associationsOf(options: {
  readonly real: Table
  readonly synthetic: Table
  readonly names: readonly string[]
}): Associations {
  const { names } = options
  const signed = names.every((name) => columnNamed(options.real, name).kind === 'number')
  const matrix = (table: Table): (number | null)[][] => {
    const columns = names.map((name) => prepared(columnNamed(table, name)))
    const found = columns.map(() => new Array<number | null>(columns.length).fill(1))
    for (let i = 0; i < columns.length; i++)
      for (let j = 0; j < i; j++) {
        const value = association(columns[i]!, columns[j]!)
        const shown = Number.isFinite(value) ? (signed ? value : Math.abs(value)) : null
        found[i]![j] = shown
        found[j]![i] = shown
      }
    return found
  }
  return {
    measure: signed
      ? 'Pearson’s correlation'
      : 'Pearson’s |r| of two numbers, correlation ratio η of a number and a category, Cramér’s V of two categories',
    signed,
    columns: names,
    real: matrix(options.real),
    synthetic: matrix(options.synthetic),
  }
}

type Prepared =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'text'; readonly codes: Int32Array; readonly size: number }

function prepared(column: Column): Prepared {
  if (column.kind === 'number') return { kind: 'number', values: column.values }
  const places = new Map<string | null, number>()
  const codes = Int32Array.from(columnWords(column), (word) => {
    const place = places.get(word) ?? places.size
    places.set(word, place)
    return place
  })
  return { kind: 'text', codes, size: places.size }
}

function association(a: Prepared, b: Prepared): number {
  if (a.kind === 'number' && b.kind === 'number') return pearson(a.values, b.values)
  if (a.kind === 'text' && b.kind === 'text') return cramersV(a, b)
  return a.kind === 'number'
    ? correlationRatio(a.values, b as Prepared & { kind: 'text' })
    : correlationRatio((b as Prepared & { kind: 'number' }).values, a)
}

/** r over the rows that have both values. */
function pearson(a: Float64Array, b: Float64Array): number {
  let [n, meanA, meanB, squaresA, squaresB, product] = [0, 0, 0, 0, 0, 0]
  for (let row = 0; row < a.length; row++) {
    if (Number.isNaN(a[row]!) || Number.isNaN(b[row]!)) continue
    n++
    const [da, db] = [a[row]! - meanA, b[row]! - meanB]
    meanA += da / n
    meanB += db / n
    squaresA += da * (a[row]! - meanA)
    squaresB += db * (b[row]! - meanB)
    product += da * (b[row]! - meanB)
  }
  return product / Math.sqrt(squaresA * squaresB)
}

/** η = √(variance between the groups' means / variance). */
function correlationRatio(
  values: Float64Array,
  { codes, size }: { codes: Int32Array; size: number },
): number {
  const counts = new Float64Array(size)
  const sums = new Float64Array(size)
  let [n, sum] = [0, 0]
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return
    counts[codes[row]!]! += 1
    sums[codes[row]!]! += value
    n++
    sum += value
  })
  const mean = sum / n
  const total = values.reduce((all, value) => (Number.isNaN(value) ? all : all + (value - mean) ** 2), 0)
  let between = 0
  for (let code = 0; code < size; code++)
    if (counts[code]! > 0) between += counts[code]! * (sums[code]! / counts[code]! - mean) ** 2
  return Math.sqrt(between / total)
}

/** V, its bias taken off: φ̃² = max(0, χ²/n − (r−1)(c−1)/(n−1)) over the least of the corrected dimensions. */
function cramersV(
  a: { readonly codes: Int32Array; readonly size: number },
  b: { readonly codes: Int32Array; readonly size: number },
): number {
  const n = a.codes.length
  const table = new Float64Array(a.size * b.size)
  const rows = new Float64Array(a.size)
  const columns = new Float64Array(b.size)
  for (let row = 0; row < n; row++) {
    const [i, j] = [a.codes[row]!, b.codes[row]!]
    table[i * b.size + j]! += 1
    rows[i]! += 1
    columns[j]! += 1
  }
  let chi = 0
  for (let i = 0; i < a.size; i++)
    for (let j = 0; j < b.size; j++) {
      const expected = (rows[i]! * columns[j]!) / n
      chi += (table[i * b.size + j]! - expected) ** 2 / expected
    }
  const [r, c] = [a.size, b.size]
  const phi = Math.max(0, chi / n - ((r - 1) * (c - 1)) / (n - 1))
  const [cr, cc] = [r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)]
  return Math.sqrt(phi / Math.min(cr - 1, cc - 1))
}
