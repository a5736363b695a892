// Claim 10: Langevin needs only the score; without noise levels it gets the weights of modes wrong and stalls.
import { type Density, fit, gaussianMixture, RandomStream } from 'scorefield'
import type { Claim } from './claim.ts'
import { figure } from './figures.ts'
import { freeField, inOwnUnits, type Score, scoreOf, tableOf } from './learned-scores.ts'

const truth = 0.2
const [near, far] = [
  [-3, -2],
  [3, 2],
] as const
const density = gaussianMixture({
  weights: [truth, 1 - truth],
  means: [near, far],
  covariances: [0.25, 0.25],
})
const half = 8

/** A stretch of steps x ← x + (ε/2) s(x) + √ε z with one score. */
interface Stretch {
  readonly score: Score
  readonly epsilon: number
  readonly steps: number
}

/** Chains from points spread evenly over the square: all that they need is a score. */
async function langevin(stretches: readonly Stretch[], chains: number, seed: number): Promise<Float64Array> {
  const stream = new RandomStream({ seed, name: 'chains' })
  const x = Float64Array.from(
    stream.uniform({ first: 0, count: chains, width: 2 }),
    (u) => half * (2 * u - 1),
  )
  let counter = 1
  for (const { score, epsilon, steps } of stretches)
    for (let step = 0; step < steps; step++) {
      const s = await score(x)
      const z = stream.normal({ first: 0, count: chains, width: 2, counter: counter++ })
      for (let i = 0; i < x.length; i++) x[i]! += (epsilon / 2) * s[i]! + Math.sqrt(epsilon) * z[i]!
    }
  return x
}

/** Levels from σ = 6 to 0.1; ε = 0.2 σ² at each (Song & Ermon's ε_i = ε (σ_i/σ_L)²). */
function annealed(at: (sigma: number) => Density, stepsPerLevel: number): Stretch[] {
  return Array.from({ length: 12 }, (_, i) => {
    const sigma = 6 * (0.1 / 6) ** (i / 11)
    const noised = at(sigma)
    return { score: (x) => noised.score(x), epsilon: 0.2 * sigma ** 2, steps: stepsPerLevel }
  })
}

/** Share of the points that lie in the smaller mode, of those in a mode; and share of those in none. */
function shares(x: ArrayLike<number>) {
  let [inNear, inFar] = [0, 0]
  const count = x.length / 2
  for (let i = 0; i < count; i++) {
    const distance = ([a, b]: readonly [number, number]) => Math.hypot(x[2 * i]! - a, x[2 * i + 1]! - b)
    if (distance(near) < 2.5) inNear++
    else if (distance(far) < 2.5) inFar++
  }
  const weight = inNear / (inNear + inFar)
  return { weight, lost: 1 - (inNear + inFar) / count, error: Math.sqrt((weight * (1 - weight)) / count) }
}

export const langevinNeedsLevels: Claim = {
  number: 10,
  title: 'Langevin needs levels',
  claim:
    'Langevin dynamics needs only the score; without noise levels it gets the weights of separated modes wrong, and a learned score stalls in empty land, and with them it does not.',
  why: 'x ← x + (ε/2) s(x) + √ε z leaves p as it is, for small ε. But far from a mode the score of π₁p₁ + π₂p₂ is that of the nearer component alone: the weights cancel in ∇ log(πₖpₖ). So chains stay with the mode whose basin they began in. At a noise level as large as the distance of the modes they overlap, chains go to and fro and settle by weight; then the level is lowered.',
  source: 'Song & Ermon 2019',
  limits:
    'Two modes in two dimensions, and as many steps for one as for the other. With steps enough, chains without levels would cross, too: the time grows as e^(barrier). So do those that stall, in the end: how far a network is wrong where no row was, is chance, and here its arrows are only too short. The learned scores are of small networks.',
  run: async ({ small, seed }) => {
    const chains = small ? 400 : 4000
    const perLevel = small ? 25 : 100
    const steps = 12 * perLevel
    const exact: Score = (x) => density.score(x)
    const plain = await langevin([{ score: exact, epsilon: 0.02, steps }], chains, seed)
    const walked = await langevin(
      annealed((sigma) => density.noised!({ alpha: 1, std: sigma }), perLevel),
      chains,
      seed,
    )
    // The same with learned scores: of the rows as they are, and of all noise levels.
    const rows = tableOf(density, { seed, count: 2000 })
    const size = { width: 48, blocks: 2 }
    const training = { ...inOwnUnits, seed, batchSize: 256, steps: small ? 150 : 600 }
    const bare = await fit(rows, { ...training, ...freeField, size })
    const bareScore = scoreOf(bare)
    const few = 100
    const early = (score: Score) => langevin([{ score, epsilon: 0.02, steps: few }], small ? 200 : 2000, seed)
    const [quick, stalled] = [await early(exact), await early(bareScore)]
    await bare.dispose()
    const levels = await fit(rows, {
      ...training,
      size: { ...size, embedding: 32 },
      steps: small ? 300 : 1500,
    })
    const drawn = await levels.sample({ count: small ? 300 : 4000, sampler: 'annealed-langevin', seed })
    await levels.dispose()
    const found = [
      { name: 'exact score, no levels', x: plain },
      { name: 'exact score, 12 levels', x: walked },
      { name: `exact score, no levels, ${few} steps`, x: quick },
      { name: `learned score, no levels, ${few} steps`, x: stalled },
      { name: 'learned score, all levels', x: Float64Array.from(drawn) },
    ].map((one) => ({ ...one, ...shares(one.x) }))
    const [without, withLevels, arrived, learnedWithout, learnedWith] = found as [
      (typeof found)[0],
      (typeof found)[0],
      (typeof found)[0],
      (typeof found)[0],
      (typeof found)[0],
    ]
    const off = ({ weight }: { weight: number }) => Math.abs(weight - truth)
    return {
      checks: [
        {
          what: 'exact score, no levels: error of the smaller mode’s weight',
          measured: off(without),
          atLeast: 0.15,
        },
        {
          what: 'exact score, 12 levels: the same',
          measured: off(withLevels),
          atMost: 0.025 + 4 * Math.sqrt((truth * (1 - truth)) / chains),
        },
        {
          what: 'exact score, 12 levels: share of chains in no mode',
          measured: withLevels.lost,
          atMost: 0.01,
        },
        {
          what: `exact score, no levels, after ${few} steps: share of chains in no mode`,
          measured: arrived.lost,
          atMost: 0.01,
        },
        {
          what: 'learned score, no levels: the same',
          measured: learnedWithout.lost,
          atLeast: 0.02,
        },
        {
          what: 'learned score, all levels: share of chains in no mode',
          measured: learnedWith.lost,
          atMost: small ? 0.05 : 0.02,
        },
        {
          what: 'learned score, all levels: error of the weight',
          measured: off(learnedWith),
          atMost: small ? 0.1 : 0.05,
        },
      ],
      tables: [
        {
          caption: `Chains from all over a square, of ${steps.toLocaleString('en-US')} steps unless told; the smaller mode has the weight ${truth}`,
          columns: ['score', 'weight of the smaller mode', 'chains in no mode, %'],
          rows: found.map(({ name, weight, error, lost }) => [
            name,
            `${figure(weight)} ± ${figure(error, 1)}`,
            figure(100 * lost, 2),
          ]),
        },
      ],
      pictures: [
        {
          ...{ kind: 'planes', name: '10-langevin-needs-levels' },
          alt: 'Where chains end, with and without noise levels, by exact and by learned scores',
          title: 'Where Langevin chains end that began all over the square',
          ...{ x: { low: -8.5, high: 8.5 }, y: { low: -8.5, high: 8.5 } },
          panels: found
            .filter(({ name }) => ![withLevels.name, arrived.name].includes(name))
            .map(({ name, x }) => ({ name, points: x.slice(0, 1600) })),
        },
      ],
      verdict: `The smaller mode has the weight ${truth}. With the exact score and no levels ${figure(100 * without.weight, 2)} % of the chains end there, with 12 levels ${figure(100 * withLevels.weight, 3)} %. After ${few} steps by a learned score of one level ${figure(100 * learnedWithout.lost, 2)} % of the chains are still in no mode at all, by the exact score ${figure(100 * arrived.lost, 2)} %: in empty land nothing was learned. Down the levels of a learned score ${figure(100 * learnedWith.lost, 2)} % are lost.`,
    }
  },
}
