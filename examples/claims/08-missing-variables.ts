// Claim 8: marginals of a joint are expensive; conditional sampling from the score answers instead.
import { type Density, gaussianMixture, RandomStream } from 'scorefield'
import { cholesky, gaussLegendre, logSumExp } from 'scorefield/density'
import type { Claim } from './claim.ts'
import { evenly, figure, withError } from './figures.ts'
import { energyDistance } from './samples.ts'

/** A mixture of two Gaussians in d dimensions whose columns go together, with its parts: all that is asked of it is known. */
function joint(d: number) {
  const weights = [0.4, 0.6]
  const means = [-1, 1].map((sign) => Array.from({ length: d }, (_, k) => sign * (0.5 + 0.25 * (k % 3))))
  const covariances = [0.6, -0.3].map((r) =>
    Float64Array.from({ length: d * d }, (_, at) => {
      const [i, j] = [Math.floor(at / d), at % d]
      return 0.4 * (i === j ? 1 : r ** Math.abs(i - j))
    }),
  )
  return { d, weights, means, covariances, density: gaussianMixture({ weights, means, covariances }) }
}

type Joint = ReturnType<typeof joint>

/** The first n columns and rows of a matrix. */
const corner = (matrix: Float64Array, d: number, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => matrix[Math.floor(at / n) * d + (at % n)]!)

/** The density of the first n columns: for a mixture of Gaussians there is a formula. */
function marginal({ d, weights, means, covariances }: Joint, n: number): Density {
  return gaussianMixture({
    weights,
    means: means.map((mean) => mean.slice(0, n)),
    covariances: covariances.map((matrix) => corner(matrix, d, n)),
  })
}

/** ln p(known), by `nodes` points for each hidden column: nodes^hidden evaluations of the joint. */
function marginalBySum({ d, density }: Joint, known: readonly number[], nodes: number) {
  const rule = gaussLegendre(nodes)
  const half = 4.5
  const hidden = d - known.length
  const count = nodes ** hidden
  const x = new Float64Array(count * d)
  const logWeights = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    x.set(known, i * d)
    for (let k = 0, rest = i; k < hidden; k++, rest = Math.floor(rest / nodes)) {
      x[i * d + known.length + k] = half * rule.nodes[rest % nodes]!
      logWeights[i]! += Math.log(half * rule.weights[rest % nodes]!)
    }
  }
  const at = density.logDensity(x)
  return { value: logSumExp(at.map((value, i) => value + logWeights[i]!)), evaluations: count }
}

/** Exact draws of the hidden columns: a component by its posterior weight, then x_h = μ_h + L_hk z_k + L_hh z. */
function exactDraws(
  { d, weights, means, covariances }: Joint,
  known: readonly number[],
  count: number,
  seed: number,
) {
  const a = known.length
  const parts = means.map((mean, k) => {
    const { lower } = cholesky(covariances[k]!, d)
    const z = new Float64Array(a)
    for (let i = 0; i < a; i++) {
      let rest = known[i]! - mean[i]!
      for (let j = 0; j < i; j++) rest -= lower[i * d + j]! * z[j]!
      z[i] = rest / lower[i * d + i]!
    }
    const one = gaussianMixture({
      weights: [1],
      means: [mean.slice(0, a)],
      covariances: [corner(covariances[k]!, d, a)],
    })
    return { mean, lower, z, weight: weights[k]! * Math.exp(one.logDensity(Float64Array.from(known))[0]!) }
  })
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const stream = new RandomStream({ seed, name: 'exact' })
  const [u, z] = [
    stream.uniform({ first: 0, count, width: 1 }),
    stream.normal({ first: 0, count, width: d, counter: 1 }),
  ]
  const draws = new Float64Array(count * (d - a))
  for (let i = 0; i < count; i++) {
    const part = u[i]! * total < parts[0]!.weight ? parts[0]! : parts[1]!
    for (let k = a; k < d; k++) {
      let value = part.mean[k]!
      for (let j = 0; j <= k; j++) value += part.lower[k * d + j]! * (j < a ? part.z[j]! : z[i * d + j]!)
      draws[i * (d - a) + k - a] = value
    }
  }
  return draws
}

/** Draws of the hidden columns by the joint's score: Langevin steps down the noise levels, what is known put in with its noise. */
function drawsByScore(
  { d, density }: Joint,
  known: readonly number[],
  count: number,
  perLevel: number,
  seed: number,
) {
  const a = known.length
  const stream = new RandomStream({ seed, name: 'chains' })
  const x = Float64Array.from(stream.normal({ first: 0, count, width: d }), (z) => 3 * z)
  const sigmas = [...Array.from({ length: 12 }, (_, i) => 3 * (0.03 / 3) ** (i / 11)), 0]
  let evaluations = 0
  for (const sigma of sigmas) {
    const noised = sigma > 0 ? density.noised!({ alpha: 1, std: sigma }) : density
    // Steps in proportion to the narrowest direction of the noised density.
    const epsilon = 0.3 * (sigma ** 2 + 0.1)
    for (let step = 0; step < perLevel; step++) {
      const z = stream.normal({ first: 0, count, width: d, counter: ++evaluations })
      for (let i = 0; i < x.length; i++) if (i % d < a) x[i] = known[i % d]! + sigma * z[i]!
      // The score's hidden part is the conditional's own score: ∂ log p(h, k)/∂h = ∂ log p(h | k)/∂h.
      const s = noised.score(x)
      for (let i = 0; i < x.length; i++)
        if (i % d >= a) x[i]! += (epsilon / 2) * s[i]! + Math.sqrt(epsilon) * z[i]!
    }
  }
  const draws = new Float64Array(count * (d - a))
  for (let i = 0; i < count; i++) draws.set(x.subarray(i * d + a, (i + 1) * d), i * (d - a))
  return { draws, evaluations }
}

export const missingVariables: Claim = {
  number: 8,
  title: 'Missing variables',
  claim:
    'The marginal of a joint density is expensive, an integral over all that is missing; conditional sampling from the score answers instead, at a cost that does not grow so.',
  why: 'To know how likely the known columns are, p(k) = ∫ p(h, k) dh takes nᵇ evaluations for b hidden columns. But ∂/∂h log p(h | k) = ∂/∂h log p(h, k), since log p(k) does not depend on h: the hidden part of the joint’s score is the conditional’s score, with no marginal in it. So Langevin steps in h draw from p(h | k); noise levels keep the modes in balance.',
  source: 'Song & Ermon 2019 (inpainting); Song et al. 2021 (replacement)',
  limits:
    'The score is exact here, so that the error is the method’s alone. Replacement is an approximation: between the levels what is known is noised independently of the rest, which shifts the weights of modes a little. It draws, but it gives no density p(k).',
  run: async ({ small, seed }) => {
    const nodes = 24
    const rows: string[][] = []
    const found: {
      d: number
      sumEvaluations: number
      scoreEvaluations: number
      distance: { mean: number; error: number }
      floor: number
    }[] = []
    const counts = small ? [1, 2] : [1, 2, 3, 4]
    const draws = small ? 600 : 2000
    const offs: number[] = []
    const shown: { exact: Float64Array; drawn: Float64Array }[] = []
    for (const hidden of counts) {
      const model = joint(2 + hidden)
      const known = [0.15, -0.1]
      const { value, evaluations } = marginalBySum(model, known, hidden > 3 ? 16 : nodes)
      const off = Math.abs(value - marginal(model, 2).logDensity(Float64Array.from(known))[0]!)
      offs.push(off)
      const exact = exactDraws(model, known, draws, seed)
      const other = exactDraws(model, known, draws, seed + 1)
      const drawn = drawsByScore(model, known, draws, small ? 25 : 60, seed)
      const distance = energyDistance(drawn.draws, exact, hidden)
      const spread = Math.sqrt(exact.reduce((sum, x) => sum + x * x, 0) / draws)
      found.push({
        ...{ d: model.d, sumEvaluations: evaluations, scoreEvaluations: drawn.evaluations },
        ...{
          distance: { mean: distance.mean / spread, error: distance.error / spread },
          floor: energyDistance(other, exact, hidden).mean / spread,
        },
      })
      rows.push([
        String(hidden),
        evaluations.toLocaleString('en-US'),
        figure(off, 2),
        drawn.evaluations.toLocaleString('en-US'),
        withError(found.at(-1)!.distance),
        figure(found.at(-1)!.floor, 2),
      ])
      if (hidden === 2) shown.push({ exact, drawn: drawn.draws })
    }
    const [first, last] = [found[0]!, found.at(-1)!]
    // What a marginal takes beyond what can be summed here.
    const more = evenly(1, 10, 10)
    return {
      checks: [
        { what: 'marginal by a sum: largest error, nats', measured: Math.max(...offs), atMost: 0.01 },
        {
          what: `evaluations for ${counts.at(-1)} hidden columns over those for 1: by the sum`,
          measured: last.sumEvaluations / first.sumEvaluations,
          atLeast: 15,
        },
        { what: 'by the score', measured: last.scoreEvaluations / first.scoreEvaluations, atMost: 1 },
        {
          what: 'conditional draws: largest energy distance to exact ones, in units of their spread',
          measured: Math.max(...found.map(({ distance }) => distance.mean)),
          atMost: small ? 0.05 : 0.03,
        },
      ],
      tables: [
        {
          caption: `Two columns known, the others hidden: the marginal by a sum of ${nodes} points a column (16 where four are hidden), and ${draws.toLocaleString('en-US')} conditional draws by the score; energy distances in units of the spread`,
          columns: [
            'hidden columns',
            'evaluations of the sum',
            'its error, nats',
            'evaluations of a draw',
            'energy distance to exact draws',
            'of exact draws themselves',
          ],
          rows,
        },
      ],
      pictures: [
        {
          ...{
            kind: 'planes',
            name: '08-missing-variables',
            x: { low: -3.2, high: 3.2 },
            y: { low: -3.2, high: 3.2 },
          },
          title: 'Two hidden columns, given two known ones',
          alt: 'Exact conditional draws of two hidden columns beside draws by the score',
          labels: ['x₃', 'x₄'],
          panels: shown.flatMap(({ exact, drawn }) => [
            { name: 'exact', points: exact },
            { name: 'by the score', points: drawn },
          ]),
        },
        {
          ...{
            kind: 'curves',
            name: '08-missing-variables-cost',
            logY: true,
            xLabel: 'hidden columns',
            yLabel: 'evaluations of the joint',
          },
          title: 'A marginal, or draws of what is hidden',
          alt: 'Evaluations for a marginal grow exponentially with the hidden columns, those for a draw do not',
          series: [
            { name: `marginal, ${nodes} points a column`, x: more, y: more.map((hidden) => nodes ** hidden) },
            { name: 'one conditional draw by the score', x: more, y: more.map(() => first.scoreEvaluations) },
          ],
        },
      ],
      verdict: `The marginal of two columns out of ${last.d} takes ${last.sumEvaluations.toLocaleString('en-US')} evaluations, of two out of three ${first.sumEvaluations}; a conditional draw takes ${last.scoreEvaluations} whatever is hidden. Its draws are ${withError(last.distance)} from exact ones (in units of their spread), where exact ones are ${figure(last.floor, 1)} from each other.`,
    }
  },
}
