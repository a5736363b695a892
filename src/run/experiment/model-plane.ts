import type { Encoding, NumberColumn, Table } from '../../data/index.ts'
import type { FittedModel } from './fitted-model.ts'

/** What a model of two columns of numbers believes of the plane, on a grid in the units of the data. */
export interface ModelPlane {
  readonly xs: Float64Array
  readonly ys: Float64Array
  /** The columns along x and y. */
  readonly columns: readonly [NumberColumn, NumberColumn]
  /** Log-density in nats, of an energy up to a constant, [rows, columns]; −∞ where a point cannot be encoded. */
  readonly logDensity?: Float64Array
  /** Whether that is a lower bound. */
  readonly isBound?: boolean
  /** Arrows, [rows, columns, 2]; NaN where a point cannot be encoded. */
  readonly score?: Float64Array
}

/** Points of the grid on a side. */
const usualSide = 32
/** On two moons the relative density is off by 0.007 at worst, at half of the work of an adaptive rule that does as well. */
const drawn = { kind: 'fixed', steps: 16 } as const
/** A level that smooths the finest detail, in units of σ_d, so that arrows can be read. */
const arrowLevel = 0.2

/**
 * Log-density and score of a model of two columns of numbers on a grid around the rows of a table, as far as its family can;
 * undefined where the model is of other columns, takes conditions, or can neither.
 *
 * Log-densities are those of the data's own units. The score is that of the model's coordinates z, smoothed by a fifth of a
 * standard deviation where the model has noise levels; its arrows are carried to the data's units x as steps are,
 * dx_k = s_k · dx_k/dz_k, so that they show where a small step up the density leads.
 */
export async function modelPlane(
  { encoding, fitted }: { readonly encoding: Encoding; readonly fitted: FittedModel },
  table: Table,
  { side = usualSide }: { readonly side?: number } = {},
): Promise<ModelPlane | undefined> {
  const columns = planeColumns(encoding, table)
  const { model, likelihoodKind, range } = fitted
  const canWeigh = likelihoodKind !== 'none' || model.can.energy !== undefined
  if (!columns || model.conditions || !(canWeigh || model.can.score)) return undefined
  const [xs, ys] = columns.map(({ values }) => evenlyAround(values, side)) as [Float64Array, Float64Array]
  const { rows, z } = encodedGrid({ encoding, table, columns, xs, ys })
  const cells = side * side
  const logDensity = canWeigh ? new Float64Array(cells).fill(Number.NEGATIVE_INFINITY) : undefined
  if (logDensity) {
    const jacobian = encoding.logDeterminant(z, rows.length)
    const found =
      likelihoodKind === 'none'
        ? Float64Array.from(await fitted.energy(z), (energy) => -energy)
        : (await fitted.logDensity(z, { method: drawn })).logDensity
    rows.forEach((cell, i) => {
      logDensity[cell] = found[i]! + jacobian[i]!
    })
  }
  const score = model.can.score
    ? carried(await fitted.score(z, { sigma: arrowLevel * range.sigmaData }), { rows, z, xs, ys })
    : undefined
  return {
    ...{ xs, ys, columns },
    ...(logDensity ? { logDensity } : {}),
    ...(likelihoodKind === 'bound' ? { isBound: true } : {}),
    ...(score ? { score } : {}),
  }
}

/** The two columns, where they are all that the model has, each one number to it. */
function planeColumns(encoding: Encoding, table: Table): [NumberColumn, NumberColumn] | undefined {
  const modelled = encoding.columns.filter(({ width, computed }) => width > 0 || computed)
  if (encoding.width !== 2 || modelled.length !== 2 || modelled.some(({ width }) => width !== 1))
    return undefined
  const found = modelled.map(({ name }) => table.columns.find((column) => column.name === name))
  if (!found.every((column): column is NumberColumn => column?.kind === 'number')) return undefined
  const byPlace = [...found].sort(
    (a, b) => encoding.columnRange(a.name)!.offset - encoding.columnRange(b.name)!.offset,
  )
  return byPlace as [NumberColumn, NumberColumn]
}

/** `side` values, evenly spaced, around nearly all of those given: a few far ones do not make the rest a dot. */
function evenlyAround(values: Float64Array, side: number): Float64Array {
  const sorted = values.filter(Number.isFinite).sort()
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  const [low, high] = [at(0.003), at(0.997)]
  const margin = (high - low) / 6 || 1
  const step = (high - low + 2 * margin) / (side - 1)
  return Float64Array.from({ length: side }, (_, i) => low - margin + i * step)
}

/** The grid's points as rows of the table's columns, encoded; `rows`: which cells those are. */
function encodedGrid(options: {
  readonly encoding: Encoding
  readonly table: Table
  readonly columns: readonly [NumberColumn, NumberColumn]
  readonly xs: Float64Array
  readonly ys: Float64Array
}): { readonly rows: Int32Array; readonly z: Float32Array } {
  const { encoding, table, columns, xs, ys } = options
  const cells = xs.length * ys.length
  const place = [
    (cell: number): number => xs[cell % xs.length]!,
    (cell: number): number => ys[Math.floor(cell / xs.length)]!,
  ]
  const grid: Table = {
    ...table,
    rowCount: cells,
    columns: columns.map((column, k) => ({
      ...column,
      values: Float64Array.from({ length: cells }, (_, cell) => place[k]!(cell)),
    })),
  }
  const rows = encoding.encodableRows(grid)
  return { rows, z: encoding.encode(grid, { rowIndices: rows }) }
}

/** The score at encoded points, [m, 2], as arrows of the data's units at the cells of the grid. */
function carried(
  score: Float64Array,
  grid: {
    readonly rows: Int32Array
    readonly z: Float32Array
    readonly xs: Float64Array
    readonly ys: Float64Array
  },
): Float64Array {
  const { rows, z, xs, ys } = grid
  const arrows = new Float64Array(2 * xs.length * ys.length).fill(Number.NaN)
  // A column's coordinate depends on its own value alone.
  const along = [new Float64Array(xs.length).fill(Number.NaN), new Float64Array(ys.length).fill(Number.NaN)]
  rows.forEach((cell, i) => {
    along[0]![cell % xs.length] = z[2 * i]!
    along[1]![Math.floor(cell / xs.length)] = z[2 * i + 1]!
  })
  const slopes = [slopesOf(xs, along[0]!), slopesOf(ys, along[1]!)]
  rows.forEach((cell, i) => {
    arrows[2 * cell] = score[2 * i]! * slopes[0]![cell % xs.length]!
    arrows[2 * cell + 1] = score[2 * i + 1]! * slopes[1]![Math.floor(cell / xs.length)]!
  })
  return arrows
}

/** dx/dz at each value of an axis, by differences of its neighbours. */
function slopesOf(x: Float64Array, z: Float64Array): Float64Array {
  return x.map((_, i) => {
    const [before, after] = [Number.isFinite(z[i - 1]) ? i - 1 : i, Number.isFinite(z[i + 1]) ? i + 1 : i]
    return (x[after]! - x[before]!) / (z[after]! - z[before]!)
  })
}
