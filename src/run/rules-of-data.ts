import {
  type ColumnWish,
  describeRule,
  determinedBy,
  findRules,
  isExact,
  type Rule,
  type Table,
} from '../data/index.ts'

/** Rules that notes tell one by one. */
const mostTold = 6

/** Which rules samples keep: none, those that determine a column, or orders too. */
export type RulesWish = 'ignore' | 'compute' | 'keep'

/**
 * The rules of a table, said in notes, and those that samples keep as it is wished.
 *
 * A column for which an encoder is wished is learned, so no rule determines it.
 */
export function rulesOfData(
  table: Table,
  options: { readonly rules?: RulesWish; readonly columns?: Readonly<Record<string, ColumnWish>> },
): { readonly rules: readonly Rule[]; readonly notes: readonly string[] } {
  const { rules: wish = 'compute', columns = {} } = options
  const as = Object.fromEntries(
    Object.entries(columns).flatMap(([name, wished]) => (wished.as ? [[name, wished.as]] : [])),
  )
  const found = findRules(table, { as }).filter(
    (rule) => !isExact(rule) || columns[determinedBy(rule)]?.encoder === undefined,
  )
  const rules = found.filter((rule) => wish === 'keep' || (wish === 'compute' && isExact(rule)))
  const kept = new Set(rules)
  const notes = found
    .slice(0, mostTold)
    .map((rule) => `Rule: ${describeRule(rule, table.rowCount)}${kept.has(rule) ? '; samples keep it' : ''}.`)
  if (found.length > mostTold) notes.push(`${found.length - mostTold} more rules; see scorefield inspect.`)
  if (kept.size < found.length)
    notes.push(
      `Samples keep ${kept.size === 0 ? 'rules' : 'the other rules'} only nearly; exactly with --set data.rules=keep.`,
    )
  return { rules, notes }
}
