import { ScorefieldError } from '../../../base/index.ts'
import { type Column, columnWords, type Table } from '../table.ts'

/** The column in the kind that the model was trained on, where its cells allow it: words that are all numbers are not. */
export function inKind(column: Column, kind: Column['kind']): Column | undefined {
  if (column.kind === kind) return column
  if (kind === 'text') return { ...column, kind, values: columnWords(column) } as Column
  return column.values.every((value) => value === null)
    ? {
        kind: 'number',
        name: column.name,
        type: column.type,
        decimals: 0,
        values: new Float64Array(column.values.length).fill(Number.NaN),
      }
    : undefined
}

/** Throws `data/missing-column` unless the table has columns of these names. */
export function requireColumns(
  table: Table,
  names: readonly string[],
  says: string,
  hint?: string | undefined,
): void {
  const there = new Set(table.columns.map(({ name }) => name))
  const missing = names.filter((name) => !there.has(name)).map((name) => `'${name}'`)
  if (missing.length === 0) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/missing-column',
    message: `${table.source} ${says} ${some(missing)}.`,
    where: table.source,
    hint: hint ?? `It has: ${table.columns.map(({ name }) => name).join(', ')}.`,
  })
}

/**
 * The columns of `table` that are modelled, in their order. Others are not read, so they need not be there; nor need all of these,
 * where `some` will do. Throws `data/missing-column`, `data/column-kind`.
 */
export function findColumns(
  table: Table,
  modelled: readonly Pick<Column, 'name' | 'kind'>[],
  some: boolean,
): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  const wanted = modelled.filter(({ name }) => !some || byName.has(name))
  const names = wanted.map(({ name }) => name)
  requireColumns(table, names, 'lacks', `The model was trained on: ${names.join(', ')}.`)
  return wanted.map(({ name, kind }) => {
    const column = inKind(byName.get(name)!, kind)
    if (column) return column
    const { kind: found } = byName.get(name)!
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/column-kind',
      message: `Column '${name}' holds ${found}, but the model was trained on ${kind} there.`,
      where: `${table.source}, column '${name}'`,
      hint: 'Look for cells that are no numbers, or for another decimal separator.',
    })
  })
}

/** The indices of all rows. */
export function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rowCount }, (_, row) => row)
}

/** The first three of some things, and how many more there are. */
export function some(items: readonly string[]): string {
  return items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`
}

/** Throws unless `x` holds `count` codes of that width. */
export function requireSize(x: Float32Array, count: number, width: number): void {
  if (x.length === count * width) return
  throw new ScorefieldError({
    kind: 'internal',
    code: 'internal/encoded-size',
    message: `${count} codes of width ${width} are ${count * width} numbers, but ${x.length} were given.`,
  })
}
