// Claim 7: a sample average can be overfitted: held-out turns while training falls.
import { fit, gaussianMixture } from 'scorefield'
import { FittedModel } from 'scorefield/run'
import type { Claim } from './claim.ts'
import { figure, relativeError } from './figures.ts'
import { freeField, inOwnUnits, scoreOf, tableOf } from './learned-scores.ts'

const density = gaussianMixture({
  weights: [1, 1],
  means: [
    [-1, 0],
    [1, 0.5],
  ],
  covariances: [0.4, 0.3],
})

interface Try {
  readonly name: string
  readonly rows: number
  readonly options: NonNullable<Parameters<typeof fit>[1]>
}

const bare = { ...freeField, size: { width: 64, blocks: 2 } }
const tries: readonly Try[] = [
  { name: '200 rows', rows: 200, options: bare },
  { name: '200 rows, weight decay', rows: 200, options: { ...bare, optimiserOptions: { weightDecay: 1 } } },
  { name: '200 rows, a small network', rows: 200, options: { ...bare, size: { width: 8, blocks: 1 } } },
  {
    name: '200 rows, noise σ = 0.3',
    rows: 200,
    options: { ...bare, objective: 'denoising-one-level', objectiveOptions: { sigma: 0.3 } },
  },
  { name: '10,000 rows', rows: 10_000, options: bare },
]

export const overfitting: Claim = {
  number: 7,
  title: 'Overfitting',
  claim:
    'A sample average can be overfitted: the held-out objective turns while the training objective falls, and falls without end.',
  why: 'The mean of ½‖s‖² + tr ∂s/∂x over n rows has no least value: a field that points to each row, ever more steeply, has a trace that falls to −∞ there, while only the mean over the density is bounded, by −½E‖s*‖². A held-out mean shows it. More rows, fewer weights, stopping at the turn help; noise makes the objective itself one with a least value.',
  source: 'Hyvärinen 2005; Vincent 2011; Kingma, LeCun 2010 (regularised score matching)',
  limits:
    'One density, one seed in the picture. How early the turn comes depends on the learning rate and on the network; that it comes, does not.',
  run: async ({ small, seed }) => {
    const steps = small ? 240 : 1600
    const every = small ? 40 : 20
    const truth = density.sample({ seed: 500 + seed, count: 2000 })
    const exact = density.score(truth)
    const found = []
    for (const { name, rows, options } of small ? [tries[0]!, tries[3]!] : tries) {
      const training: { x: number[]; y: number[] } = { x: [], y: [] }
      const heldOut: { x: number[]; y: number[] } = { x: [], y: [] }
      const held = small ? 200 : 400 // rows never learned from
      let sum = { loss: 0, calls: 0 }
      // All rows are given in one table; those to be held out are a share of it.
      const table = tableOf(density, { seed, count: rows + held })
      const model = await fit(table, {
        ...options,
        ...inOwnUnits,
        ...{
          seed,
          steps,
          batchSize: small ? 64 : 100,
          stepsPerCall: 20,
          learningRate: small ? 4e-3 : 1e-3,
        },
        ...{
          split: { test: 0, validation: held / (rows + held) },
          evaluateEverySteps: every,
        },
        ...{ patienceEvaluations: 0, schedule: 'constant', emaHalfLifeSteps: 10 },
        onEvent: (event) => {
          if (event.type === 'step') sum = { loss: sum.loss + event.loss, calls: sum.calls + 1 }
          if (event.type !== 'evaluation') return
          training.x.push(event.step)
          training.y.push(sum.loss / sum.calls)
          sum = { loss: 0, calls: 0 }
          if (event.heldOutLoss === null) return
          heldOut.x.push(event.step)
          heldOut.y.push(event.heldOutLoss)
        },
      })
      const { range, model: form } = model.fitted
      const last = new FittedModel({ model: form, values: model.state.groups['ema']!, range })
      const errorOf = async (fitted: FittedModel) => relativeError(await scoreOf(fitted)(truth), exact)
      const [error, stopped] = [await errorOf(last), await errorOf(model.fitted)]
      await last.dispose()
      await model.dispose()
      const least = Math.min(...heldOut.y)
      const turn = heldOut.x[heldOut.y.indexOf(least)]!
      found.push({ name, training, heldOut, turn, least, last: heldOut.y.at(-1)!, error, stopped })
    }
    const [first, noise] = [found[0]!, found.find(({ name }) => name.includes('noise'))!]
    const fall = first.training.y[0]! - first.training.y.at(-1)!
    const rise = first.last - first.least
    return {
      checks: [
        {
          what: '200 rows: the held-out objective is least at the step (of them all)',
          measured: first.turn / steps,
          atMost: 0.7,
        },
        { what: 'its rise since', measured: rise, atLeast: 0.1 },
        { what: 'fall of the training objective', measured: fall, atLeast: 0.5 },
        {
          what: 'rise with noise σ = 0.3, over the rise without',
          measured: (noise.last - noise.least) / rise,
          atMost: 0.3,
        },
        // In the small form the least of few evaluations is within the noise of the last.
        ...(small
          ? []
          : [
              {
                what: 'error of the score, stopped at the turn over the end',
                measured: first.stopped / first.error,
                atMost: 0.7,
              },
            ]),
        {
          what: 'error of the score at the end, with noise over without',
          measured: noise.error / first.error,
          atMost: 0.5,
        },
      ],
      tables: [
        {
          caption: `${steps} steps at a constant learning rate; objectives in units of σ_d²/d, the error is E‖s − s*‖²/E‖s*‖² of the last weights, and of those at the turn`,
          columns: [
            'data and model',
            'training objective at the end',
            'held out, least',
            'at step',
            'held out at the end',
            'error of the score',
            'stopped at the turn',
          ],
          rows: found.map(({ name, training, least, turn, last, error, stopped }) => [
            name,
            figure(training.y.at(-1)!),
            figure(least),
            String(turn),
            figure(last),
            figure(error),
            figure(stopped),
          ]),
        },
      ],
      pictures: [
        {
          ...{ kind: 'curves', name: '07-overfitting', xLabel: 'step', yLabel: 'objective, units of σ_d²/d' },
          title: 'Held out turns while training falls',
          alt: 'Training objectives fall; the held-out objective of 200 rows turns upwards, that of 10,000 rows does not',
          series: found
            .filter(({ name }) => name === '200 rows' || name === '10,000 rows')
            .flatMap(({ name, training, heldOut }) => [
              { name: `${name}: training`, ...clipped(training) },
              { name: `${name}: held out`, ...clipped(heldOut) },
            ]),
        },
      ],
      verdict: `With 200 rows the held-out objective is least at step ${first.turn} and rises by ${figure(rise, 2)} to the end, while the training objective falls by ${figure(fall, 2)}; the score is then off by ${figure(100 * first.error, 2)} % (squared, relative), and by ${figure(100 * first.stopped, 2)} % if it is stopped at the turn. ${found
        .slice(1)
        .map(({ name, error }) => `${name}: ${figure(100 * error, 2)} %`)
        .join('; ')}.`,
    }
  },
}

/** Up to where it leaves the frame of a picture that shows the turn: the rest would flatten it. */
function clipped({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }) {
  const end = y.findIndex((value) => Math.abs(value) > 4)
  return end < 0 ? { x, y } : { x: x.slice(0, end), y: y.slice(0, end) }
}
