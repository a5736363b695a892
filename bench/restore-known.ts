import { RandomStream } from '../src/base/index.ts'
import { energyDistance, rowsOf } from '../src/evaluation/index.ts'
import { scaleOfPoints } from '../src/run/index.ts'
import { symmetricEigen } from '../src/sampling/index.ts'
import { covarianceOf, type ExactComponent, exactDenoiser } from '../src/sampling/testing/exact.ts'
import type { BenchResult } from './harness.ts'
import { conditionalGaussian, type Gaussian } from './restore-gaussian.ts'
import { matrixOf, observed, type Problem, problemsOf } from './restore-problems.ts'
import { cpuMilliseconds, figure, type Way } from './restore-ways.ts'

const side = 12
const d = side * side
const shape = { channels: 1, height: side, width: side } as const
/** Draws of each observation, and observations of each problem. */
const [draws, observations] = [128, 2]
const steps = 25

/** How alike pixels are that are t apart, along a row or a column: exp(−t/ℓ). */
const reach = 4
const deviation = 0.5
/** Of pictures of 256 levels. */
const { unit, cell } = scaleOfPoints({ levels: 256 })

/** Draws of a Gaussian of pictures given what is left of them, by every way, against exact draws. */
export async function* knownGaussian(ways: readonly Way[], only: string): AsyncGenerator<BenchResult> {
  const component = rough()
  const gaussian: Gaussian = {
    mean: new Float64Array(d),
    covariance: symmetric(covarianceOf(component)),
  }
  for (const problem of problemsOf(shape))
    for (const way of ways) {
      const name = `known Gaussian, ${problem.name}: ${way.name}`
      if (name.includes(only) && way.method.cannot(problem.damage.operator) === undefined)
        yield await judged(name, { component, gaussian, problem, way })
    }
}

async function judged(
  name: string,
  {
    component,
    gaussian,
    problem: { damage, noise: told },
    way,
  }: {
    readonly component: ExactComponent
    readonly gaussian: Gaussian
    readonly problem: Problem
    readonly way: Way
  },
): Promise<BenchResult> {
  const noise = Math.hypot(told * unit, cell)
  const exact = conditionalGaussian(gaussian, matrixOf(damage), noise)
  const variance = exact.variance()
  const sampler = await way.method.open({
    fitted: exactDenoiser([component]),
    range: { sigmaMin: 0.002, sigmaMax: 20, sigmaData: deviation },
    ...{ operator: damage.operator, noise, steps, guideOptions: way.options, batchSize: draws },
  })
  let [off, spread, distance, milliseconds] = [0, 0, 0, 0]
  for (let index = 0; index < observations; index++) {
    const y = typical(gaussian, damage, { noise, index })
    const made = new Float64Array(draws * d)
    const given = damage.known && { known: damage.known }
    milliseconds += await cpuMilliseconds(async () => {
      for await (const event of sampler.draw({
        seed: index,
        first: 0,
        count: draws,
        observed: y,
        ...(given && { given }),
      }))
        if (event.type === 'samples') made.set(event.rows, event.first * d)
    })
    const mean = exact.mean(y)
    const own = momentsOf(made)
    // What the mean of so many draws is off by chance is taken away.
    off += own.mean.reduce((sum, value, i) => sum + (value - mean[i]!) ** 2, 0) - own.variance / draws
    spread += own.variance / variance / observations
    distance += energyBetween(made, exact.draws(y, { seed: 5, first: 0, count: draws })) / observations
  }
  await sampler.dispose()
  const error = Math.sqrt(Math.max(0, off / observations) / variance)
  return figure(name, '‰ of the distance of exact draws', 1000 * distance, [
    `mean off by ${error.toFixed(3)} exact deviations`,
    `spread ${Math.sqrt(spread).toFixed(3)} of the exact`,
    `${sampler.evaluations} evaluations, ${(milliseconds / draws / observations).toFixed(1)} ms of CPU a draw`,
  ])
}

/** 2 E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ without bias, over E‖y − y′‖ of the exact draws. */
function energyBetween(made: Float64Array, exact: Float64Array): number {
  const rows = (values: Float64Array): ReturnType<typeof rowsOf> => rowsOf({ values, dimension: d })
  const columns = Array.from({ length: d }, (_, k) => String(k))
  const [found] = energyDistance.measure({
    ...{ reference: rows(exact), candidate: rows(made), columns, seed: 0 },
  })
  let [sum, pairs] = [0, 0]
  for (let i = 0; i < draws; i++)
    for (let j = 0; j < i; j++, pairs++) {
      let square = 0
      for (let k = 0; k < d; k++) square += (exact[i * d + k]! - exact[j * d + k]!) ** 2
      sum += Math.sqrt(square)
    }
  return found!.value / (sum / pairs)
}

/** The mean of each coordinate, and the sum of their variances. */
function momentsOf(rows: Float64Array): { readonly mean: Float64Array; readonly variance: number } {
  const mean = new Float64Array(d)
  for (let at = 0; at < rows.length; at++) mean[at % d]! += rows[at]! / draws
  let variance = 0
  for (let at = 0; at < rows.length; at++) variance += (rows[at]! - mean[at % d]!) ** 2 / (draws - 1)
  return { mean, variance }
}

/** What is given of a picture that was drawn of the Gaussian. */
function typical(
  gaussian: Gaussian,
  damage: Problem['damage'],
  { noise, index }: { readonly noise: number; readonly index: number },
): Float64Array {
  // Given nothing at all.
  const [x] = [
    conditionalGaussian(gaussian, [new Float64Array(d)], 1).draws([0], { seed: 9, first: index, count: 1 }),
  ]
  const y = observed(damage, x!)
  const z = new RandomStream({ seed: 9, name: 'observation' }).normal({
    first: index,
    count: 1,
    width: y.length,
  })
  return y.map((value, j) => (damage.known?.[j] === 0 ? 0 : value + noise * z[j]!))
}

/** Pictures whose neighbours are alike: C = C₁ ⊗ C₁, C₁ of one line, by its axes. */
function rough(): ExactComponent {
  const line = Array.from({ length: side }, (_, i) =>
    Array.from({ length: side }, (_, j) => Math.exp(-Math.abs(i - j) / reach)),
  )
  const { values, vectors } = symmetricEigen(line)
  const both = values.flatMap((one) => values.map((other) => one * other))
  const axes = Array.from({ length: d * d }, (_, at) => {
    const [pixel, k] = [Math.floor(at / d), at % d]
    const [y, x] = [Math.floor(pixel / side), pixel % side]
    return vectors[y]![Math.floor(k / side)]! * vectors[x]![k % side]!
  })
  return {
    weight: 1,
    mean: new Array<number>(d).fill(0),
    axes,
    variances: both.map((v) => v * deviation ** 2),
  }
}

function symmetric(matrix: readonly number[]): Float64Array {
  return Float64Array.from(matrix, (value, at) => (value + matrix[(at % d) * d + Math.floor(at / d)]!) / 2)
}
