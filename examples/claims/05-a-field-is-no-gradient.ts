// Claim 5: a free field is not a gradient, and what that costs.
import { fit, gaussianMixture, type RowModel } from 'scorefield'
import { conservativity, curlMap } from 'scorefield/evaluation'
import { integrals } from './01-density-and-score.ts'
import type { Claim } from './claim.ts'
import { evenly, figure, relativeError, rootMeanSquare, withError } from './figures.ts'
import { scoreOf } from './learned-scores.ts'
import { energyDistance } from './samples.ts'

const density = gaussianMixture({
  weights: [1, 1, 2],
  means: [
    [-1.2, -0.6],
    [0.2, 1.2],
    [1.2, -0.5],
  ],
  covariances: [0.25, [0.5, 0.2, 0.2, 0.3], 0.35],
})

/** What a trained score is like: how far from a gradient, how far from the truth, and what its paths disagree by. */
async function looked(model: RowModel, seed: number, count: number) {
  const x = density.sample({ seed: 40 + seed, count })
  const share = await conservativity({ trained: model.fitted, x: Float32Array.from(x) })
  const score = scoreOf(model)
  const error = relativeError(await score(x), density.score(x))
  // log p(b) − log p(a) on two ways from a to b, with a corner on either side.
  const pairs = Array.from(
    { length: 60 },
    (_, i) => [x.subarray(4 * i, 4 * i + 2), x.subarray(4 * i + 2, 4 * i + 4)] as const,
  )
  const ways = await Promise.all(
    [0, 1].map((side) =>
      integrals(
        pairs.map(([a, b]) => [a, side === 0 ? [a[0]!, b[1]!] : [b[0]!, a[1]!], b]),
        score,
      ),
    ),
  )
  const gap = rootMeanSquare(ways[0]!.map((value, i) => value - ways[1]![i]!))
  return { share: { mean: share.value, error: share.standardError }, error, gap }
}

export const aFieldIsNoGradient: Claim = {
  number: 5,
  title: 'A field is no gradient',
  claim:
    'A free field is not a gradient: it turns, where an energy’s score cannot; and the turning costs what only a density has.',
  why: 'The Jacobian of a gradient is a matrix of second derivatives and so symmetric. How much of J = ∂s/∂x is not, is E‖J − Jᵀ‖²/E‖J‖²: 0 for s = −∇E, whatever its weights. Score matching sees tr J and ‖s‖ only: a part that turns is driven out by ‖s‖², but nothing else forbids it. A field that turns has no density, so log p(b) − log p(a) depends on the path.',
  source: 'Saremi, Mehrjou, Schölkopf, Hyvärinen 2018; Salimans & Ho 2021',
  limits:
    'Two dimensions, small networks of one size, Langevin chains as the sampler. An energy costs more for each step, since its score is a derivative already: here both have the same number of steps, not the same time.',
  run: async ({ small, seed }) => {
    const stages = small ? [40, 160] : [30, 100, 300, 900]
    const count = small ? 300 : 1500
    const found = []
    const [xs, ys] = [evenly(-3, 3, small ? 7 : 25), evenly(-2.6, 2.8, small ? 7 : 23)]
    for (const [family, what] of [
      ['score-network', 'free field'],
      ['energy', 'energy'],
    ] as const) {
      let model: RowModel | undefined
      const after = []
      for (const steps of stages) {
        const from: RowModel | undefined = model
        const begun = {
          ...{ family, objective: 'implicit-score-matching', seed, size: { width: 32, blocks: 2 } },
          ...{ batchSize: small ? 128 : 256, schedule: 'constant', learningRate: 2e-3, emaHalfLifeSteps: 20 },
        }
        model = await fit(density, { steps, ...(from ? { resume: from } : begun) })
        await from?.dispose()
        after.push({ steps, ...(await looked(model, seed, count)) })
      }
      const samples = await model!.sample({
        count: small ? 200 : 2000,
        seed,
        ...(small ? { steps: 100 } : {}),
      })
      const reference = density.sample({ seed: 60 + seed, count: small ? 200 : 2000 })
      const map = await curlMap({ trained: model!.fitted, xs, ys })
      const sampler = model!.fitted.samplingMethod().name
      found.push({ what, after, sampler, samples: energyDistance(samples, reference, 2), map })
      await model!.dispose()
    }
    const [field, energy] = found as [(typeof found)[0], (typeof found)[0]]
    const last = (one: typeof field) => one.after.at(-1)!
    const all = (one: typeof field) => one.after.map(({ share }) => share.mean)
    return {
      checks: [
        { what: 'free field: E‖J − Jᵀ‖²/E‖J‖² at the end', measured: last(field).share.mean, atLeast: 1e-4 },
        {
          what: 'energy: the same, the largest at any time',
          measured: Math.max(...all(energy)),
          atMost: 1e-6,
        },
        { what: 'free field: two paths disagree by, nats', measured: last(field).gap, atLeast: 0.01 },
        { what: 'energy: two paths disagree by, nats', measured: last(energy).gap, atMost: 1e-3 },
      ],
      tables: [
        {
          caption:
            'During training by implicit score matching; error: E‖s − s*‖²/E‖s*‖²; paths: root mean square of the difference of log p(b) − log p(a) on two ways',
          columns: ['model', 'steps', 'E‖J − Jᵀ‖²/E‖J‖²', 'error of the score', 'paths disagree by, nats'],
          rows: found.flatMap(({ what, after }) =>
            after.map(({ steps, share, error, gap }) => [
              what,
              String(steps),
              share.mean < 1e-6 ? figure(share.mean) : withError(share),
              figure(error),
              figure(gap),
            ]),
          ),
        },
        {
          caption: 'Samples at the end: energy distance to as many exact ones (0 is perfect)',
          columns: ['model', 'sampled by', 'energy distance'],
          rows: found.map(({ what, sampler, samples }) => [what, `\`${sampler}\``, withError(samples)]),
        },
      ],
      pictures: [
        {
          ...{ kind: 'curls', name: '05-a-field-is-no-gradient' },
          alt: 'Curl of the free field beside that of the energy, which has none',
          title: 'What turns: free field and energy',
          maps: found.map(({ what, map }) => ({ name: what, ...map })),
        },
        {
          ...{
            kind: 'curves',
            name: '05-a-field-is-no-gradient-training',
            logX: true,
            logY: true,
            xLabel: 'step',
            yLabel: 'share; relative error',
          },
          title: 'The turning part during training',
          alt: 'The part of the free field that turns falls during training, as does the error of both scores',
          series: [
            { name: 'free field: E‖J − Jᵀ‖²/E‖J‖²', x: stages, y: all(field), dots: true },
            {
              name: 'free field: error of the score',
              x: stages,
              y: field.after.map(({ error }) => error),
              dots: true,
            },
            {
              name: 'energy: error of the score',
              x: stages,
              y: energy.after.map(({ error }) => error),
              dots: true,
            },
          ],
        },
      ],
      verdict: `After ${stages.at(-1)} steps the part of the free field's Jacobian that turns is ${figure(100 * last(field).share.mean, 2)} % of it (squared), of the energy's ${figure(100 * last(energy).share.mean, 1)} %, which is float32's rounding. The field's score is off by ${figure(100 * last(field).error, 2)} %, the energy's by ${figure(100 * last(energy).error, 2)} %. Log-density differences depend on the path by ${figure(last(field).gap, 2)} nats for the field and by ${figure(last(energy).gap, 1)} for the energy; samples are ${withError(field.samples)} and ${withError(energy.samples)} from exact ones.`,
    }
  },
}
