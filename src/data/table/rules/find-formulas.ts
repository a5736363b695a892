import type { NumberColumn } from '../table.ts'
import { toleranceOf } from './compute.ts'
import type { ExactRule } from './rule.ts'
import { simplestNumber } from './simplest-number.ts'

type Linear = Extract<ExactRule, { kind: 'linear' }>
type Sum = Extract<ExactRule, { kind: 'sum' }>
type Product = Extract<ExactRule, { kind: 'product' }>

/** Fewer rows prove no rule. */
const leastRows = 20
/** A line through fewer different points is drawn through anything. */
const leastPoints = 5
/** So many points are looked at before all. */
const fewPoints = 64
/**
 * Evidence that a formula is no chance, nats: of each row in which every column matters, −log of how often two values of the
 * result are alike. Some 10⁵ formulas are tried, 12 nats; the rest is safety.
 */
const leastEvidence = 40

/** The exponents that are tried: products and quotients, also by a square. Each determines c. */
const triedPowers: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [1, 2],
  [2, 1],
  [1, -2],
  [-2, 1],
]

/**
 * b = factor · a + offset in every row, to half a unit of b's last decimal; undefined where it is not.
 *
 * Every row leaves a strip of the plane of (factor, offset); of the points that lie in all of them the simplest is taken.
 */
export function findLinear(a: NumberColumn, b: NumberColumn): Linear | undefined {
  const rows = rowsOfBoth(a.values, b.values)
  if (rows.length < leastRows || !looksLinear(a.values, b.values, rows)) return undefined
  const points = distinctPoints(a.values, b.values, rows)
  if (points === undefined || points.length < leastPoints) return undefined
  const { absolute, relative } = toleranceOf(b)
  const largest = points.reduce((most, [, y]) => Math.max(most, Math.abs(y)), 0)
  const slack = absolute + relative * largest
  // What a few points rule out, all of them do.
  const few = points.filter((_, i) => i % Math.ceil(points.length / fewPoints) === 0)
  if (few.length < points.length && feasibleFactor(few, slack) === undefined) return undefined
  const through = factorThroughZero(points, slack)
  const factor = through ?? feasibleFactor(points, slack)
  if (factor === undefined || factor === 0) return undefined
  if (evidence(b.values, rows, mattering(a.values, rows)) < leastEvidence) return undefined
  const offset = through === undefined ? simplestNumber(...offsetsFor(factor, points, slack)) : 0
  return { kind: 'linear', columns: [a.name, b.name], factor, offset, decimals: b.decimals }
}

/** The simplest factor with which y = factor · x, no offset, to within the slack; undefined where there is none. */
function factorThroughZero(points: Points, slack: number): number | undefined {
  let range: Interval = everything
  for (const [x, y] of points) range = narrowed(range, x, y, slack)
  return range[0] <= range[1] ? simplestNumber(...range) : undefined
}

type Interval = readonly [low: number, high: number]

const everything: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const nothing: Interval = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

/** Those factors of an interval for which |factor · x − y| ≤ slack. */
function narrowed([low, high]: Interval, x: number, y: number, slack: number): Interval {
  if (x === 0) return Math.abs(y) > slack ? nothing : [low, high]
  const [one, other] = [(y - slack) / x, (y + slack) / x]
  return [Math.max(low, Math.min(one, other)), Math.min(high, Math.max(one, other))]
}

type Points = readonly (readonly [x: number, y: number])[]

/** The offsets that a factor leaves, [low, high]; none where high < low. */
function offsetsFor(factor: number, points: Points, slack: number): Interval {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const [x, y] of points) {
    const rest = y - factor * x
    if (rest - slack > low) low = rest - slack
    if (rest + slack < high) high = rest + slack
  }
  return [low, high]
}

/** a + b = c in every row; undefined where it is not. */
export function findSum(a: NumberColumn, b: NumberColumn, c: NumberColumn): Sum | undefined {
  const { absolute, relative } = toleranceOf(c)
  const rows: number[] = []
  for (let row = 0; row < c.values.length; row++) {
    const [x, y, z] = [a.values[row]!, b.values[row]!, c.values[row]!]
    const difference = Math.abs(x + y - z)
    if (Number.isNaN(difference)) continue
    if (difference > absolute + relative * (Math.abs(x) + Math.abs(y))) return undefined
    rows.push(row)
  }
  if (rows.length < leastRows) return undefined
  const matter = Math.min(mattering(a.values, rows, 0), mattering(b.values, rows, 0))
  if (evidence(c.values, rows, matter) < leastEvidence) return undefined
  return { kind: 'sum', columns: [a.name, b.name, c.name], decimals: c.decimals }
}

/** c = factor · a^p · b^q in every row, for one of the exponents that are tried; undefined where it is not. */
export function findProduct(a: NumberColumn, b: NumberColumn, c: NumberColumn): Product | undefined {
  const { absolute, relative } = toleranceOf(c)
  for (const [p, q] of triedPowers) {
    let range: Interval = everything
    /** Rows that say something of the factor. */
    const rows: number[] = []
    for (let row = 0; row < c.values.length && range[0] <= range[1]; row++) {
      const [x, y, z] = [a.values[row]!, b.values[row]!, c.values[row]!]
      const of = x ** p * y ** q
      if (!Number.isFinite(of) || Number.isNaN(z)) continue
      range = narrowed(range, of, z, absolute + relative * Math.abs(z))
      if (of !== 0) rows.push(row)
    }
    const [low, high] = range
    if (!(low <= high) || rows.length < leastRows || (low <= 0 && high >= 0)) continue
    const matter = Math.min(mattering(a.values, rows), mattering(b.values, rows))
    if (evidence(c.values, rows, matter) < leastEvidence) continue
    const factor = simplestNumber(low, high)
    return {
      kind: 'product',
      columns: [a.name, b.name, c.name],
      powers: [p, q],
      factor,
      decimals: c.decimals,
    }
  }
  return undefined
}

function rowsOfBoth(a: Float64Array, b: Float64Array): number[] {
  const rows: number[] = []
  for (let row = 0; row < a.length; row++)
    if (!Number.isNaN(a[row]!) && !Number.isNaN(b[row]!)) rows.push(row)
  return rows
}

/** A cheap look before the exact one: a correlation of all but 1, of some hundred rows. */
function looksLinear(a: Float64Array, b: Float64Array, rows: readonly number[]): boolean {
  const stride = Math.max(1, Math.floor(rows.length / 200))
  let [n, sa, sb] = [0, 0, 0]
  for (let i = 0; i < rows.length; i += stride) {
    n++
    sa += a[rows[i]!]!
    sb += b[rows[i]!]!
  }
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < rows.length; i += stride) {
    const [da, db] = [a[rows[i]!]! - sa / n, b[rows[i]!]! - sb / n]
    ab += da * db
    aa += da * da
    bb += db * db
  }
  // A result rounded to a few values correlates a little less; a curve or noise far less.
  return Math.abs(ab) > 0.9 * Math.sqrt(aa * bb) && aa > 0 && bb > 0
}

/** The different pairs (a, b); undefined where an a has two b, so that b is no function of a. */
function distinctPoints(a: Float64Array, b: Float64Array, rows: readonly number[]): Points | undefined {
  const found = new Map<number, number>()
  for (const row of rows) {
    const known = found.get(a[row]!)
    if (known === undefined) found.set(a[row]!, b[row]!)
    else if (known !== b[row]) return undefined
  }
  return [...found]
}

/**
 * The simplest factor that leaves an offset. The room that a factor leaves to the offset, high − low, is a concave function of
 * it, so the factors are an interval about its peak.
 */
function feasibleFactor(points: Points, slack: number): number | undefined {
  const room = (factor: number): number => {
    const [low, high] = offsetsFor(factor, points, slack)
    return high - low
  }
  const [first, last] = points.reduce(
    ([left, right], point) =>
      [point[0] < left[0] ? point : left, point[0] > right[0] ? point : right] as const,
    [points[0]!, points[0]!] as const,
  )
  const slope = (last[1] - first[1]) / (last[0] - first[0])
  const reach = (2 * slack) / (last[0] - first[0]) + 1e-9 * Math.abs(slope)
  const peak = peakOf(room, slope, reach)
  if (room(peak) < 0) return undefined
  const simplest = simplestNumber(
    edgeOf(room, peak, slope - 2 * reach),
    edgeOf(room, peak, slope + 2 * reach),
  )
  return room(simplest) >= 0 ? simplest : peak
}

/** Where a concave function is largest within centre ± reach; the centre itself where nothing is larger. */
function peakOf(of: (x: number) => number, centre: number, reach: number): number {
  let [left, right] = [centre - reach, centre + reach]
  for (let round = 0; round < 60; round++) {
    const [m, n] = [left + (right - left) / 3, right - (right - left) / 3]
    if (of(m) < of(n)) left = m
    else right = n
  }
  const found = (left + right) / 2
  return of(centre) >= of(found) ? centre : found
}

/** The last point from `inside` towards `outside` where the function is at least 0. */
function edgeOf(of: (x: number) => number, inside: number, outside: number): number {
  let [last, first] = [inside, outside]
  for (let round = 0; round < 60; round++) {
    const middle = (last + first) / 2
    if (of(middle) >= 0) last = middle
    else first = middle
  }
  return last
}

/** Rows in which a column says something: those beyond its most frequent value, or other than `nothing`. */
function mattering(values: Float64Array, rows: readonly number[], nothing?: number): number {
  if (nothing !== undefined) return rows.reduce((count, row) => count + (values[row] === nothing ? 0 : 1), 0)
  const counts = new Map<number, number>()
  let most = 0
  for (const row of rows) {
    const count = (counts.get(values[row]!) ?? 0) + 1
    counts.set(values[row]!, count)
    if (count > most) most = count
  }
  return rows.length - most
}

/** Nats against chance: so many rows agree, each of which two values of the result do as often as they are alike. */
function evidence(values: Float64Array, rows: readonly number[], matter: number): number {
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(values[row]!, (counts.get(values[row]!) ?? 0) + 1)
  let alike = 0
  for (const count of counts.values()) alike += (count / rows.length) ** 2
  return matter * -Math.log(alike)
}
