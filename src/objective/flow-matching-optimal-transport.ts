import * as f from '../engine/index.ts'
import { asVectors } from '../family/index.ts'
import { denoising } from './denoising.ts'
import type { Objective } from './objective.ts'
import { positiveSetting, wholeSetting } from './settings.ts'

/**
 * λ(σ) ‖D(x₀ + σz; σ) − x₀‖²/d with z chosen to lie near x₀: flow matching, where data and noise of a batch are paired by entropic
 * optimal transport, so that the ways from noise to data are straighter, and fewer steps follow them.
 *
 * The plan P minimises Σ Pᵢⱼ ½‖xᵢ/σ_d − zⱼ‖² + ε √d Σ Pᵢⱼ ln Pᵢⱼ with rows and columns of one mass, by Sinkhorn's iterations, the last
 * one over the rows; point i gets the noise j with chance Pᵢⱼ, so a noise may serve two points. Each pair's noise is N(0, I)
 * as far as the columns' sums have come to 1. For ε → ∞ pairs are independent, and it is `denoising` with its weights.
 *
 * What is learned: D(x; σ) = E[x₀ | x₀ + σz = x] under the pairing. (x − D)/σ = E[z | x] is the velocity of a flow that takes
 * N(0, σ_max² I) to the data, whatever the pairing: samplers without noise are right, and so is the log-density by that flow. But
 * (D − x)/σ² is not the score of x₀ + σz with free noise: samplers that add noise are biased. And the pairing is of batches: it is
 * straighter than free pairs, less straight than the optimal transport of the whole distributions.
 *
 * Of a model that takes conditions only points of the same conditions share their noise: else the noise of a condition's points would
 * not be N(0, I), from which they are sampled (Cheng & Schwing 2025). Where all conditions differ it is `denoising`.
 * Pooladian et al. 2023; Tong et al. 2024 (pairs within batches); Cuturi 2013 (entropic transport).
 */
export const flowMatchingOptimalTransport: Objective<'denoise'> = {
  name: 'flow-matching-optimal-transport',
  summary: 'flow matching with data and noise of a batch paired: straighter ways, for samplers without noise',
  source: 'Tong, Fatras, Malkin et al. 2024',
  needs: ['denoise'],
  levels: 'each',
  settings: {
    regularisation: {
      default: 0.2,
      summary: 'ε of the entropic transport, in units of √d; small is straight',
    },
    iterations: { default: 20, summary: "Sinkhorn's iterations; a small ε needs more" },
  },
  draws: ({ event }) => ({
    noise: { of: 'normal', shape: event },
    pairing: { of: 'uniform', shape: [] },
  }),
  heldOut: 'loss',
  losses: (given) => {
    const { data, draws, settings, range } = given
    const noise = draws['noise']!
    const paired = f.withLabel('pairing', () => {
      const plan = transportPlan(asVectors(data), asVectors(noise), {
        apart: given.conditions && conditionsDiffer(given.conditions),
        sigmaData: range.sigmaData,
        regularisation: positiveSetting(settings, 'regularisation'),
        iterations: wholeSetting(settings, 'iterations'),
      })
      return f.gather(noise, chosen(plan, draws['pairing']!))
    })
    return denoising.losses({ ...given, draws: { ...draws, noise: paired } })
  },
}

/**
 * ln of the entropic plan between x/σ_d and z, each [B, d], with rows of mass 1: [B, B].
 *
 * Of the squared distance only −x·z/σ_d matters: the rest is the rows' or the columns' own, and goes into the potentials.
 */
export function transportPlan(
  x: f.Tensor,
  z: f.Tensor,
  options: {
    readonly sigmaData: number
    readonly regularisation: number
    readonly iterations: number
    /** Pairs that must not be, bool [B, B]; none unless given. */
    readonly apart?: f.Tensor | undefined
  },
): f.Tensor {
  const [rows, dimension] = x.shape as [number, number]
  const scale = 1 / (options.sigmaData * options.regularisation * Math.sqrt(dimension))
  const centre = f.mean(x, { axes: [0], keepDims: true })
  const near = f.mul(f.matmul(f.sub(x, f.broadcastTo(centre, x.shape)), z, { transposeB: true }), scale)
  const affinity = options.apart
    ? f.where(options.apart, f.broadcastTo(f.constant(forbidden), near.shape), near)
    : near
  const alongRows = (of: f.Tensor): f.Tensor => f.broadcastTo(f.reshape(of, [1, rows]), affinity.shape)
  const alongColumns = (of: f.Tensor): f.Tensor => f.broadcastTo(f.reshape(of, [rows, 1]), affinity.shape)
  let ofColumns = f.broadcastTo(f.constant(0), [rows])
  let plan = affinity
  for (let k = 0; k < options.iterations; k++) {
    const ofRows = f.logsumexp(f.sub(affinity, alongRows(ofColumns)), { axes: [1] })
    ofColumns = f.logsumexp(f.sub(affinity, alongColumns(ofRows)), { axes: [0] })
  }
  plan = f.sub(affinity, alongRows(ofColumns))
  return f.sub(plan, alongColumns(f.logsumexp(plan, { axes: [1] })))
}

/** ln of a chance that is none: far below every other, and no trouble to float32. */
const forbidden = -1e9

/** Whether the conditions of points i and j differ, [B, B]. */
function conditionsDiffer(conditions: f.Named<f.Tensor>): f.Tensor {
  const parts = Object.values(conditions).map((condition) => {
    const flat = asVectors(condition)
    const [rows, width] = flat.shape as [number, number]
    const across = (shape: f.Shape): f.Tensor => f.broadcastTo(f.reshape(flat, shape), [rows, rows, width])
    const gaps = f.abs(f.sub(across([rows, 1, width]), across([1, rows, width])))
    return f.sum(gaps, { axes: [2] })
  })
  return f.greater(
    parts.reduce((sum, part) => f.add(sum, part)),
    0,
  )
}

/** Of each row's chances, [B, B] as logarithms, the place that u ~ U(0, 1), [B], falls on: [B], int32. */
export function chosen(logChances: f.Tensor, u: f.Tensor): f.Tensor {
  const [rows, columns] = logChances.shape as [number, number]
  const cumulated = f.cumsum(f.exp(logChances), { axis: 1 })
  const passed = f.less(cumulated, f.broadcastTo(f.reshape(u, [rows, 1]), cumulated.shape))
  const place = f.sum(f.cast(passed, 'float32'), { axes: [1] })
  // Round-off may leave the last sum below u.
  return f.cast(f.min(place, columns - 1), 'int32')
}
