// Claim 1: density and score are two views of one thing.
import { fit, gaussianMixture, RandomStream } from 'scorefield'
import { gaussLegendre } from 'scorefield/density'
import type { Claim } from './claim.ts'
import { evenly, figure, gridPoints, rootMeanSquare, size } from './figures.ts'
import { freeField, type Score, scoreOf } from './learned-scores.ts'

const density = gaussianMixture({
  weights: [1, 2],
  means: [
    [-1.2, -0.5],
    [1.2, 0.6],
  ],
  covariances: [0.25, [0.5, 0.25, 0.25, 0.4]],
})
/** Nodes of the rule on each straight piece of a path. */
const nodes = 64

/** ∫ s·dx along each path, a list of points [d] joined by straight lines. */
export async function integrals(
  paths: readonly (readonly ArrayLike<number>[])[],
  score: Score,
): Promise<number[]> {
  const rule = gaussLegendre(nodes)
  const pieces = paths.flatMap((path, k) => path.slice(1).map((to, i) => ({ k, from: path[i]!, to })))
  const at = new Float64Array(2 * nodes * pieces.length)
  for (const [i, { from, to }] of pieces.entries())
    for (let j = 0; j < nodes; j++) {
      const t = (1 + rule.nodes[j]!) / 2
      for (let c = 0; c < 2; c++) at[2 * (i * nodes + j) + c] = (1 - t) * from[c]! + t * to[c]!
    }
  const s = await score(at)
  const found = paths.map(() => 0)
  for (const [i, { k, from, to }] of pieces.entries())
    for (let j = 0; j < nodes; j++)
      for (let c = 0; c < 2; c++)
        found[k]! += (rule.weights[j]! / 2) * s[2 * (i * nodes + j) + c]! * (to[c]! - from[c]!)
  return found
}

export const densityAndScore: Claim = {
  number: 1,
  title: 'Density and score',
  claim: 'The density and its score are two views of one thing: each gives the other.',
  why: 'The score is the gradient of the log-density, s(x) = ∇ log p(x). So the difference of two log-densities is the integral of the score along any path between the two points, log p(b) − log p(a) = ∫ s(x)·dx, and the path does not matter. Only the constant that makes p integrate to 1 is lost.',
  source: 'Hyvärinen 2005',
  limits:
    'Two dimensions, and points where the density is not tiny. A learned score is right only where there were data: a path through empty land adds up its errors, and two paths then disagree.',
  run: async ({ small, seed }) => {
    const count = small ? 60 : 400
    const ends = density.sample({ seed: 100 + seed, count: 2 * count })
    const bends = new RandomStream({ seed, name: 'bends' }).normal({ first: 0, count, width: 2 })
    const pointAt = (rows: ArrayLike<number>, i: number) => [rows[2 * i]!, rows[2 * i + 1]!]
    const straight = Array.from({ length: count }, (_, i) => [pointAt(ends, i), pointAt(ends, count + i)])
    const bent = straight.map(([from, to], i) => [from!, pointAt(bends, i), to!])
    const at = density.logDensity(ends)
    const exact = straight.map((_, i) => at[count + i]! - at[i]!)
    const worst = (found: readonly number[]) =>
      Math.max(...found.map((value, i) => Math.abs(value - exact[i]!)))

    const exactScore = (x: Float64Array) => density.score(x)
    const [known, knownBent] = [await integrals(straight, exactScore), await integrals(bent, exactScore)]

    const model = await fit(density, {
      ...freeField,
      seed,
      ...(small
        ? { steps: 250, batchSize: 256, size: { width: 32, blocks: 2 } }
        : { steps: 1500, batchSize: 256, size: { width: 64, blocks: 2 } }),
    })
    const learnedScore = scoreOf(model)
    const [learned, learnedBent] = [
      await integrals(straight, learnedScore),
      await integrals(bent, learnedScore),
    ]
    const off = rootMeanSquare(learned.map((value, i) => value - exact[i]!))
    const apart = rootMeanSquare(learned.map((value, i) => value - learnedBent[i]!))

    // The whole surface from the arrows alone: along a straight line from one point to each of a grid.
    const [xs, ys] = [evenly(-3.2, 3.7, small ? 8 : 41), evenly(-2.4, 2.8, small ? 8 : 33)]
    const grid = gridPoints(xs, ys)
    const rays = Array.from({ length: xs.length * ys.length }, (_, i) => [[0, 0], pointAt(grid, i)])
    const surface = await integrals(rays, learnedScore)
    const score = density.score(grid)
    await model.dispose()
    return {
      checks: [
        {
          what: 'exact score, straight path: largest error of a log-density difference, nats',
          measured: worst(known),
          atMost: 1e-6,
        },
        { what: 'exact score, bent path: the same', measured: worst(knownBent), atMost: 1e-6 },
        {
          what: 'learned score: root mean square error of a difference, nats',
          measured: off,
          atMost: small ? 1 : 0.25,
        },
        {
          what: 'learned score: straight against bent path, root mean square, nats',
          measured: apart,
          atMost: small ? 1 : 0.25,
        },
      ],
      tables: [],
      pictures: [
        {
          ...{ kind: 'planes', name: '01-density-and-score' },
          alt: 'Surface and arrows of a mixture of two Gaussians, and the surface that comes back from learned arrows',
          title: 'One thing, seen twice, and back again',
          ...{ x: { low: -3.2, high: 3.7 }, y: { low: -2.4, high: 2.8 } },
          panels: [
            { name: 'density', field: { xs, ys, logDensity: density.logDensity(grid) } },
            { name: 'its score', field: { xs, ys, score } },
            { name: 'density, by integrating learned arrows', field: { xs, ys, logDensity: surface } },
          ],
        },
      ],
      verdict: `Differences of log-densities between ${count} pairs of points, ${figure(rootMeanSquare(exact))} nats in root mean square, come back from the exact score to ${size(Math.max(worst(known), worst(knownBent)))} nats, whatever the path. From a learned score they come back to ${figure(off)} nats; its two paths disagree by ${figure(apart)}, since a free network is not quite a gradient (claim 5).`,
    }
  },
}
