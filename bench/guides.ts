import { RandomStream } from '../src/base/index.ts'
import { type Guide, guides, knownCoordinates, linearMap, type Operator } from '../src/sampling/index.ts'
import {
  conditionalDraws,
  type Observation,
  typicalObservation,
} from '../src/sampling/testing/conditional.ts'
import { type ExactComponent, exactDenoiser, reflection } from '../src/sampling/testing/exact.ts'
import type { Bench, BenchResult } from './harness.ts'

/** Draws of each observation, observations of each problem, and exact samples that say what chance is. */
const [draws, observations, floors] = [500, 18, 3]
const steps = 50

/** Each guide with numbers of its own. */
const contenders: readonly { readonly guide: string; readonly options: Readonly<Record<string, number>> }[] =
  [
    { guide: 'replacement', options: {} },
    { guide: 'repaint', options: { resamplings: 5 } },
    { guide: 'dps', options: {} },
    { guide: 'pigdm', options: {} },
    { guide: 'tmpd', options: {} },
    ...[
      [8, 64],
      [8, 8],
      [4, 8],
      [8, 1],
    ].map(([particles, together]) => ({
      guide: 'twisted-particles',
      options: { particles: particles!, together: together! },
    })),
  ]

/** What is observed of points of d coordinates. */
interface Problem {
  readonly name: string
  readonly components: readonly ExactComponent[]
  readonly matrix: readonly (readonly number[])[]
  readonly noise: number
  /** The coordinates that are known; a matrix of its own unless given. */
  readonly known?: readonly number[]
}

/** Draws of a mixture given some of its coordinates, or a random projection, by every guide, against exact draws. */
export const guidesBench: Bench = {
  name: 'guides',
  summary: 'draws given what is observed, on Gaussian mixtures whose conditional is known, by every guide',
  async *run({ only = '' }) {
    for (const { guide: name, options } of contenders) {
      const label = [name, ...Object.values(options)].join(', ')
      if (!label.includes(only)) continue
      const guide = guides.find((one) => one.name === name)!
      const ratios: number[] = []
      let squares = 0
      for (const problem of problems) {
        const found = await judged(guide, options, problem)
        ratios.push(found.ratio)
        squares += found.error ** 2
        yield result(`${label}: ${problem.name}`, found.ratio, found.note)
      }
      const mean = ratios.reduce((sum, value) => sum + value, 0) / ratios.length
      const within = ratios.filter((ratio) => ratio <= 1.5).length
      yield result(
        `${label}: mean of all`,
        mean,
        `± ${(Math.sqrt(squares) / ratios.length).toFixed(2)}; at worst ${Math.max(...ratios).toFixed(2)}; ${within} of ${ratios.length} within 1.5`,
      )
    }
  },
}

const problems: readonly Problem[] = [2, 5, 10].flatMap((d) => {
  const components = mixtureOf(d)
  const known = Array.from({ length: Math.floor(d / 2) }, (_, k) => k)
  const matrix = known.map((k) => Array.from({ length: d }, (_, i) => (i === k ? 1 : 0)))
  const z = new RandomStream({ seed: d, name: 'operator' }).normal({
    first: 0,
    count: known.length,
    width: d,
  })
  const random = known.map((j) => Array.from(z.subarray(j * d, (j + 1) * d), (v) => v / Math.sqrt(d)))
  return [0, 0.3].flatMap((noise): Problem[] => [
    { name: `${d}-d, ${known.length} known, noise ${noise}`, components, matrix, noise, known },
    { name: `${d}-d, ${known.length} projections, noise ${noise}`, components, matrix: random, noise },
  ])
})

/** Four Gaussians of different shapes, of about unit variance together. */
function mixtureOf(d: number): ExactComponent[] {
  const stream = new RandomStream({ seed: 100 + d, name: 'mixture' })
  return [0.4, 0.3, 0.2, 0.1].map((weight, k) => {
    const z = stream.normal({ first: 2 * k, count: 2, width: d })
    const u = stream.child('variances').uniform({ first: k, count: 1, width: d })
    return {
      weight,
      mean: Array.from(z.subarray(0, d), (value) => 1.1 * value),
      axes: reflection(Array.from(z.subarray(d))),
      variances: Array.from(u, (value) => 0.02 + 0.5 * value ** 2),
    }
  })
}

async function judged(
  guide: Guide,
  guideOptions: Readonly<Record<string, number>>,
  { components, matrix, noise, known }: Problem,
): Promise<{ readonly ratio: number; readonly error: number; readonly note: string }> {
  const d = components[0]!.mean.length
  const operator: Operator = known ? knownCoordinates(d) : linearMap(matrix)
  const sampler = await guide.open({
    fitted: exactDenoiser(components),
    range: { sigmaMin: 0.004, sigmaMax: 15, sigmaData: 1.2 },
    ...{ operator, noise, steps, guideOptions },
  })
  const started = performance.now()
  const pairs: { readonly distance: number; readonly floor: number }[] = []
  let [shift, spread] = [0, 0]
  for (let index = 0; index < observations; index++) {
    const observation = typicalObservation(components, { matrix, noise }, { seed: 7, index })
    const exact = Array.from({ length: 1 + floors }, (_, k) =>
      conditionalDraws(components, observation, { seed: 1 + k, count: draws }),
    )
    const [reference, ...others] = exact as [Float64Array, ...Float64Array[]]
    const made = new Float64Array(draws * d)
    const request = { seed: index, count: draws, ...asked(observation, known, d) }
    for await (const event of sampler.draw(request))
      if (event.type === 'samples') made.set(event.rows, event.first * d)
    pairs.push({
      distance: energyDistance(made, reference, d),
      floor: others.reduce((sum, other) => sum + energyDistance(other, reference, d), 0) / floors,
    })
    const worst = worstMoments(made, reference, d)
    shift = Math.max(shift, worst.shift)
    spread = Math.max(spread, worst.spread)
  }
  const seconds = (performance.now() - started) / 1000
  await sampler.dispose()
  const { ratio, error } = ratioOf(pairs)
  const note = `± ${error.toFixed(2)}; mean off by ${shift.toFixed(2)} deviations, deviation by ${(100 * spread).toFixed(0)} % at worst; ${sampler.evaluations} evaluations, ${seconds.toFixed(1)} s`
  return { ratio, error, note }
}

/** Σ distances / Σ floors, with its standard error by leaving out one observation after the other (the jackknife; Quenouille 1956). */
function ratioOf(pairs: readonly { readonly distance: number; readonly floor: number }[]): {
  readonly ratio: number
  readonly error: number
} {
  const of = (some: typeof pairs): number =>
    some.reduce((sum, { distance }) => sum + distance, 0) / some.reduce((sum, { floor }) => sum + floor, 0)
  const without = pairs.map((one) => of(pairs.filter((other) => other !== one)))
  const middle = without.reduce((sum, value) => sum + value, 0) / pairs.length
  const squares = without.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return { ratio: of(pairs), error: Math.sqrt(((pairs.length - 1) / pairs.length) * squares) }
}

function asked(
  { observed }: Observation,
  known: readonly number[] | undefined,
  d: number,
): { readonly observed: Float64Array; readonly given?: Readonly<Record<string, Float64Array>> } {
  if (known === undefined) return { observed: Float64Array.from(observed) }
  const [y, mask] = [new Float64Array(d), new Float64Array(d)]
  known.forEach((k, j) => {
    y[k] = observed[j]!
    mask[k] = 1
  })
  return { observed: y, given: { known: mask } }
}

/** 2 E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ over all pairs, each with itself among them: above 0 for equal distributions, too. */
function energyDistance(a: Float64Array, b: Float64Array, d: number): number {
  return 2 * meanDistance(a, b, d) - meanDistance(a, a, d) - meanDistance(b, b, d)
}

function meanDistance(a: Float64Array, b: Float64Array, d: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i += d)
    for (let j = 0; j < b.length; j += d) {
      let square = 0
      for (let k = 0; k < d; k++) square += (a[i + k]! - b[j + k]!) ** 2
      sum += Math.sqrt(square)
    }
  return sum / ((a.length / d) * (b.length / d))
}

/** The largest difference of means and of deviations, in the exact deviations of coordinates that are not all but known. */
function worstMoments(made: Float64Array, exact: Float64Array, d: number): { shift: number; spread: number } {
  let [shift, spread] = [0, 0]
  for (let k = 0; k < d; k++) {
    const [own, other] = [made, exact].map((rows) => momentsOf(rows.filter((_, i) => i % d === k)))
    if (other!.std < 0.01) continue
    shift = Math.max(shift, Math.abs(own!.mean - other!.mean) / other!.std)
    spread = Math.max(spread, Math.abs(own!.std / other!.std - 1))
  }
  return { shift, spread }
}

function momentsOf(values: Float64Array): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

function result(name: string, ours: number, note: string): BenchResult {
  const unit = 'energy distance, exact draws 1'
  return { name, unit, ours, peers: {}, ratio: null, target: null, met: null, note }
}
