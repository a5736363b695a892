import { metrics, rowsOf } from '../src/evaluation/index.ts'
import {
  annealedLangevin,
  type ChainMethod,
  drawAll,
  evaluationsOf,
  hmc,
  karras,
  langevin,
  mala,
  type SamplingMethod,
  samplerByName,
  samplers,
  samplingMethods,
} from '../src/sampling/index.ts'
import { type ExactComponent, exactEnergy, exactLevels } from '../src/sampling/testing/exact.ts'

/** A mixture of round Gaussians in the plane that samplers are held against. */
export interface Target {
  readonly name: string
  readonly centres: readonly (readonly [number, number])[]
  readonly weights: readonly number[]
  readonly std: number
}

export const eightGaussians: Target = {
  name: 'eight Gaussians',
  centres: Array.from({ length: 8 }, (_, k) => [
    2 * Math.cos((Math.PI * k) / 4),
    2 * Math.sin((Math.PI * k) / 4),
  ]),
  weights: new Array<number>(8).fill(1 / 8),
  std: 0.2,
}

/** Two modes twenty deviations apart, one of them four times the other; about 0, as `train` brings what it learns. */
export const unevenPair: Target = {
  name: 'uneven pair',
  centres: [
    [-3.2, 0],
    [0.8, 0],
  ],
  weights: [0.2, 0.8],
  std: 0.2,
}

const componentsOf = ({ centres, weights, std }: Target): ExactComponent[] =>
  centres.map((mean, k) => ({
    ...{ weight: weights[k]!, mean, axes: [1, 0, 0, 1] },
    variances: [std ** 2, std ** 2],
  }))

/** Noise levels as `train` proposes them: σ_d/500 to 10 σ_d. */
export function rangeOf(target: Target): { sigmaMin: number; sigmaMax: number; sigmaData: number } {
  const { centres, weights, std } = target
  const moment = (of: (x: number) => number): number[] =>
    [0, 1].map((j) => centres.reduce((sum, centre, k) => sum + weights[k]! * of(centre[j]!), 0))
  const [means, squares] = [moment((x) => x), moment((x) => x * x)]
  const variance = (squares[0]! - means[0]! ** 2 + squares[1]! - means[1]! ** 2) / 2 + std ** 2
  const sigmaData = Math.sqrt(variance)
  return { sigmaMin: sigmaData / 500, sigmaMax: 10 * sigmaData, sigmaData }
}

/** A sampler with as many steps as a budget of evaluations allows. */
export interface Way {
  readonly name: string
  readonly method: SamplingMethod
  readonly steps: number
  readonly told: Readonly<Record<string, number>>
  /** Undefined where the sampler chooses them. */
  readonly evaluations: number | undefined
}

/** Tolerances that an adaptive sampler is given in the place of budgets. */
const tolerances = [0.1, 0.03, 0.01, 3e-3]

/** Every sampler, for at most so many evaluations a row; those that choose them, for every tolerance where `budget` is the largest. */
export function waysOf(budget: number, largest: number): Way[] {
  const walks = samplers.map((sampler): Way => {
    const steps = 1 + Math.floor((budget - 1) / sampler.evaluationsPerStep)
    const levels = karras.levels({ sigmaMin: 0.01, sigmaMax: 10, steps })
    const method = samplingMethods.find(({ name }) => name === sampler.name)!
    return {
      name: sampler.name,
      method,
      steps,
      told: {},
      evaluations: evaluationsOf(samplerByName(sampler.name), levels),
    }
  })
  const chain = (method: ChainMethod, steps: number, told: Record<string, number> = {}): Way[] =>
    steps < 1
      ? []
      : [{ name: method.name, method, steps, told, evaluations: method.evaluations(steps, told) }]
  const perLevel = budget < 64 ? 1 : 2
  const adaptive = samplingMethods
    .filter(({ settings }) => budget === largest && 'tolerance' in settings)
    .flatMap((method) =>
      tolerances.map(
        (tolerance): Way => ({
          name: method.name,
          method,
          steps: 1,
          told: { tolerance },
          evaluations: undefined,
        }),
      ),
    )
  return [
    ...walks,
    ...adaptive,
    ...chain(annealedLangevin, Math.floor((budget - 1) / perLevel), { perLevel, stepRatio: 1 }),
    ...chain(mala, budget),
    ...chain(hmc, Math.floor(budget / 4), { leapfrog: 4 }),
    ...chain(langevin, budget),
  ]
}

/** Rows of a way, and the evaluations that each took. */
export async function drawnBy(
  { method, steps, told, evaluations }: Way,
  target: Target,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<{ readonly rows: Float64Array; readonly evaluations: number }> {
  const model = (method.levels === 'one' ? exactEnergy : exactLevels)(componentsOf(target))
  const sampler = await method.open({
    trained: { model, values: {}, range: rangeOf(target) },
    ...{ steps, samplerOptions: told },
  })
  try {
    const rows = Float64Array.from(await drawAll(sampler, { seed, count }))
    return { rows, evaluations: evaluations ?? sampler.evaluationsPerPoint! }
  } finally {
    await sampler.dispose()
  }
}

/** The largest difference of a mode's share of rows from its weight; a row is of the nearest centre. */
export function worstShare(rows: Float64Array, { centres, weights }: Target): number {
  const counts = weights.map(() => 0)
  for (let i = 0; i < rows.length; i += 2) {
    const away = centres.map(([x, y]) => (rows[i]! - x) ** 2 + (rows[i + 1]! - y) ** 2)
    counts[away.indexOf(Math.min(...away))]! += 1
  }
  return Math.max(...counts.map((count, k) => Math.abs((2 * count) / rows.length - weights[k]!)))
}

const metric = metrics.find(({ name }) => name === 'energy-distance')!

/** The energy distance of rows in the plane, unbiased: of draws of one distribution it is 0 in the mean. */
export function energyDistance(candidate: Float64Array, reference: Float64Array): number {
  const sides = [candidate, reference].map((values) => rowsOf({ values, dimension: 2 }))
  return metric.measure({ candidate: sides[0]!, reference: sides[1]!, columns: ['x', 'y'], seed: 0 })[0]!
    .value
}
