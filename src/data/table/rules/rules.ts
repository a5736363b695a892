import { z } from 'zod'
import { roleOf } from '../roles.ts'
import { type Column, columnWords, type NumberColumn, type Table } from '../table.ts'

/** A rule that holds in every row where its columns have values. */
export type Rule =
  | { readonly kind: 'order'; readonly columns: readonly [a: string, b: string] }
  | {
      readonly kind: 'sum'
      readonly columns: readonly [a: string, b: string, c: string]
      readonly decimals: number
    }
  | {
      readonly kind: 'decides'
      readonly columns: readonly [decider: string, decided: string]
      /** The decided value of each value; null stands for a gap. */
      readonly values: readonly (readonly [string | null, string | null])[]
    }

const word = z.string().nullable()

/** Rules as JSON holds them. */
export const rulesSchema: z.ZodType<readonly Rule[]> = z.array(
  z.union([
    z.strictObject({ kind: z.literal('order'), columns: z.tuple([z.string(), z.string()]) }),
    z.strictObject({
      kind: z.literal('sum'),
      columns: z.tuple([z.string(), z.string(), z.string()]),
      decimals: z.number().int().nonnegative(),
    }),
    z.strictObject({
      kind: z.literal('decides'),
      columns: z.tuple([z.string(), z.string()]),
      values: z.array(z.tuple([word, word])),
    }),
  ]),
)

/** Columns that rules of pairs, and of triples, are looked for among: the first so many. */
const mostPaired = 200
const mostTripled = 40
/** Fewer rows prove no rule. */
const leastRows = 20
/** A column of more different values decides nothing: it all but names the row. */
const mostDeciding = 1000
/** A decision is believed when each deciding value was seen so often on average … */
const leastRowsPerValue = 5
/** … and this many rows could have broken it: those beyond the first of each value. */
const leastTests = 20

/**
 * Finds the rules that hold in all rows of a table: a ≤ b, a + b = c, and one column deciding another.
 *
 * An order is told of columns whose ranges overlap, so that it is no matter of their scales, and is not told where it
 * follows from two others. Sums hold to half a unit of the last decimal. Of two columns that decide each other the first
 * is told. Looked for among the first 200 columns, sums among the first 40 of numbers.
 */
export function findRules(table: Table): Rule[] {
  if (table.rowCount < leastRows) return []
  const modelled = table.columns.filter((column) => ['number', 'category'].includes(roleOf(column).role))
  const numbers = modelled.filter((column): column is NumberColumn => column.kind === 'number')
  const sums = findSums(numbers.filter(({ calendar }) => calendar === undefined).slice(0, mostTripled))
  return [
    ...findDecisions(modelled.slice(0, mostPaired)),
    ...sums,
    ...findOrders(numbers.slice(0, mostPaired)),
  ]
}

/** The rule as a sentence for a person. */
export function describeRule({ kind, columns }: Rule, rowCount: number): string {
  const named = columns.map((name) => `'${name}'`)
  const says =
    kind === 'order'
      ? `${named[0]} ≤ ${named[1]}`
      : kind === 'sum'
        ? `${named[0]} + ${named[1]} = ${named[2]}`
        : `${named[0]} decides ${named[1]}`
  return `${says} in all ${rowCount} rows`
}

function findOrders(columns: readonly NumberColumn[]): Rule[] {
  const ranges = columns.map(({ values }) => extremes(values))
  const holds = columns.map((a, i) =>
    columns.map((b, j) => {
      if (i === j || a.calendar?.unit !== b.calendar?.unit) return false
      const [from, to] = [ranges[i]!, ranges[j]!]
      // Columns of different scale are ordered by it; that says nothing of their rows.
      if (!(from.most > to.least) || !(from.least < to.most)) return false
      return isOrdered(a.values, b.values)
    }),
  )
  const follows = (i: number, j: number): boolean => columns.some((_, k) => holds[i]![k] && holds[k]![j])
  return columns.flatMap((a, i) =>
    columns.flatMap((b, j): Rule[] =>
      holds[i]![j] && !follows(i, j) ? [{ kind: 'order', columns: [a.name, b.name] }] : [],
    ),
  )
}

/** a ≤ b in every row that has both, not equal in all of them, in enough rows. */
function isOrdered(a: Float64Array, b: Float64Array): boolean {
  let [both, less] = [0, 0]
  for (let row = 0; row < a.length; row++) {
    if (a[row]! > b[row]!) return false
    if (a[row]! <= b[row]!) both++
    if (a[row]! < b[row]!) less++
  }
  return both >= leastRows && less > 0
}

function findSums(columns: readonly NumberColumn[]): Rule[] {
  const rules: Rule[] = []
  columns.forEach((a, i) => {
    columns.slice(i + 1).forEach((b, offset) => {
      columns.forEach((c, k) => {
        if (k === i || k === i + 1 + offset) return
        const decimals = Math.max(a.decimals, b.decimals, c.decimals)
        if (isSum(a.values, b.values, c.values, decimals))
          rules.push({ kind: 'sum', columns: [a.name, b.name, c.name], decimals })
      })
    })
  })
  return rules
}

function isSum(a: Float64Array, b: Float64Array, c: Float64Array, decimals: number): boolean {
  const half = 0.5 * 10 ** -Math.min(decimals, 9)
  let [tested, varies] = [0, 0]
  for (let row = 0; row < a.length; row++) {
    const difference = a[row]! + b[row]! - c[row]!
    if (Number.isNaN(difference)) continue
    if (Math.abs(difference) > half + 1e-12 * Math.abs(c[row]!)) return false
    tested++
    if (a[row] !== 0 && b[row] !== 0) varies++
  }
  return tested >= leastRows && varies >= leastRows
}

function findDecisions(columns: readonly Column[]): Rule[] {
  const words = columns.map((column) => columnWords(column))
  const distinct = words.map((of) => new Set(of).size)
  const rows = words[0]?.length ?? 0
  const rules: Rule[] = []
  const decided = new Set<number>()
  columns.forEach((a, i) => {
    if (distinct[i]! < 2 || distinct[i]! > Math.min(mostDeciding, rows / leastRowsPerValue)) return
    columns.forEach((b, j) => {
      if (i === j || decided.has(j) || decided.has(i) || distinct[j]! < 2 || distinct[j]! > distinct[i]!)
        return
      const values = decision(words[i]!, words[j]!)
      if (values === undefined) return
      decided.add(j)
      rules.push({ kind: 'decides', columns: [a.name, b.name], values })
    })
  })
  return rules
}

/** What each word of a goes with, if it always goes with the same word of b, and that is more than chance. */
function decision(
  a: readonly (string | null)[],
  b: readonly (string | null)[],
): readonly (readonly [string | null, string | null])[] | undefined {
  const found = new Map<string | null, string | null>()
  const counts = new Map<string | null, number>()
  for (let row = 0; row < a.length; row++) {
    const key = a[row]!
    const known = found.get(key)
    if (known === undefined) found.set(key, b[row]!)
    else if (known !== b[row]) return undefined
    counts.set(b[row]!, (counts.get(b[row]!) ?? 0) + 1)
  }
  // Chance: each row beyond the first of its word agrees by luck as often as two rows of b are alike.
  const alike = [...counts.values()].reduce((sum, count) => sum + (count / a.length) ** 2, 0)
  const tests = a.length - found.size
  return tests >= leastTests && tests * -Math.log(alike) > 20 ? [...found] : undefined
}

/**
 * The rules that can all be kept at once: no order of a column that is looked up or part of a sum, no lookup of a column of
 * a sum, and each column the result of one sum only.
 */
export function keepableRules(rules: readonly Rule[]): Rule[] {
  const summed = new Set<string>()
  const sums = rules.filter((rule) => {
    if (rule.kind !== 'sum' || rule.columns.some((name) => summed.has(name))) return false
    for (const name of rule.columns) summed.add(name)
    return true
  })
  const lookups = rules.filter(({ kind, columns }) => kind === 'decides' && !summed.has(columns[1]!))
  const fixed = new Set([...summed, ...lookups.flatMap(({ columns }) => columns)])
  const orders = rules.filter(
    ({ kind, columns }) => kind === 'order' && !columns.some((name) => fixed.has(name)),
  )
  return [...lookups, ...sums, ...orders]
}

/**
 * The table with its rules kept: what is decided is looked up, c becomes a + b, and of two numbers in the wrong order each takes
 * the other's place. Gaps stay gaps; a deciding value that no row of the data has leaves the decided one as it is.
 *
 * Orders come first, then lookups, then sums: what is looked up or summed has the last word, so `keepableRules` leaves out
 * orders of such columns.
 */
export function keepRules(table: Table, rules: readonly Rule[]): Table {
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  const keep = (rule: Rule): void => {
    const of = rule.columns.map((name) => columns.get(name))
    if (of.some((column) => column === undefined)) return
    for (const changed of kept(rule, of as Column[])) columns.set(changed.name, changed)
  }
  const orders = rules.filter(({ kind }) => kind === 'order')
  // As a bubble sort: after as many rounds as there are orders, a chain of them is in order.
  for (let round = 0; round < orders.length; round++) orders.forEach(keep)
  rules.filter(({ kind }) => kind === 'decides').forEach(keep)
  rules.filter(({ kind }) => kind === 'sum').forEach(keep)
  return { ...table, columns: table.columns.map(({ name }) => columns.get(name)!) }
}

function kept(rule: Rule, of: readonly Column[]): readonly Column[] {
  const numbers = of as readonly NumberColumn[]
  if (rule.kind === 'decides') {
    const values = new Map(rule.values)
    const own = columnWords(of[1]!)
    const words = columnWords(of[0]!).map((key, row) => (values.has(key) ? values.get(key)! : own[row]!))
    const decided = of[1]!
    return decided.kind === 'text'
      ? [{ ...decided, values: words }]
      : [
          {
            ...decided,
            values: Float64Array.from(words, (text) => (text === null ? Number.NaN : Number(text))),
          },
        ]
  }
  if (rule.kind === 'sum') {
    const [a, b, c] = numbers as [NumberColumn, NumberColumn, NumberColumn]
    const scale = 10 ** rule.decimals
    const values = c.values.map((value, row) => {
      const sum = a.values[row]! + b.values[row]!
      return Number.isNaN(value) || Number.isNaN(sum) ? value : Math.round(sum * scale) / scale
    })
    return [{ ...c, values }]
  }
  const [a, b] = numbers as [NumberColumn, NumberColumn]
  const isWrong = (row: number): boolean => a.values[row]! > b.values[row]!
  return [
    { ...a, values: a.values.map((value, row) => (isWrong(row) ? b.values[row]! : value)) },
    { ...b, values: b.values.map((value, row) => (isWrong(row) ? a.values[row]! : value)) },
  ]
}

function extremes(values: Float64Array): { least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return { least, most }
}
