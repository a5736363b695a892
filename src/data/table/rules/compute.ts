import { type Column, columnWords, type NumberColumn } from '../table.ts'
import type { ExactRule } from './rule.ts'

/** Beyond so many decimals a column is as exact as its numbers are. */
const mostRounded = 9

/**
 * How far a computed number may be from the one in the table: half a unit of the last decimal, and the rounding of the
 * arithmetic that made it. A column of float32 has 24 binary digits.
 */
export function toleranceOf({ decimals, type }: NumberColumn): { absolute: number; relative: number } {
  return {
    absolute: decimals > mostRounded ? 0 : 0.5 * 10 ** -decimals,
    relative: /^(FLOAT|REAL|FLOAT4)$/i.test(type) ? 2 ** -22 : 1e-12,
  }
}

/** The nearest number of so many decimals. */
function rounded(value: number, decimals: number): number {
  if (decimals > mostRounded || !Number.isFinite(value)) return value
  const scale = 10 ** decimals
  const nearest = Math.round(value * scale) / scale
  // Adding 0 turns −0 into 0.
  return nearest + 0
}

/** What the numbers of the determining columns make of a row, before rounding; not finite where it is nothing. */
function formulaOf(
  rule: Extract<ExactRule, { kind: 'linear' | 'sum' | 'product' }>,
): (a: number, b: number) => number {
  if (rule.kind === 'linear') return (a) => rule.factor * a + rule.offset
  if (rule.kind === 'sum') return (a, b) => a + b
  const [p, q] = rule.powers
  return (a, b) => rule.factor * a ** p * b ** q
}

/** The size of the largest number that the formula handles, by which its rounding errs. */
function sizeOf(
  rule: Extract<ExactRule, { kind: 'linear' | 'sum' | 'product' }>,
): (a: number, b: number, c: number) => number {
  if (rule.kind === 'linear') return (a) => Math.abs(rule.factor * a) + Math.abs(rule.offset)
  if (rule.kind === 'sum') return (a, b) => Math.abs(a) + Math.abs(b)
  return (_, _b, c) => Math.abs(c)
}

/**
 * The column that an exact rule makes of the columns `of` it is determined by, of the kind and dress of `like`.
 *
 * `like` gives the value of rows that the rule says nothing of, such as a word that decides nothing. With
 * `keepGaps` gaps of `like` stay gaps.
 */
export function computeColumn(
  rule: ExactRule,
  of: readonly Column[],
  like: Column,
  { keepGaps }: { readonly keepGaps: boolean },
): Column {
  if (rule.kind === 'copy' || rule.kind === 'decides') {
    const own = columnWords(like)
    const decided = rule.kind === 'copy' ? (key: string | null) => key : lookUp(rule, of[0]!.kind)
    const words = columnWords(of[0]!).map((key, row) => {
      if (keepGaps && own[row] === null) return null
      const found = decided(key)
      return found === undefined ? own[row]! : found
    })
    return withWords(like, words)
  }
  const { values: a } = of[0] as NumberColumn
  const { values: b } = (of[1] ?? of[0]) as NumberColumn
  const { decimals } = rule
  const formula = formulaOf(rule)
  const column = like as NumberColumn
  const values = column.values.map((value, row) => {
    if (keepGaps && Number.isNaN(value)) return value
    const made = rounded(formula(a[row]!, b[row]!), decimals)
    if (Number.isFinite(made)) return made
    return keepGaps ? value : Number.NaN
  })
  return { ...column, values }
}

/** The rows of a table in which an exact rule does not hold, ascending; of columns that have values there. */
export function rowsBreaking(rule: ExactRule, of: readonly Column[], own: Column): number[] {
  const rows: number[] = []
  if (rule.kind === 'copy' || rule.kind === 'decides') {
    const values = rule.kind === 'copy' ? undefined : new Map(rule.values)
    const [keys, words] = [columnWords(of[0]!), columnWords(own)]
    keys.forEach((key, row) => {
      const known = values === undefined || values.has(key)
      if (known && (values ? values.get(key)! : key) !== words[row]) rows.push(row)
    })
    return rows
  }
  const { values: a } = of[0] as NumberColumn
  const { values: b } = (of[1] ?? of[0]) as NumberColumn
  const column = own as NumberColumn
  const { absolute, relative } = toleranceOf(column)
  const formula = formulaOf(rule)
  const size = sizeOf(rule)
  column.values.forEach((value, row) => {
    const difference = Math.abs(formula(a[row]!, b[row]!) - value)
    if (difference > absolute + relative * size(a[row]!, b[row]!, value)) rows.push(row)
  })
  return rows
}

/**
 * What each deciding value goes with: a number that is not among those named with what the nearest of them does, a word with
 * what most such words do; undefined where that is not known.
 */
function lookUp(
  { values, otherwise }: Extract<ExactRule, { kind: 'decides' }>,
  kind: Column['kind'],
): (key: string | null) => string | null | undefined {
  const named = new Map(values)
  const numbers = kind === 'number' ? values.flatMap(([key]) => (key === null ? [] : [Number(key)])) : []
  const nearest = (to: number): string =>
    String(numbers.reduce((best, one) => (Math.abs(one - to) < Math.abs(best - to) ? one : best)))
  return (key) => {
    if (named.has(key)) return named.get(key)!
    return key !== null && numbers.length > 0 ? named.get(nearest(Number(key)))! : otherwise
  }
}

function withWords(like: Column, words: readonly (string | null)[]): Column {
  if (like.kind === 'text') return { ...like, values: words }
  return { ...like, values: Float64Array.from(words, (text) => (text === null ? Number.NaN : Number(text))) }
}
