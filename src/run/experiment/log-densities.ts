import type { Table } from '../../data/index.ts'
import type { TraceMethod } from '../../sampling/index.ts'
import { type Dequantiser, uniformPlaces } from '../dequantise/index.ts'
import type { EncodedModel } from './fitted-model.ts'

/** How log-densities of rows are found. */
export interface LikelihoodOptions {
  /** Name in `likelihoodMethods`; the best that the family has unless given. */
  readonly by?: string | undefined
  /** Draws that an estimate of a row averages over. */
  readonly draws?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Log-densities of rows in the data's own units, nats, [n] each. */
export interface RowLogDensities {
  readonly logDensity: Float64Array
  /** Of estimated traces and bounds, of the flow's solver, and of places drawn within cells. */
  readonly standardError: Float64Array
  /** The solver's part of it. */
  readonly solverError: Float64Array
  /** The part of it that all rows share, nats: of an energy's normaliser; else 0. */
  readonly commonError: number
}

/** log p of encoded rows, [n, d], in the data's units. */
export async function logDensities(
  { fitted, encoding }: EncodedModel,
  x: Float32Array,
  options: LikelihoodOptions & { readonly seed?: number; readonly trace?: TraceMethod | undefined } = {},
): Promise<RowLogDensities> {
  const jacobian = encoding.logDeterminant(x, x.length / fitted.dimension)
  const { logDensity, standardError, solverError, commonError = 0 } = await fitted.logDensity(x, options)
  return {
    commonError,
    solverError,
    logDensity: logDensity.map((value, i) => value + jacobian[i]!),
    standardError: standardError.map((value, i) => Math.hypot(value, solverError[i]!)),
  }
}

/** Places within the cells that the log-probability of a picture averages over. */
const places = 4
/** Probes of the trace at each place: as many in all as one place has by itself. */
const probesAtPlace = 2

/**
 * A lower bound of the log-probability of rows as they are written, nats: E_q(u|v) [ln p(v + u) − ln q(u | v)], u in the cells of the bytes
 * v, as the mean over four draws of u, each with probes or noise of its own. q is uniform unless given.
 * Theis, van den Oord & Bethge 2016 (uniform); Ho, Chen, Srinivas, Duan & Abbeel 2019 (any q).
 *
 * standardError: the spread of the four over √4, and the solver's error; so it has three degrees of freedom. Row i's draws depend on (seed, i) only.
 */
export async function logProbabilities(
  model: EncodedModel,
  table: Table,
  {
    rowIndices,
    seed = 0,
    dequantiser = uniformPlaces(model.encoding),
    onProgress,
    ...options
  }: LikelihoodOptions & {
    readonly rowIndices: Int32Array
    readonly seed?: number | undefined
    readonly dequantiser?: Dequantiser | undefined
  },
): Promise<RowLogDensities> {
  const { fitted, encoding } = model
  const count = rowIndices.length
  const found: (RowLogDensities & { readonly ofPlaces: Float64Array })[] = []
  for (let place = 0; place < places; place++) {
    const ownSeed = seed * places + place
    const placed = await dequantiser.place(table, { rowIndices, seed: ownSeed, signal: options.signal })
    const trace: TraceMethod | undefined =
      fitted.tracePasses < fitted.dimension
        ? { kind: 'probes', count: probesAtPlace, seed: ownSeed }
        : undefined
    const own = await logDensities(model, placed.x, {
      ...{ ...options, seed: ownSeed, trace },
      onProgress: (done) => onProgress?.(place * count + done, places * count),
    })
    found.push({ ...own, ofPlaces: placed.logDensity })
  }
  const cells = encoding.logCells(encoding.encode(table, { rowIndices }), count)
  const { commonError } = found[0]!
  const logDensity = new Float64Array(count)
  const standardError = new Float64Array(count)
  const solverError = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const values = found.map((one) => one.logDensity[row]! - one.ofPlaces[row]!)
    const mean = values.reduce((sum, value) => sum + value, 0) / places
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    logDensity[row] = mean + cells[row]!
    solverError[row] = found.reduce((sum, one) => sum + one.solverError[row]! / places, 0)
    standardError[row] = Math.hypot(Math.sqrt(squares / (places - 1) / places), solverError[row]!)
  }
  return { logDensity, standardError, solverError, commonError }
}

/**
 * Bits a dimension of a log-probability in nats, of `over` bytes: −log P/(over · ln 2).
 *
 * With the log-determinant of bytes mapped to [−1, 1] in log P this is −log p_point/(d ln 2) + 7.
 */
export function bitsPerDimension(logProbability: number, over: number): number {
  return -logProbability / (over * Math.LN2)
}
