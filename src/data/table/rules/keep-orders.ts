import type { Column, NumberColumn } from '../table.ts'
import type { Extent, OrderRule } from './rule.ts'

/** A column that orders are about, its values to be changed. */
interface Ordered extends Extent {
  readonly column: NumberColumn
  readonly values: Float64Array
}

/** Places of two columns among those that orders are about: the first is not above the second. */
type Edge = readonly [below: number, above: number]

/** Beyond so many decimals numbers are not rounded. */
const mostRounded = 9

/**
 * Columns of numbers so changed that a ≤ b holds for each order, in every row that has both.
 *
 * Of two in the wrong order each takes the other's place, rounded away from it to its own decimals and kept within what its
 * column holds; a few rounds of that sort a chain. What is left is settled from the least column to the greatest: each is raised
 * to what must be below it, and kept below what must be above it. Row i depends on row i only.
 */
export function inOrder(columns: ReadonlyMap<string, Column>, orders: readonly OrderRule[]): NumberColumn[] {
  if (orders.length === 0) return []
  const extents = extentsOf(orders)
  const names = fromLeastToGreatest(orders)
  const held = names.map((name): Ordered => {
    const column = columns.get(name) as NumberColumn
    return { column, values: column.values.slice(), ...extents.get(name)! }
  })
  const places = new Map(names.map((name, place) => [name, place]))
  const edges = orders.map(({ columns: [a, b] }): Edge => [places.get(a)!, places.get(b)!])
  const bounds = boundsOf(held, edges)
  const rowCount = held[0]!.values.length
  for (let row = 0; row < rowCount; row++) {
    exchange(held, edges, row)
    settle(held, edges, bounds, row)
  }
  return held.map(({ column, values }) => ({ ...column, values }))
}

function extentsOf(orders: readonly OrderRule[]): Map<string, Extent> {
  const unknown = {
    least: Number.NEGATIVE_INFINITY,
    most: Number.POSITIVE_INFINITY,
    decimals: mostRounded + 1,
  }
  return new Map(
    orders.flatMap(({ columns, within }) =>
      columns.map((name, k): [string, Extent] => [name, within?.[k] ?? unknown]),
    ),
  )
}

/** The names so sorted that each stands after those that must not be above it. */
function fromLeastToGreatest(orders: readonly OrderRule[]): string[] {
  const sorted = new Set<string>()
  const visit = (name: string): void => {
    if (sorted.has(name)) return
    for (const {
      columns: [a, b],
    } of orders)
      if (b === name) visit(a)
    sorted.add(name)
  }
  for (const { columns } of orders) columns.forEach(visit)
  return [...sorted]
}

/** Each column's range once those below and above it are in order: not empty where the table that had the orders has a row. */
function boundsOf(held: readonly Ordered[], edges: readonly Edge[]): { low: number; high: number }[] {
  const bounds = held.map(({ least, most }) => ({ low: least, high: most }))
  held.forEach(({ decimals }, place) => {
    for (const [below, above] of edges)
      if (above === place)
        bounds[place]!.low = Math.max(bounds[place]!.low, roundUp(bounds[below]!.low, decimals))
  })
  for (let place = held.length - 1; place >= 0; place--)
    for (const [below, above] of edges)
      if (below === place)
        bounds[place]!.high = Math.min(
          bounds[place]!.high,
          roundDown(bounds[above]!.high, held[place]!.decimals),
        )
  return bounds
}

/** Rounds in which each of two in the wrong order takes the other's place. */
function exchange(held: readonly Ordered[], edges: readonly Edge[], row: number): void {
  for (let round = 0, changed = true; changed && round < edges.length; round++) {
    changed = false
    for (const [i, j] of edges) {
      const [a, b] = [held[i]!, held[j]!]
      const [x, y] = [a.values[row]!, b.values[row]!]
      if (!(x > y)) continue
      changed = true
      a.values[row] = Math.max(a.least, roundDown(y, a.decimals))
      b.values[row] = Math.min(b.most, roundUp(x, b.decimals))
    }
  }
}

/** Raises each value to those below it, in order, where one is above it still. */
function settle(
  held: readonly Ordered[],
  edges: readonly Edge[],
  bounds: readonly { low: number; high: number }[],
  row: number,
): void {
  if (!edges.some(([i, j]) => held[i]!.values[row]! > held[j]!.values[row]!)) return
  held.forEach(({ values, decimals }, place) => {
    if (Number.isNaN(values[row]!)) return
    const { low, high } = bounds[place]!
    let value = Math.min(high, Math.max(low, values[row]!))
    for (const [i, j] of edges) {
      if (j !== place) continue
      const below = held[i]!.values[row]!
      if (below > value) value = roundUp(below, decimals)
    }
    values[row] = value
  })
}

function roundDown(value: number, decimals: number): number {
  return rounded(value, decimals, Math.floor)
}

function roundUp(value: number, decimals: number): number {
  return rounded(value, decimals, Math.ceil)
}

/** Rounds one way to so many decimals; a number of no more decimals stays as it is, whatever its last binary digit. */
function rounded(value: number, decimals: number, way: (value: number) => number): number {
  if (decimals > mostRounded || !Number.isFinite(value)) return value
  const scale = 10 ** decimals
  const nearest = Math.round(value * scale) / scale
  // Adding 0 turns −0 into 0.
  return nearest === value ? value : way(value * scale) / scale + 0
}
