// Claim 11: noise makes the score learnable where there are no data; the price is a blurred density.
import { fit, gaussianMixture, RandomStream } from 'scorefield'
import type { Claim } from './claim.ts'
import { evenly, figure, gridPoints, meanOf, relativeError, withError } from './figures.ts'
import { inOwnUnits, scoreOf, tableOf } from './learned-scores.ts'

const density = gaussianMixture({
  weights: [1, 2],
  means: [
    [-3, 0],
    [3, 0],
  ],
  covariances: [0.3, 0.3],
})
/** Rows to learn from: a finite table, as in life. */
const rows = 1000
/** Half the width of the empty land between the two modes, and its half-height. */
const [across, up] = [1.2, 1.5]

/** The mean log-density that blurring costs: KL(p ‖ p * N(0, σ²I)), nats, by samples of p. */
function blur(sigma: number, count: number): { mean: number; error: number } {
  const x = density.sample({ seed: 11, count })
  const [sharp, soft] = [density.logDensity(x), density.noised!({ alpha: 1, std: sigma }).logDensity(x)]
  return meanOf(sharp.map((value, i) => value - soft[i]!))
}

/** A score learned at one level σ, held against that of the noised density in the gap and where the noised rows are. */
async function learned(sigma: number, steps: number, seed: number) {
  const noised = density.noised!({ alpha: 1, std: sigma })
  const sigmaData = 2.2
  const model = await fit(tableOf(density, { seed, count: rows }), {
    ...inOwnUnits,
    ...{ family: 'score-network', objective: 'denoising-one-level', seed },
    ...{ steps, batchSize: 256, size: { width: 48, blocks: 2 }, sigmaData },
    ...{ objectiveOptions: { sigma: sigma / sigmaData }, split: { test: 0, validation: 0 } },
  })
  const u = new RandomStream({ seed, name: 'gap' }).uniform({ first: 0, count: 1000, width: 2 })
  const gap = Float64Array.from(u, (value, i) => (2 * value - 1) * (i % 2 === 0 ? across : up))
  const there = noised.sample({ seed: 77 + seed, count: 2000 })
  const score = scoreOf(model)
  const errorAt = async (x: Float64Array) => relativeError(await score(x), noised.score(x))
  const [xs, ys] = [evenly(-5, 5, 31), evenly(-3, 3, 19)]
  const arrows = await score(gridPoints(xs, ys))
  const found = { inGap: await errorAt(gap), onRows: await errorAt(there), field: { xs, ys, score: arrows } }
  await model.dispose()
  return found
}

export const noiseMakesItLearnable: Claim = {
  number: 11,
  title: 'Noise makes it learnable',
  claim: 'Noise makes the score learnable where there are no data; the price is a blurred density.',
  why: 'Every score-matching objective is a mean over the data, so nothing is learned where there are none. Noise of level σ carries rows there: p_σ = p * N(0, σ²I) is positive everywhere, and its score is learned by denoising, E‖s(x + σz) + z/σ‖². But it is the score of p_σ, whose every mode is wider by σ².',
  source: 'Song & Ermon 2019; Vincent 2011',
  limits:
    'One data set in two dimensions, one small network. What looks like a bargain between the two errors is none in practice: a model of all levels at once starts at the large σ and ends at the small one (claim 10).',
  run: async ({ small, seed }) => {
    const sigmas = small ? [0.05, 1.2] : [0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 2.7]
    const seeds = small ? 1 : 3
    const points = []
    for (const sigma of sigmas) {
      const tries = []
      for (let k = 0; k < seeds; k++) tries.push(await learned(sigma, small ? 400 : 1000, seed + 10 * k))
      points.push({
        ...{ sigma, field: tries[0]!.field, blur: blur(sigma, 20_000) },
        inGap: tries.map(({ inGap }) => inGap),
        onRows: tries.map(({ onRows }) => onRows),
      })
    }
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const text = (values: readonly number[]) =>
      values.length > 1 ? withError(meanOf(values)) : figure(values[0]!)
    const [little, much] = [points[0]!, points.find(({ sigma }) => sigma === 1.2)!]
    const [xs, ys] = [evenly(-5, 5, 31), evenly(-3, 3, 19)]
    const exact = density.noised!({ alpha: 1, std: little.sigma }).score(gridPoints(xs, ys))
    return {
      checks: [
        {
          what: `σ = ${little.sigma}: relative squared error of the score in the empty land`,
          measured: mean(little.inGap),
          atLeast: 0.2,
        },
        { what: 'σ = 1.2: the same', measured: mean(much.inGap), atMost: 0.12 },
        { what: 'how many times smaller', measured: mean(little.inGap) / mean(much.inGap), atLeast: 5 },
        {
          what: `σ = ${little.sigma}: density lost by blurring, nats a row`,
          measured: little.blur.mean,
          atMost: 0.02,
        },
        { what: 'σ = 1.2: the same', measured: much.blur.mean, atLeast: 0.5 },
      ],
      tables: [
        {
          caption: `Scores learned from ${rows.toLocaleString('en-US')} rows at one level${seeds > 1 ? `, ${seeds} trainings each` : ''}: relative squared error against the noised density's, and what the noise costs`,
          columns: ['σ', 'error between the modes', 'error where the noised rows are', 'blur, nats a row'],
          rows: points.map((point) => [
            String(point.sigma),
            text(point.inGap),
            text(point.onRows),
            withError(point.blur),
          ]),
        },
      ],
      pictures: [
        {
          ...{
            kind: 'curves',
            name: '11-noise-makes-it-learnable',
            logX: true,
            logY: true,
            xLabel: 'σ',
            yLabel: 'error; nats',
          },
          title: 'What noise gives and what it takes',
          alt: 'With more noise the error of the score between the modes falls, and the blur of the density grows',
          series: [
            {
              name: 'error of the score between the modes',
              x: sigmas,
              y: points.map(({ inGap }) => mean(inGap)),
              dots: true,
            },
            {
              name: 'error where the noised rows are',
              x: sigmas,
              y: points.map(({ onRows }) => mean(onRows)),
              dots: true,
            },
            {
              name: 'blur: KL(p ‖ p_σ), nats',
              x: sigmas,
              y: points.map((point) => point.blur.mean),
              dots: true,
            },
          ],
        },
        {
          ...{ kind: 'planes', name: '11-noise-makes-it-learnable-arrows' },
          alt: 'Arrows learned with little noise are wrong between the modes, those with much noise are right',
          title: 'The same rows, learned at two noise levels',
          ...{ x: { low: -5, high: 5 }, y: { low: -3, high: 3 } },
          panels: [
            { name: `exact, σ = ${little.sigma}`, field: { xs, ys, score: exact } },
            {
              name: `learned, σ = ${little.sigma}`,
              field: little.field,
              points: density.sample({ seed: 1, count: 300 }),
            },
            { name: 'learned, σ = 1.2', field: much.field },
          ],
        },
      ],
      verdict: `Between the two modes, where no row is, the score learned at σ = ${little.sigma} is off by ${figure(100 * mean(little.inGap), 2)} % (squared, relative), that at σ = 1.2 by ${figure(100 * mean(much.inGap), 2)} %. The noise that did it costs ${figure(much.blur.mean)} nats a row.`,
    }
  },
}
