import { computeColumn, determinedBy, determiningOf, isExact, type Rule } from '../rules/index.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import type { Outcomes } from './outcomes.ts'

/**
 * What can come out of the column `name` of a table, rules kept; undefined where that is not known. moved: columns whose
 * values are changed after they are decoded.
 *
 * A column that one other determines has what is computed of the other's values.
 */
export function outcomesInTable(
  name: string,
  columns: readonly ColumnEncoding[],
  { rules, moved }: { readonly rules: readonly Rule[]; readonly moved: readonly string[] },
): Outcomes | undefined {
  const column = columns.find((one) => one.name === name)
  const inOrder = rules.some((rule) => !isExact(rule) && rule.columns.includes(name))
  if (column === undefined || inOrder || moved.includes(name)) return undefined
  const rule = rules.filter(isExact).find((one) => determinedBy(one) === name)
  if (rule === undefined) return column.outcomes?.()
  const [decider, another] = determiningOf(rule)
  if (!column.computed || another !== undefined) return undefined
  const of = outcomesInTable(decider!, columns, { rules, moved })
  if (of?.kind !== 'values' || of.inventsOthers) return undefined
  const count = of.column.values.length
  const gaps = column.decode(new Float64Array(), count, { first: 0, seed: 0 })
  return { ...of, column: computeColumn(rule, [of.column], gaps, { keepGaps: false }) }
}
