import { type Column, isGap, type Table } from '../table.ts'
import { computeColumn, rowsBreaking } from './compute.ts'
import { inOrder } from './keep-orders.ts'
import { determinedBy, determiningOf, type ExactRule, isExact, type OrderRule, type Rule } from './rule.ts'

/**
 * The table with every rule kept in every row: columns are put in order where an order is a rule, and what others determine is
 * computed of them.
 *
 * computed: columns that are nothing but computed; of other determined columns the gaps stay. The rules must be such that all can
 * be kept, as those of `findRules` are: no circle, and no order of a determined column. A rule of a column that the table lacks
 * is passed over.
 */
export function keepRules(table: Table, rules: readonly Rule[], computed?: ReadonlySet<string>): Table {
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  const there = rules.filter((rule) => rule.columns.every((name) => columns.has(name)))
  const orders = there.filter((rule): rule is OrderRule => !isExact(rule))
  for (const column of inOrder(columns, orders)) columns.set(column.name, column)
  for (const rule of firstThingsFirst(there.filter(isExact))) {
    const of = determiningOf(rule).map((name) => columns.get(name)!)
    const like = columns.get(determinedBy(rule))!
    columns.set(like.name, computeColumn(rule, of, like, { keepGaps: !computed?.has(like.name) }))
  }
  return { ...table, columns: table.columns.map(({ name }) => columns.get(name)!) }
}

/** Whether an exact rule says also where its column has gaps: there, and only there, where nothing can be computed. */
export function gapsAgree(rule: ExactRule, table: Table): boolean {
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  const of = rule.columns.map((name) => columns.get(name))
  if (of.some((column) => column === undefined)) return false
  const own = of.at(-1)!
  const made = computeColumn(rule, of.slice(0, -1) as Column[], own, { keepGaps: false })
  for (let row = 0; row < table.rowCount; row++) if (isGap(made, row) !== isGap(own, row)) return false
  return true
}

/** A rule, and the rows of a table that break it, ascending. */
export interface BrokenRule {
  readonly rule: ExactRule
  readonly rows: readonly number[]
}

/** The exact rules that some row of a table breaks; rules of columns that it lacks are passed over. */
export function brokenRules(table: Table, rules: readonly Rule[]): BrokenRule[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  return rules.filter(isExact).flatMap((rule) => {
    const of = rule.columns.map((name) => columns.get(name))
    if (of.some((column) => column === undefined)) return []
    const rows = rowsBreaking(rule, of.slice(0, -1) as Column[], of.at(-1)!)
    return rows.length > 0 ? [{ rule, rows }] : []
  })
}

/** The rules so sorted that what determines others has been determined itself. */
function firstThingsFirst(rules: readonly ExactRule[]): ExactRule[] {
  const byColumn = new Map(rules.map((rule) => [determinedBy(rule), rule]))
  const sorted = new Set<ExactRule>()
  const visit = (rule: ExactRule): void => {
    for (const name of determiningOf(rule)) {
      const before = byColumn.get(name)
      if (before && !sorted.has(before)) visit(before)
    }
    sorted.add(rule)
  }
  for (const rule of rules) visit(rule)
  return [...sorted]
}
