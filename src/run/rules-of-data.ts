import { describeRule, findRules, keepableRules, type Rule, type Table } from '../data/index.ts'

/** Rules that notes tell one by one. */
const mostTold = 6

/** The rules of a table, said in notes, and those that samples are to keep where that is wished. */
export function rulesOfData(
  table: Table,
  wish: 'ignore' | 'keep' | undefined,
): { readonly rules: readonly Rule[]; readonly notes: readonly string[] } {
  const found = findRules(table)
  if (found.length === 0) return { rules: [], notes: [] }
  const keeps = wish === 'keep'
  const rules = keeps ? keepableRules(found) : []
  const kept = new Set(rules)
  const notes = found
    .slice(0, mostTold)
    .map((rule) => `Rule: ${describeRule(rule, table.rowCount)}${kept.has(rule) ? '; samples keep it' : ''}.`)
  if (found.length > mostTold) notes.push(`${found.length - mostTold} more rules; see scorefield inspect.`)
  if (!keeps) notes.push('Samples keep rules only nearly; exactly with --set data.rules=keep.')
  return { rules, notes }
}
