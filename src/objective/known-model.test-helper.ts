import { type ExactDensity, gaussian, gaussianMixture, gaussLegendre } from '../density/index.ts'
import * as f from '../engine/index.ts'
import { type Model, withDerived } from '../family/index.ts'
import { zeros } from '../nn/index.ts'

/** Two Gaussians in the plane; on the line, their first coordinates. */
const parts = [
  { mean: [-1, 0.4], variance: 0.5, share: 0.3 },
  { mean: [0.9, -0.2], variance: 0.8, share: 0.7 },
]
export function twoGaussians(dimension: 1 | 2): ExactDensity {
  return gaussianMixture({
    means: parts.map(({ mean }) => mean.slice(0, dimension)),
    covariances: parts.map(({ variance }) => variance),
    weights: parts.map(({ share }) => share),
  })
}

/** Parameters away from the truth, which is 0. */
export const elsewhere: readonly (readonly number[])[] = [
  [0.3, 0, 0.5, 0],
  [0, 0.4, 0, 0.6],
  [-0.2, 0.1, 0.7, -0.5],
]

/** −ln p(x), [B]: of `twoGaussians`, noised by σ. */
function trueEnergy(x: f.Tensor, sigma: number): f.Tensor {
  const d = x.shape[1]!
  const logs = parts.map(({ mean, variance, share }) => {
    const v = variance + sigma ** 2
    const centre = f.broadcastTo(f.constant({ shape: [1, d], data: mean.slice(0, d) }), x.shape)
    const squares = f.sum(f.square(f.sub(x, centre)), { axes: [1] })
    const log = f.add(f.mul(squares, -0.5 / v), Math.log(share) - (d / 2) * Math.log(2 * Math.PI * v))
    return f.reshape(log, [x.shape[0]!, 1])
  })
  return f.neg(f.logsumexp(f.concat(logs, { axis: 1 }), { axes: [1] }))
}

/** [θ₁, θ₂, θ₃, θ₄] as scalars. */
function scalars(theta: f.Tensor): f.Tensor[] {
  return Array.from({ length: 4 }, (_, k) => f.reshape(f.slice(theta, { axis: 0, start: k, end: k + 1 }), []))
}

/** Column k of x, [B]. */
function column(x: f.Tensor, k: number): f.Tensor {
  return f.reshape(f.slice(x, { axis: 1, start: k, end: k + 1 }), [x.shape[0]!])
}

/** What a known model is: of how many coordinates, and the σ of the noise on them. */
interface Known {
  readonly dimension: 1 | 2
  readonly sigma?: number
  readonly levels?: Model['levels']
}

/**
 * E = −ln p + θ₁ x₁ + ½ θ₂ x_d² + θ₃ tanh(x₁ + x_d) + θ₄: the truth at θ = 0, and a constant that no score sees.
 */
export function knownEnergy({ dimension, sigma = 0, levels = 'one' }: Known): Model<'energy' | 'score'> {
  const model: Model<'energy'> = {
    event: [dimension],
    levels,
    parameters: { theta: zeros([4]) },
    can: {
      energy: ({ theta }, { x }) => {
        const [a, b, c, constant] = scalars(theta!)
        const times = (scalar: f.Tensor, of: f.Tensor): f.Tensor => f.mul(f.broadcastTo(scalar, of.shape), of)
        const [first, last] = [column(x, 0), column(x, dimension - 1)]
        return [
          times(a!, first),
          times(b!, f.mul(f.square(last), 0.5)),
          times(c!, f.tanh(f.add(first, last))),
          f.broadcastTo(constant!, first.shape),
        ].reduce((sum, part) => f.add(sum, part), trueEnergy(x, sigma))
      },
    },
  }
  return withDerived(model) as Model<'energy' | 'score'>
}

/** The score of `knownEnergy` at [θ₁, θ₂, θ₃, ·], plus θ₄ (x₂, −x₁)/(1 + ‖x‖²), a field that turns; on the line, θ₄ x/(1 + x²). */
export function knownScore(known: Known): Model<'score'> {
  const energy = knownEnergy(known)
  return {
    ...energy,
    can: {
      score: (values, { x }) => {
        const columns = known.dimension === 1 ? [column(x, 0)] : [column(x, 1), f.neg(column(x, 0))]
        const turning = f.concat(
          columns.map((part) => f.reshape(part, [x.shape[0]!, 1])),
          { axis: 1 },
        )
        const size = f.add(f.sum(f.square(x), { axes: [1], keepDims: true }), 1)
        const field = f.div(turning, f.broadcastTo(size, x.shape))
        const strength = f.broadcastTo(scalars(values['theta']!)[3]!, x.shape)
        return f.add(energy.can.score(values, { x }), f.mul(strength, field))
      },
    },
  }
}

/** A quadrature: points, [count, d], with what each counts. */
export interface Nodes {
  readonly points: Float64Array
  readonly mass: Float64Array
  readonly count: number
}

/** Nodes for expectations under a density of the line or the plane, on [from, to] in every coordinate. */
export function nodesOf(density: ExactDensity, [from, to]: readonly [number, number], count: number): Nodes {
  const d = density.dimension
  const half = (to - from) / 2
  const { nodes, weights } = gaussLegendre(count)
  const place = (i: number, k: number): number => Math.floor(i / count ** k) % count
  const total = count ** d
  const points = Float64Array.from(
    { length: d * total },
    (_, i) => from + half * (1 + nodes[place(Math.floor(i / d), i % d)]!),
  )
  const mass = density.logDensity(points).map((log, i) => {
    let share = Math.exp(log)
    for (let k = 0; k < d; k++) share *= half * weights[place(i, k)]!
    return share
  })
  return { points, mass, count: total }
}

/** Every node with every one of these draws, which count alike unless told. */
export function withDraws(
  nodes: Nodes,
  draws: readonly (readonly number[])[],
  counts: ArrayLike<number> = draws.map(() => 1 / draws.length),
): Nodes & { readonly draws: Float64Array } {
  const each = draws.length
  const d = nodes.points.length / nodes.count
  const count = nodes.count * each
  return {
    count,
    points: Float64Array.from(
      { length: d * count },
      (_, i) => nodes.points[d * Math.floor(i / (d * each)) + (i % d)]!,
    ),
    mass: Float64Array.from(
      { length: count },
      (_, i) => nodes.mass[Math.floor(i / each)]! * counts[i % each]!,
    ),
    draws: Float64Array.from(Array.from({ length: nodes.count }, () => draws.flat()).flat()),
  }
}

/** Nodes and masses of a standard normal number. */
export function normalNodes(count: number, reach = 7.5): { draws: number[][]; mass: Float64Array } {
  const { points, mass } = nodesOf(gaussian({ mean: [0], covariance: 1 }), [-reach, reach], count)
  return { draws: Array.from(points, (z) => [z]), mass }
}

/** All signs in the plane. */
export const signs: readonly (readonly number[])[] = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
]

/** ½E Σᵢ w(xᵢ) (s_θ(x) − ∇ ln p)ᵢ² as a function of θ, by quadrature against the density's own score; w = 1 unless given. */
export async function fisherDivergence(
  model: Model<'score'>,
  density: ExactDensity,
  nodes: Nodes,
  weight: (x: number) => number = () => 1,
): Promise<(theta: readonly number[]) => Promise<number>> {
  const d = density.dimension
  const program = await f.compile(
    {
      name: 'score',
      shared: model.parameters,
      inputs: { x: { shape: [nodes.count, d], dtype: 'float32' } },
      step: ({ shared, inputs }) => ({ outputs: { s: model.can.score(shared, { x: inputs['x']! }) } }),
    },
    { runtime: f.referenceRuntime },
  )
  const truth = density.score(nodes.points)
  return async (theta) => {
    program.setShared({ theta: Float64Array.from(theta) })
    const { s } = await program.run({ x: nodes.points })
    return truth.reduce(
      (sum, t, i) =>
        sum + 0.5 * nodes.mass[Math.floor(i / d)]! * weight(nodes.points[i]!) * (s![i]! - t) ** 2,
      0,
    )
  }
}
