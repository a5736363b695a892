import type { CommonSteps } from './common-steps.ts'
import { EvenQuadrature } from './even-quadrature.ts'
import type { Flow } from './flow.ts'
import type { FlowClock } from './flow-clock.ts'
import { FlowPath, gaussianScale, type RowPath } from './flow-path.ts'
import { type DataMoments, meanVariance, type PriorLog } from './prior.ts'
import { solveMany } from './solve-many.ts'

/** Rows that are worked on together. */
export const groupRows = 256
/** Tolerance of a path's step, as a share of the log-density's. */
const stepShare = 1 / 200
/** Shares of the tolerance that the path's error and the quadrature's may have: the root of their squares is less than all of it. */
const [pathShare, quadratureShare] = [0.7, 0.7]
/** How often a path is followed again, each time with a tenth of the tolerance. */
const mostAgain = 3

/** Rows whose log-densities are wanted. */
export interface EvenWork {
  /** x̄ at σ_min, [n, d]. */
  readonly x: Float32Array | Float64Array
  readonly count: number
  readonly dimension: number
  /** ln σ_min and ln σ_max. */
  readonly from: number
  readonly to: number
  readonly clock: FlowClock
  /** Intervals of the divergence's nodes to begin with. */
  readonly intervals: number
  readonly moments: DataMoments
  readonly priorLog: PriorLog
  /** Of the log-density of a row of that log-density, nats. */
  readonly toleranceOf: (logDensity: number) => number
  /** The flow with its divergence, and without. */
  readonly flow: Flow
  readonly drift: Flow
  /** The flow without its divergence, of rows in step with one another. */
  readonly common: CommonSteps
  /** Hears of a row that is done: ln p by each probe, and the solver's error, nats. */
  readonly onRow: (row: number, logDensities: Float64Array, error: number) => void
}

/** A row whose path is known. */
interface Followed {
  readonly path: RowPath
  /** ln p, were the rest of the divergence that of a Gaussian with the data's mean and mean variance. */
  readonly gaussianLog: number
}

/**
 * Log-densities of rows, each first by its path down the flow, without divergences, and then by the integral of the divergence along it.
 *
 * The divergence costs d times as much as the drift. So it is asked for only where the integral needs it: of ∇·f the part d σ²/c² of the
 * Gaussian N(mean, s² I) is known exactly, and what is left is integrated from nodes that are even by the flow's clock, twice as many where that is not enough.
 */
export async function evenNodes(work: EvenWork): Promise<void> {
  for (let start = 0; start < work.count; start += groupRows) {
    const rows = Array.from({ length: Math.min(groupRows, work.count - start) }, (_, i) => start + i)
    const followed = await followedPaths(work, rows)
    await integrated(work, rows, followed)
  }
}

/** Paths in common steps, and those whose error is too large by steps of their own. */
async function followedPaths(
  work: EvenWork,
  rows: readonly number[],
): Promise<ReadonlyMap<number, Followed>> {
  const { x, dimension, from, to, moments, priorLog, drift, common, toleranceOf } = work
  const variance = meanVariance(moments)
  const grown = dimension * Math.log(gaussianScale(to, variance).c / gaussianScale(from, variance).c)
  const followed = new Map<number, Followed>()
  let wanted: number[] = []
  const take = (row: number, path: RowPath, isLast: boolean): void => {
    const gaussianLog = priorLog(path.end, row) + grown
    if (path.error <= pathShare * toleranceOf(gaussianLog) || isLast) followed.set(row, { path, gaussianLog })
    else wanted.push(row)
  }
  const paths = await common.paths(rows)
  rows.forEach((row, i) => {
    take(row, paths[i]!, false)
  })
  for (let again = 0; wanted.length > 0; again++) {
    const own = new Map<number, FlowPath>()
    const now = wanted
    wanted = []
    await solveMany({
      rows: now,
      batchSize: drift.batchSize,
      evaluate: (asked) => drift.evaluate(asked),
      begin: (row) => {
        const path = new FlowPath({
          x: Float64Array.from(x.subarray(row * dimension, (row + 1) * dimension)),
          ...{ from, to, mean: moments.mean, variance },
          tolerance: (toleranceOf(0) * stepShare) / 10 ** again,
        })
        own.set(row, path)
        return path.followed()
      },
      end: (row, { y: end, error }) => {
        const path = own.get(row)!
        take(row, { end, error, at: (moment) => path.at(moment) }, again === mostAgain)
      },
    })
  }
  return followed
}

async function integrated(
  work: EvenWork,
  rows: readonly number[],
  followed: ReadonlyMap<number, Followed>,
): Promise<void> {
  const { dimension, clock, intervals, moments, flow, toleranceOf, onRow } = work
  const variance = meanVariance(moments)
  let open = rows.map((row) => ({
    ...{ row, ...followed.get(row)! },
    quadrature: new EvenQuadrature(clock, intervals),
  }))
  while (open.length > 0) {
    const asked = open.flatMap(({ row, path, quadrature }) =>
      quadrature.asked.map((moment) => ({ row, t: moment.t, y: path.at(moment) })),
    )
    const answers = await flow.evaluate(asked)
    const left = asked.map(({ t }, i) => {
      const gaussian = dimension * gaussianScale(t, variance).share
      return answers[i]!.subarray(dimension).map((divergence) => divergence - gaussian)
    })
    let at = 0
    open = open.filter(({ row, path, gaussianLog, quadrature }) => {
      const { length } = quadrature.asked
      quadrature.answer(left.slice(at, at + length))
      at += length
      const logs = quadrature.integrals().map((integral) => gaussianLog + integral)
      const tolerance = toleranceOf(logs.reduce((sum, value) => sum + value / logs.length, 0))
      const own = quadrature.refine(quadratureShare * tolerance)
      if (quadrature.asked.length > 0) return true
      onRow(row, logs, Math.hypot(path.error, own))
      return false
    })
  }
}
