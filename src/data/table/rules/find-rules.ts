import { type Role, roleOf } from '../roles.ts'
import type { Column, NumberColumn, Table } from '../table.ts'
import { findCopy, findDecision, type Words, wordsOf } from './find-decisions.ts'
import { findLinear, findProduct, findSum } from './find-formulas.ts'
import { findOrders } from './find-orders.ts'
import { determinedBy, determiningOf, type ExactRule, type Rule } from './rule.ts'

/** Columns that rules of pairs, and of triples, are looked for among: the first so many. */
const mostPaired = 200
const mostTripled = 40
/** Fewer rows prove no rule. */
const leastRows = 20

/**
 * Finds the rules that hold in every row of a table, all of which can be kept at once.
 *
 * First what determines a column exactly, each column once and never in a circle: copies, other units (b = k·a + c), sums,
 * products and quotients, and lookups; then orders a ≤ b of the columns that are left. Of two columns that determine each
 * other the first determines the second. Looked for among the first 200 columns, of triples among the first 40 of numbers.
 *
 * as: what columns are to the model, by name, where it is not what `roleOf` says; only numbers and categories have rules.
 * leastRowsPerWord: words of fewer rows are not named in a rule, 2 unless given.
 */
export function findRules(
  table: Table,
  options: {
    readonly as?: Readonly<Record<string, Role | 'skip'>>
    readonly leastRowsPerWord?: number | undefined
  } = {},
): Rule[] {
  if (table.rowCount < leastRows) return []
  const modelled = table.columns.filter((column) =>
    ['number', 'category'].includes(options.as?.[column.name] ?? roleOf(column).role),
  )
  const { leastRowsPerWord = 2 } = options
  const found = new Determinations()
  const paired = modelled.slice(0, mostPaired)
  const words = new Map(paired.map((column) => [column.name, wordsOf(column)]))
  const of = (column: Column): Words => words.get(column.name)!
  forPairs(paired, found, (a, b) => (alike(a, b) ? findCopy(of(a), of(b)) : undefined))
  forPairs(numbersOf(paired), found, (a, b) => (isPlain(a) && isPlain(b) ? findLinear(a, b) : undefined))
  const plain = numbersOf(modelled)
    .filter(({ name }) => !found.has(name))
    .slice(0, mostTripled)
  forTriples(plain, found, (a, b, c) => {
    if (!isPlain(b) || a.calendar?.unit !== c.calendar?.unit) return undefined
    return findSum(a, b, c)
  })
  forTriples(plain.filter(isPlain), found, findProduct)
  forPairs(paired, found, (a, b) => findDecision(of(a), of(b), leastRowsPerWord))
  const left = numbersOf(paired).filter(({ name }) => !found.has(name))
  return [...found.rules, ...findOrders(left)]
}

/** Formulas of columns that have been found, no column determined twice and none by itself in a circle. */
class Determinations {
  readonly rules: ExactRule[] = []
  readonly #from = new Map<string, readonly string[]>()

  has(name: string): boolean {
    return this.#from.has(name)
  }

  add(rule: ExactRule): void {
    this.rules.push(rule)
    this.#from.set(determinedBy(rule), determiningOf(rule))
  }

  /** Whether `name` determines `other` by what has been found. */
  determines(name: string, other: string): boolean {
    return (this.#from.get(other) ?? []).some((from) => from === name || this.determines(name, from))
  }
}

/** Each pair of columns that are not determined yet, the second of which a rule might determine. */
function forPairs<C extends Column>(
  columns: readonly C[],
  found: Determinations,
  find: (a: C, b: C) => ExactRule | undefined,
): void {
  for (const a of columns)
    for (const b of columns) {
      if (a === b || found.has(a.name) || found.has(b.name) || found.determines(b.name, a.name)) continue
      const rule = find(a, b)
      if (rule) found.add(rule)
    }
}

/** Each pair of columns, determined themselves or not, and a third that they might determine. */
function forTriples(
  columns: readonly NumberColumn[],
  found: Determinations,
  find: (a: NumberColumn, b: NumberColumn, c: NumberColumn) => ExactRule | undefined,
): void {
  columns.forEach((a, i) => {
    columns.slice(i + 1).forEach((b) => {
      for (const c of columns) {
        if (c === a || c === b || found.has(c.name)) continue
        if (found.determines(c.name, a.name) || found.determines(c.name, b.name)) continue
        const rule = find(a, b, c) ?? (a.calendar || b.calendar ? find(b, a, c) : undefined)
        if (rule) found.add(rule)
      }
    })
  })
}

function numbersOf(columns: readonly Column[]): NumberColumn[] {
  return columns.filter((column): column is NumberColumn => column.kind === 'number')
}

/** Numbers that are no days or times. */
function isPlain({ calendar }: NumberColumn): boolean {
  return calendar === undefined
}

/** Whether two columns hold the same kind of thing. */
function alike(a: Column, b: Column): boolean {
  if (a.kind === 'text' || b.kind === 'text') return a.kind === b.kind
  return a.calendar?.unit === b.calendar?.unit
}
