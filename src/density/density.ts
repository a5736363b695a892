import { ScorefieldError } from '../base/index.ts'
import type { Known } from './known.ts'
import { type RowSampler, type SampleRange, sampleRows } from './row-sampler.ts'

/** What an item is called, in one line, and where it comes from. */
export interface Description {
  readonly name: string
  readonly summary: string
  readonly source: string
}

/** How data are noised: x ↦ alpha·x + std·z, z ~ N(0, I); alpha ≥ 0, std ≥ 0, not both 0. */
export interface Noising {
  readonly alpha: number
  readonly std: number
}

/**
 * A known distribution on ℝᵈ: the oracle of tests, and the toy data sets. All points are row-wise, [n, d],
 * float64.
 */
export interface Density extends Description {
  /** d ≥ 1. */
  readonly dimension: number
  /**
   * Whether the log-density and the score are known exactly; where not, asking for them throws an `ability`
   * error.
   */
  readonly exact: boolean
  /** ln p(x), nats, normalised. x: [n, d] → [n]. */
  logDensity(x: Float64Array): Float64Array
  /** ∇ₓ ln p(x). x: [n, d] → [n, d]. */
  score(x: Float64Array): Float64Array
  /**
   * Rows first … first + count − 1 of the endless sample of this seed, [count, d]; row i depends on (seed, i)
   * only.
   */
  sample(options: SampleRange): Float64Array
  /** The exact density of alpha·x + std·z, where there is a closed form. */
  noised?(options: Noising): Density
  /** E[x], [d]. */
  mean?(): Float64Array
  /** E[(x − E x)(x − E x)ᵀ], [d, d]. */
  covariance?(): Float64Array
  /** −E[ln p(x)], nats, where there is a closed form. */
  entropy?(): number
}

/** What a family states about one row; `defineDensity` makes the batched functions of it. */
export interface DensityRule extends Description {
  readonly dimension: number
  /**
   * ln p of the row x[at … at + d); where `score` is given, also writes ∇ ln p to score[scoreAt … scoreAt +
   * d).
   * Outside the support: −Infinity, and a score of 0.
   */
  evaluate(x: Float64Array, at: number, score: Float64Array | undefined, scoreAt: number): number
  readonly sampler: RowSampler
  noised?(options: Noising): ExactDensity
  /** The density of some columns, in the order given. */
  marginal?(columns: readonly number[]): ExactDensity
  /** The density of the other columns, in order, under known ones. */
  conditional?(given: Known): ExactDensity
  mean?(): Float64Array
  covariance?(): Float64Array
  entropy?(): number
}

/** A density with an exact log-density and score; it keeps its rule, so that others can be built of it. */
export interface ExactDensity extends Density, Omit<DensityRule, 'noised' | keyof Description> {
  readonly exact: true
  noised?(options: Noising): ExactDensity
}

/** Makes a density of what is stated about one row. */
export function defineDensity(rule: DensityRule): ExactDensity {
  const { dimension, name } = rule
  const noScore = undefined
  return {
    ...rule,
    exact: true,
    logDensity(x) {
      const rows = rowCount(x, dimension, name)
      return Float64Array.from({ length: rows }, (_, row) => rule.evaluate(x, row * dimension, noScore, 0))
    },
    score(x) {
      const rows = rowCount(x, dimension, name)
      const score = new Float64Array(rows * dimension)
      for (let row = 0; row < rows; row++) rule.evaluate(x, row * dimension, score, row * dimension)
      return score
    },
    sample: (options) => sampleRows(rule, options),
  }
}

/**
 * The same density under another name, summary and source. Its samples are other ones: the name is in the
 * stream's.
 */
export function describedAs(density: ExactDensity, description: Description): ExactDensity {
  return defineDensity({ ...density, ...description })
}

/**
 * A distribution that can be sampled but has no exact log-density: asking for it throws `density/not-exact`.
 */
export function sampleOnly(options: Description & { dimension: number; sampler: RowSampler }): Density {
  const refuse = (what: string): never => {
    throw new ScorefieldError({
      kind: 'ability',
      code: 'density/not-exact',
      message: `'${options.name}' has no exact ${what}: it can only be sampled.`,
      hint: 'Ask `exact` first, or take one of the densities that are exact.',
    })
  }
  const { name, summary, source, dimension } = options
  return {
    name,
    summary,
    source,
    dimension,
    exact: false,
    logDensity: () => refuse('log-density'),
    score: () => refuse('score'),
    sample: (range) => sampleRows(options, range),
  }
}

/** The distribution of alpha·x + std·z, exact where the density says so and for sampling only otherwise. */
export function noisedOrSampleOnly(density: ExactDensity, noising: Noising): Density {
  if (density.noised) return density.noised(noising)
  const { alpha, std } = checkedNoising(noising)
  const { sampler, dimension } = density
  return sampleOnly({
    name: noisedName(density.name, noising),
    summary: `${density.summary}, noised`,
    source: density.source,
    dimension,
    sampler: {
      uniforms: sampler.uniforms,
      normals: sampler.normals + dimension,
      place(uniform, normal, out, at) {
        sampler.place(uniform, normal, out, at)
        for (let k = 0; k < dimension; k++)
          out[at + k] = alpha * out[at + k]! + std * normal[sampler.normals + k]!
      },
    },
  })
}

/** The name of a noised density. */
export function noisedName(name: string, { alpha, std }: Noising): string {
  return `${name} noised(${alpha}, ${std})`
}

/** The noising as given; throws `density/noising` unless alpha ≥ 0 and std ≥ 0 are finite and not both 0. */
export function checkedNoising(noising: Noising): Noising {
  const { alpha, std } = noising
  if (!(alpha >= 0 && std >= 0 && alpha + std > 0 && alpha + std < Infinity))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'density/noising',
      message: `alpha = ${alpha} and std = ${std} do not noise a density.`,
      hint: 'Both must be finite and not negative, and one of them positive.',
    })
  return noising
}

/** The parameter as given; throws `density/parameter` unless it is finite and above 0. */
export function checkedPositive(name: string, value: number): number {
  if (!(value > 0 && value < Infinity)) throw parameterError(`${name} is ${value}`, 'It must be above 0.')
  return value
}

/** A wrong parameter of a density: usage, `density/parameter`. */
export function parameterError(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'density/parameter', message: `${message}.`, hint })
}

function rowCount(x: Float64Array, dimension: number, name: string): number {
  if (x.length % dimension === 0) return x.length / dimension
  throw new ScorefieldError({
    kind: 'usage',
    code: 'density/shape',
    message: `${x.length} numbers are not rows of ${dimension}, the dimension of '${name}'.`,
    hint: `Give points row by row, as [n, ${dimension}].`,
  })
}
