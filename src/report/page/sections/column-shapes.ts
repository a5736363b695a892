import type { NumberColumn, TextColumn } from '../../../data/index.ts'
import { binEdges, frameOf, histogram, type Interval } from '../../picture/numbers.ts'

/** Shares of a numbers column in common bins; densities share · 1/width. */
export interface NumberShape {
  readonly kind: 'number'
  readonly column: NumberColumn
  readonly frame: Interval
  readonly edges: readonly number[]
  /** Share of all rows with a value, bin by bin. */
  readonly real: readonly number[]
  readonly synthetic: readonly number[]
  /** Medians; NaN where all are gaps. */
  readonly medians: { readonly real: number; readonly synthetic: number }
  readonly gaps: Gaps
  readonly rows: Counts
}

/** Shares of words, those most frequent in the real rows first. */
export interface WordShape {
  readonly kind: 'text'
  readonly column: TextColumn
  readonly words: readonly { readonly word: string; readonly real: number; readonly synthetic: number }[]
  /** How many more words there are, and their shares together. */
  readonly others?: { readonly count: number; readonly real: number; readonly synthetic: number }
  readonly gaps: Gaps
  readonly rows: Counts
}

export type ColumnShape = NumberShape | WordShape

/** Rows on either side. */
interface Counts {
  readonly real: number
  readonly synthetic: number
}

/** Shares of rows without a value. */
export interface Gaps {
  readonly real: number
  readonly synthetic: number
}

/** Bars drawn of one column, at most. */
const mostWords = 12

/** How a numbers column is distributed on either side. Bins go by the real values. */
export function numberShape(real: NumberColumn, synthetic: NumberColumn): NumberShape {
  const frame = frameOf(real.values, synthetic.values)
  const edges = binEdges(real.values, frame)
  const width = edges[1]! - edges[0]!
  const shares = (values: Float64Array): number[] =>
    histogram(values, edges).map((density) => density * width)
  return {
    kind: 'number',
    column: real,
    rows: { real: real.values.length, synthetic: synthetic.values.length },
    frame,
    edges,
    real: shares(real.values),
    synthetic: shares(synthetic.values),
    medians: { real: median(real.values), synthetic: median(synthetic.values) },
    gaps: {
      real: shareOf(real.values, Number.isNaN),
      synthetic: shareOf(synthetic.values, Number.isNaN),
    },
  }
}

/** How the words of a column are distributed on either side, as shares of the rows with a value. */
export function wordShape(real: TextColumn, synthetic: TextColumn): WordShape {
  const [counted, made] = [sharesOf(real.values), sharesOf(synthetic.values)]
  const all = [...new Set([...counted.keys(), ...made.keys()])]
    .map((word) => ({ word, real: counted.get(word) ?? 0, synthetic: made.get(word) ?? 0 }))
    .sort((a, b) => b.real - a.real || b.synthetic - a.synthetic || (a.word < b.word ? -1 : 1))
  const [words, rest] =
    all.length > mostWords ? [all.slice(0, mostWords - 1), all.slice(mostWords - 1)] : [all, []]
  const sum = (side: 'real' | 'synthetic'): number => rest.reduce((total, entry) => total + entry[side], 0)
  return {
    kind: 'text',
    column: real,
    rows: { real: real.values.length, synthetic: synthetic.values.length },
    words,
    ...(rest.length > 0 && {
      others: { count: rest.length, real: sum('real'), synthetic: sum('synthetic') },
    }),
    gaps: {
      real: shareOf(real.values, (value) => value === null),
      synthetic: shareOf(synthetic.values, (value) => value === null),
    },
  }
}

/**
 * How far the shares p and q of both sides lie apart: ½ Σ|p − q|, the share of rows that would have to move; gaps count as a
 * value of their own.
 */
export function shareMoved(shape: ColumnShape): number {
  return sharesOfAll(shape).reduce((sum, { real, synthetic }) => sum + Math.abs(real - synthetic) / 2, 0)
}

/**
 * What `shareMoved` is on average where both sides have the real distribution: ½ Σ √(2/π · p(1 − p)(1/n + 1/m)), since the
 * difference of two shares is about normal. n, m: rows of the sides.
 */
export function shareMovedByChance(shape: ColumnShape): number {
  const spread = (2 / Math.PI) * (1 / shape.rows.real + 1 / shape.rows.synthetic)
  return sharesOfAll(shape).reduce((sum, { real }) => sum + Math.sqrt(spread * real * (1 - real)) / 2, 0)
}

/** Whether there is one value throughout, the same on both sides. */
export function isConstant(shape: ColumnShape): boolean {
  return sharesOfAll(shape).some(({ real, synthetic }) => real === 1 && synthetic === 1)
}

/** Shares of all rows, gaps included, of every bin or word and of gaps. */
function sharesOfAll(shape: ColumnShape): { real: number; synthetic: number }[] {
  const { gaps } = shape
  const filled =
    shape.kind === 'text'
      ? [...shape.words, ...(shape.others ? [shape.others] : [])]
      : shape.real.map((real, i) => ({ real, synthetic: shape.synthetic[i]! }))
  return [
    gaps,
    ...filled.map(({ real, synthetic }) => ({
      real: real * (1 - gaps.real),
      synthetic: synthetic * (1 - gaps.synthetic),
    })),
  ]
}

function median(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN
}

function sharesOf(values: readonly (string | null)[]): Map<string, number> {
  const filled = values.filter((value) => value !== null)
  const counts = new Map<string, number>()
  for (const value of filled) counts.set(value, (counts.get(value) ?? 0) + 1 / filled.length)
  return counts
}

function shareOf<T>(values: ArrayLike<T>, holds: (value: T) => boolean): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (holds(values[i]!)) count++
  return values.length === 0 ? 0 : count / values.length
}
