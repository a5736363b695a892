import {
  type ColumnWish,
  describeRule,
  determinedBy,
  findRules,
  isExact,
  personalColumns,
  type Role,
  type Rule,
  type Table,
} from '../../data/index.ts'

/** Rules that notes tell one by one. */
const mostTold = 6

/** Which rules samples keep: none, those that determine a column, or orders too. */
export type RulesWish = 'ignore' | 'compute' | 'keep'

/**
 * The rules found in a table, said in notes, and those of them that samples keep as it is wished.
 *
 * A column for which an encoder is wished is learned, so no rule determines it. Columns of personal data have no rules, and words
 * that do not come out are not part of any.
 */
export function rulesOfData(
  table: Table,
  options: {
    readonly rules?: RulesWish | undefined
    readonly columns?: Readonly<Record<string, ColumnWish>> | undefined
    readonly leastRowsPerWord?: number | undefined
  },
): { readonly found: readonly Rule[]; readonly rules: readonly Rule[]; readonly notes: readonly string[] } {
  const { rules: wish = 'compute', columns = {}, leastRowsPerWord } = options
  const invented = [...personalColumns(table).keys()].filter((name) => columns[name]?.personal !== 'keep')
  const asked = Object.entries(columns).flatMap(([name, { as, personal }]): [string, Role | 'skip'][] =>
    personal !== undefined && personal !== 'keep' ? [[name, 'identifier']] : as ? [[name, as]] : [],
  )
  const as = Object.fromEntries([...asked, ...invented.map((name) => [name, 'identifier'] as const)])
  const found = findRules(table, { as, leastRowsPerWord }).filter(
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
  return { found, rules, notes }
}
