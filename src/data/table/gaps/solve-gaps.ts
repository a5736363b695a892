import {
  computeColumn,
  determinedBy,
  determiningOf,
  type ExactRule,
  isExact,
  type Rule,
} from '../rules/index.ts'
import { type Column, columnWords, isGap, type NumberColumn, type Table } from '../table.ts'

/** A table whose gaps are filled where a rule leaves one value only. */
export interface SolvedGaps {
  readonly table: Table
  /** Cells that were filled. */
  readonly filled: number
}

/**
 * Fills gaps that exact rules determine, forwards (a and b give a + b) and backwards (a + b and a give b), as long as there are any.
 *
 * Backwards a word is found where one decider only goes with it; of a product the unknown factor has the power 1.
 */
export function solveGaps(table: Table, rules: readonly Rule[]): SolvedGaps {
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  const exact = rules.filter(isExact).filter((rule) => rule.columns.every((name) => columns.has(name)))
  let filled = 0
  for (let again = exact.length > 0; again; ) {
    again = false
    for (const rule of exact)
      for (const name of rule.columns) {
        const own = columns.get(name)!
        const made = name === determinedBy(rule) ? forwards(rule, columns) : backwards(rule, name, columns)
        if (made === undefined) continue
        const { column, count } = inGaps(own, made)
        if (count === 0) continue
        columns.set(name, column)
        filled += count
        again = true
      }
  }
  return { table: { ...table, columns: table.columns.map(({ name }) => columns.get(name)!) }, filled }
}

function forwards(rule: ExactRule, columns: ReadonlyMap<string, Column>): Column {
  const of = determiningOf(rule).map((name) => columns.get(name)!)
  const own = columns.get(determinedBy(rule))!
  const made = computeColumn(rule, of, own, { keepGaps: false })
  // A gap that decides is a gap here, no value.
  const lacks = (row: number): boolean => of.some((column) => isGap(column, row))
  return onlyWhere(made, (row) => !lacks(row))
}

/** The column `name` of the others that the rule knows; undefined where the rule does not say. */
function backwards(rule: ExactRule, name: string, columns: ReadonlyMap<string, Column>): Column | undefined {
  const like = columns.get(name)!
  const result = columns.get(determinedBy(rule))!
  if (rule.kind === 'copy') return computeColumn(rule, [result], like, { keepGaps: false })
  if (rule.kind === 'decides') return deciderOf(rule, result, like)
  if (like.kind === 'text' || result.kind === 'text') return undefined
  if (rule.kind === 'linear')
    return withNumbers(like, (row) => (result.values[row]! - rule.offset) / rule.factor)
  const [a, b] = rule.columns
  const other = columns.get(name === a ? b : a) as NumberColumn
  if (rule.kind === 'sum') return withNumbers(like, (row) => result.values[row]! - other.values[row]!)
  const [own, others] = name === a ? rule.powers : [rule.powers[1], rule.powers[0]]
  if (own !== 1) return undefined
  return withNumbers(like, (row) => result.values[row]! / (rule.factor * other.values[row]! ** others))
}

/** The one value that decides for each decided word; a gap where several do. */
function deciderOf(rule: Extract<ExactRule, { kind: 'decides' }>, decided: Column, like: Column): Column {
  const deciders = new Map<string, (string | null)[]>()
  for (const [decider, word] of rule.values)
    if (word !== null) deciders.set(word, [...(deciders.get(word) ?? []), decider])
  const isOnly = (word: string): boolean => deciders.get(word)?.length === 1 && rule.otherwise !== word
  const words = columnWords(decided).map((word) =>
    word !== null && isOnly(word) ? deciders.get(word)![0]! : null,
  )
  if (like.kind === 'text') return { ...like, values: words }
  return { ...like, values: Float64Array.from(words, (word) => (word === null ? Number.NaN : Number(word))) }
}

function withNumbers(like: NumberColumn, numberAt: (row: number) => number): NumberColumn {
  const places = Math.min(like.decimals, 15)
  return {
    ...like,
    values: like.values.map((_, row) => {
      const value = numberAt(row)
      return Number.isFinite(value) ? Number(value.toFixed(places)) : Number.NaN
    }),
  }
}

function onlyWhere(column: Column, keeps: (row: number) => boolean): Column {
  if (column.kind === 'text')
    return { ...column, values: column.values.map((value, row) => (keeps(row) ? value : null)) }
  return { ...column, values: column.values.map((value, row) => (keeps(row) ? value : Number.NaN)) }
}

/** The column with the values of `made` in its gaps, and how many there are. */
export function inGaps(own: Column, made: Column): { readonly column: Column; readonly count: number } {
  let count = 0
  const takes = (row: number): boolean => {
    const fills = isGap(own, row) && !isGap(made, row)
    if (fills) count++
    return fills
  }
  if (own.kind === 'text') {
    const words = columnWords(made)
    return {
      column: { ...own, values: own.values.map((value, row) => (takes(row) ? words[row]! : value)) },
      count,
    }
  }
  const numbers = made.kind === 'number' ? made.values : Float64Array.from(made.values, Number)
  return {
    column: { ...own, values: own.values.map((value, row) => (takes(row) ? numbers[row]! : value)) },
    count,
  }
}
