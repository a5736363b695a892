// Claim 9: likelihood, implicit, score: what each family can and cannot tell of one data set.
import { fit, gaussianMixture, ScorefieldError } from 'scorefield'
import { type Ability, abilities } from 'scorefield/family'
import type { Claim } from './claim.ts'
import { figure, meanOf, relativeError, withError } from './figures.ts'
import { energiesOf, energyDistance } from './samples.ts'

const density = gaussianMixture({
  weights: [1, 2],
  means: [
    [-1, -0.5],
    [1, 0.5],
  ],
  covariances: [0.3, [0.5, 0.25, 0.25, 0.4]],
})

interface Kind {
  readonly kind: string
  readonly family: string
  readonly options: NonNullable<Parameters<typeof fit>[1]>
  /** Steps in full. */
  readonly steps: number
}

const kinds: readonly Kind[] = [
  {
    kind: 'likelihood',
    family: 'real-nvp',
    steps: 1000,
    options: { size: { layers: 6, width: 32, blocks: 1 } },
  },
  {
    kind: 'implicit',
    family: 'generative-adversarial',
    steps: 1500,
    options: { size: { width: 32, blocks: 1 } },
  },
  {
    kind: 'score: an energy',
    family: 'energy',
    steps: 800,
    options: { objective: 'implicit-score-matching', size: { width: 32, blocks: 2 } },
  },
  {
    kind: 'score: a free field',
    family: 'score-network',
    steps: 800,
    options: { objective: 'implicit-score-matching', size: { width: 32, blocks: 2 } },
  },
  {
    kind: 'score of all noise levels',
    family: 'denoiser',
    steps: 2000,
    options: { size: { width: 64, blocks: 2 } },
  },
]

type Figure = ReturnType<typeof meanOf>

/** What a family told of fresh rows; undefined: it cannot. */
interface Told {
  readonly kind: string
  readonly family: string
  /** Log-density that it gives the rows less than the truth does, nats. */
  readonly lost: Figure | undefined
  /** −E less the true log-density: its mean, and its deviation over rows. */
  readonly middle: number | undefined
  readonly spread: number | undefined
  readonly scoreError: number | undefined
  readonly drawn: Float32Array
  readonly samples: Figure
  readonly tells: readonly Ability[]
}

/** Numbers of the points of a panel. */
const shown = 2 * 500

export const whatAFamilyCanTell: Claim = {
  number: 9,
  title: 'What a family can tell',
  claim:
    'Families differ in what they can tell of the same data: a likelihood model its density, an implicit one only samples, a score model the slopes, and the density up to what the slopes leave open.',
  why: 'A flow pays for log p with an invertible map. A generator x = G(z) needs none, and has no density that could be computed. A score or an energy, p = e^(−E)/Z, is free of both: it tells ∇ log p, an energy also log p(a) − log p(b), and neither Z. A score of all noise levels gets the density back as an integral along the probability flow.',
  source: 'Dinh et al. 2017; Goodfellow et al. 2014; Hyvärinen 2005; Song et al. 2021',
  limits:
    'What can be told, is of the family; how well, is of these small models and short trainings in two dimensions. `scorefield compare` measures families on your own table.',
  run: async ({ small, seed }) => {
    const count = small ? 200 : 1000
    const x = density.sample({ seed: 300 + seed, count })
    const points = Float32Array.from(x)
    const exact = { logDensity: density.logDensity(x), score: density.score(x) }
    const floor = energyDistance(density.sample({ seed: 301 + seed, count }), x, 2)
    const found: Told[] = []
    for (const { kind, family, steps, options } of small
      ? kinds.filter(({ family: name }) => ['real-nvp', 'generative-adversarial', 'energy'].includes(name))
      : kinds) {
      const model = await fit(density, {
        ...options,
        family,
        seed,
        steps: small ? 150 : steps,
        batchSize: small ? 128 : 256,
      })
      const { can, levels } = model.fitted.model
      // An energy's log p takes an estimate of log Z by chains besides: here is what the model itself tells.
      const isEnergy = can.energy !== undefined && can.logDensity === undefined
      const answered = isEnergy ? undefined : model.logDensity(points)
      const logDensity = await answered?.then(
        (answer) => answer.logDensity,
        (error: unknown) => {
          if (error instanceof ScorefieldError && error.code === 'family/cannot') return undefined
          throw error
        },
      )
      // At a level that is small beside the data: a denoiser has no score without noise.
      const asked = levels === 'each' ? { sigma: 0.15 } : {}
      const truth = levels === 'each' ? density.noised!({ alpha: 1, std: 0.15 }).score(x) : exact.score
      const scoreError = can.score ? relativeError(await model.score(points, asked), truth) : undefined
      const energies = isEnergy ? await energiesOf(model, points) : undefined
      const differences = energies?.map((energy, i) => -energy - exact.logDensity[i]!)
      const middle = differences && meanOf(differences).mean
      const fewer = small && family === 'energy' ? { steps: 100 } : {}
      const drawn = await model.sample({ count, seed, ...fewer })
      found.push({
        ...{ kind, family, scoreError, middle },
        spread:
          differences &&
          Math.sqrt(differences.reduce((sum, value) => sum + (value - middle!) ** 2, 0) / count),
        lost: logDensity && meanOf(logDensity.map((value, i) => exact.logDensity[i]! - value)),
        ...{ drawn, samples: energyDistance(drawn, x, 2) },
        tells: abilities.filter(({ name }) => can[name] !== undefined).map(({ name }) => name),
      })
      await model.dispose()
    }
    const named = (family: string) => found.find((one) => one.family === family)!
    const [flow, implicit, energy] = [named('real-nvp'), named('generative-adversarial'), named('energy')]
    return {
      checks: [
        {
          what: 'the flow tells log p: nats lost to the truth',
          measured: flow.lost!.mean,
          atMost: small ? 0.5 : 0.1,
        },
        {
          what: 'the implicit model tells log p (0: it refuses)',
          measured: implicit.lost ? 1 : 0,
          atMost: 0,
        },
        {
          what: 'the implicit model tells a score',
          measured: implicit.scoreError === undefined ? 0 : 1,
          atMost: 0,
        },
        {
          what: 'the energy tells log p itself',
          measured: energy.tells.includes('logDensity') ? 1 : 0,
          atMost: 0,
        },
        {
          what: 'the energy: −E less log p, deviation over rows, nats',
          measured: energy.spread!,
          atMost: small ? 0.8 : 0.25,
        },
        ...(small
          ? []
          : [
              {
                what: 'the score of all levels tells log p, by its flow: nats lost',
                measured: named('denoiser').lost!.mean,
                atMost: 0.1,
              },
            ]),
        {
          what: 'the implicit model: energy distance of samples',
          measured: implicit.samples.mean,
          atMost: small ? 1 : 0.5,
        },
      ],
      tables: [
        {
          caption: `What each tells of ${count.toLocaleString('en-US')} fresh rows; –: it cannot. Energy distance: exact draws are ${withError(floor)} from each other`,
          columns: [
            'kind',
            'family',
            'log-density: nats lost',
            '−E less log p: constant, deviation',
            'error of the score, %',
            'samples: energy distance',
          ],
          rows: found.map(({ kind, family, lost, middle, spread, scoreError, samples }) => [
            ...[
              kind,
              `\`${family}\``,
              lost ? withError(lost) : '–',
              middle === undefined ? '–' : `${figure(middle, 2)}, ${figure(spread!, 2)}`,
            ],
            ...[scoreError === undefined ? '–' : figure(100 * scoreError, 2), withError(samples)],
          ]),
        },
        {
          caption: 'What each can compute, by the names of the library',
          columns: ['family', 'abilities'],
          rows: found.map(({ family, tells }) => [
            `\`${family}\``,
            tells.map((name) => `\`${name}\``).join(', '),
          ]),
        },
      ],
      pictures: [
        {
          ...{ kind: 'planes', name: '09-what-a-family-can-tell' },
          ...{ x: { low: -3, high: 3.5 }, y: { low: -2.7, high: 2.8 } },
          title: 'Real rows, and what each family draws',
          alt: 'Real rows beside the samples of each family',
          panels: [
            { name: 'real rows', points: x.slice(0, shown) },
            ...found.map(({ family, drawn }) => ({ name: family, points: drawn.slice(0, shown) })),
          ],
        },
      ],
      verdict: `The flow is ${withError(flow.lost!)} nats a row short of the truth. The implicit model refuses to say (\`family/cannot\`), though its samples are ${withError(implicit.samples)} from real ones. The energy's log-densities are right up to a constant, to ${figure(energy.spread!, 2)} nats, and the constant is off by ${figure(Math.abs(energy.middle!), 2)}.${small ? '' : ` The score of all levels is ${withError(named('denoiser').lost!)} nats short, by its probability flow.`}`,
    }
  },
}
