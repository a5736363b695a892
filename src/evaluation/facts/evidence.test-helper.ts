import fc from 'fast-check'
import type { PictureFigures } from '../pictures/picture-figures.ts'
import { type PrivacyFigure, type PrivacyMeasure, privacyMeasures } from '../privacy/index.ts'
import type { Estimate } from '../statistics/estimate.ts'
import type { Evidence } from './evidence.ts'

/** Estimates within a range, with intervals of any width, a point now and then. */
export function estimatesIn(least: number, most: number): fc.Arbitrary<Estimate> {
  const inside = fc.double({ min: least, max: most, noNaN: true })
  return fc.oneof(
    fc.tuple(inside, inside, inside).map((three) => {
      const [low, value, high] = three.sort((a, b) => a - b)
      return { value: value!, low: low!, high: high! }
    }),
    inside.chain((value) =>
      fc
        .tuple(fc.double({ min: 0, max: 0.05, noNaN: true }), fc.double({ min: 0, max: 0.05, noNaN: true }))
        .map(([below, above]) => ({
          value,
          low: Math.max(least, value - below),
          high: Math.min(most, value + above),
        })),
    ),
  )
}

const rowCounts = fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 61, max: 100_000 }))
const maybe = <T>(given: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(given, { nil: undefined })

const metrics = [
  ['classifier', 'half', 0, 1],
  ['correlation-error', 'lower', 0, 0.4],
  ['kolmogorov-smirnov', 'lower', 0, 0.4],
  ['coverage', 'higher', 0, 1],
  ['shape-error', 'lower', 0, 12],
  ['trend-error', 'lower', 0, 18],
  ['frechet-distance', 'lower', 0, 8],
] as const

const samples = fc
  .tuple(
    ...metrics.map(([metric, better, least, most]) =>
      maybe(
        fc
          .tuple(estimatesIn(least, most), estimatesIn(least, most), rowCounts)
          .map(([figure, floor, rows]) => ({
            name: metric,
            metric,
            better,
            ...figure,
            floor,
            rows,
          })),
      ),
    ),
  )
  .map((figures) => ({
    seed: 0,
    columns: ['a', 'b'],
    rows: { real: 100, heldOut: 100, synthetic: 100 },
    confidence: 0.95,
    figures: figures.filter((figure) => figure !== undefined),
  }))

const rowMeans = fc
  .tuple(estimatesIn(-3, 3), rowCounts)
  .map(([given, rows]) => ({ ...given, standardError: (given.high - given.low) / 4, rows }))

const utilities = fc
  .record({
    measure: fc.constantFrom('R²', 'area under the curve', 'accuracy'),
    real: estimatesIn(-0.2, 1),
    synthetic: estimatesIn(-0.2, 1),
    relativeDifference: estimatesIn(-1, 0.4),
    heldOutRows: rowCounts,
  })
  .map((given) => ({ target: 'y', chosenBy: 'its name', rows: 100, copiesLeftOut: 0, ...given }))

/** A figure of privacy and what real rows get, of any value. */
const privacyFigures = ({ name, isShare }: PrivacyMeasure): fc.Arbitrary<PrivacyFigure> => {
  const part = isShare ? fc.oneof(estimatesIn(0, 0.06), estimatesIn(0, 1)) : estimatesIn(0.4, 1)
  return fc
    .tuple(part, isShare ? part : fc.constant({ value: 0.5, low: 0.5, high: 0.5 }), rowCounts)
    .map(([figure, floor, rows]) => ({ name, ...figure, floor, rows, columns: ['a, b'] }))
}

const privacies = fc
  .tuple(
    rowCounts,
    rowCounts,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .chain(([syntheticRows, heldOutRows, a, b]) =>
    fc
      .tuple(estimatesIn(0.3, 1), maybe(fc.tuple(...privacyMeasures.map(privacyFigures))))
      .map(([membership, figures]) => ({
        ...(figures && { figures }),
        copies: {
          // Cubes: few copies are more usual than many.
          synthetic: Math.floor(syntheticRows * a ** 3),
          syntheticRows,
          heldOut: Math.floor(heldOutRows * b ** 3),
          heldOutRows,
        },
        membership,
        closest: { synthetic: { median: 1, low: 0.5 }, heldOut: { median: 1, low: 0.5 } },
        nearer: membership,
      })),
  )

/** What is measured of pictures, with and without labels. */
export const pictureFigures: fc.Arbitrary<PictureFigures> = fc
  .tuple(maybe(estimatesIn(0, 1)), estimatesIn(0, 1), rowCounts)
  .map(([found, floor, rows]) => ({
    features: {
      ...({ task: 'labels', classes: 10, width: 64, trainedOn: 800, setAside: 200 } as const),
      ...{ accuracy: floor, steps: 100, seconds: 9, seed: 0 },
    },
    ...(found && { agreement: { ...found, floor, rows, classes: [] } }),
  }))

const names = ['gaussian', 'gaussian-copula', 'gaussian-mixture']

/** Any evaluation: figures of any value and interval, of few rows and many, each measured or not. */
export const evidences: fc.Arbitrary<Evidence> = fc
  .record({
    model: rowMeans,
    advantages: fc.array(rowMeans, { maxLength: 3 }),
    samples: maybe(samples),
    utility: maybe(utilities),
    privacy: maybe(privacies),
    pictures: maybe(pictureFigures),
    choseWeights: fc.boolean(),
  })
  .map(({ model, advantages, samples: figures, utility, privacy, pictures, choseWeights }) => ({
    against: 'test rows',
    choseWeights,
    likelihood: {
      model,
      baselines: advantages.map((advantage, k) => ({
        name: names[k]!,
        summary: 'a simple model',
        logDensity: model,
        advantage: { ...advantage, rows: model.rows },
      })),
    },
    ...(figures && { samples: figures }),
    ...(utility && { utility }),
    ...(privacy && { privacy }),
    ...(pictures && { pictures }),
  }))
