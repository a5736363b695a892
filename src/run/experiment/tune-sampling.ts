import { ScorefieldError } from '../../base/index.ts'
import { type Estimate, energyDistance, rowsOf } from '../../evaluation/index.ts'
import {
  evaluationsOf,
  type SampleRequest,
  type Sampler,
  SamplerProgram,
  sampleAllWith,
  samplers,
} from '../../sampling/index.ts'
import type { SamplingConfig } from '../config/sampling-schema.ts'
import type { FittedModel } from './fitted-model.ts'

/** A way to draw rows with so many evaluations of the network, and how near it comes. */
export interface TriedWay {
  readonly sampling: SamplingConfig
  /** Evaluations of the network a row. */
  readonly evaluations: number
  /** Root mean square of what a coordinate is off the end of the flow from the same noise, over σ_d. */
  readonly error: number
}

/** A way judged by rows of other seeds than it was chosen by. */
export interface JudgedWay extends TriedWay {
  /** Energy distance of its rows to rows of fine steps from other noise, over σ_d. */
  readonly distance: Estimate
}

/** What a search found. */
export interface Tuning {
  /** The best of all that were tried, on the noise of the search. */
  readonly best: TriedWay
  /** The run's own way with as many evaluations, on the same noise. */
  readonly usual: TriedWay
  /** All that were tried, the best first. */
  readonly tried: readonly TriedWay[]
  /** The two on other noise, and what fine steps themselves reach. */
  readonly judged: { readonly best: JudgedWay; readonly usual: JudgedWay; readonly fine: Estimate }
  /** Errors of both by the number of evaluations, on other noise. */
  readonly curve: readonly { readonly best: TriedWay; readonly usual: TriedWay }[]
}

/** How a search goes. */
export interface TuneOptions {
  /** Evaluations of the network a row, at most. 2 or more. */
  readonly evaluations: number
  /** The run's own way; its steps are those that the evaluations allow. */
  readonly own: SamplingConfig
  /** Rows that ways are compared by, 40 or more; 256 unless given. */
  readonly rows?: number | undefined
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Steps of Heun's method that stand for the flow itself. */
const fineSteps = 100
/** Samplers that go on to a search of their grid. */
const finalists = 3
/** What is tried of the grid, one option after the other; the first is the usual one. */
const options: readonly (readonly [name: string, values: readonly number[]])[] = [
  ['rho', [7, 2, 3, 4, 5, 9, 12]],
  ['first', [1, 0.5, 0.25, 0.1]],
  ['last', [1, 3, 10]],
  ['rho', [7, 2, 3, 4, 5, 9, 12]],
]
const grid = 'karras'

/** Every sampler that follows the flow without noise of its own. */
const followers = samplers.filter(({ stochastic }) => !stochastic)

/**
 * Searches the sampler and the grid that come nearest to the flow's own ends with so many evaluations of the network.
 *
 * Every way draws the same rows from the same noise as 100 steps of Heun's method over the whole range, and its error is how far they are off. All
 * samplers without noise of their own are tried on the usual grid; of the best three ρ, where levels begin and where they end are searched one
 * after the other. The run's own way is among those tried, so that the best is never worse on this noise; both are then judged on other noise.
 * A walk that begins at less noise than the model was trained for begins with N(mean, σ₀² + σ_d²), which is not the noised data: that counts as error.
 *
 * Throws `family/cannot` where the model has no denoiser, `tune/evaluations`; rejects with the signal's reason.
 */
export async function tuneSampling(fitted: FittedModel, asked: TuneOptions): Promise<Tuning> {
  const { evaluations, own, rows = 256, seed = 0, signal, onProgress } = asked
  if (!Number.isSafeInteger(evaluations) || evaluations < 2)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'tune/evaluations',
      message: `A search for ${evaluations} evaluations cannot be: a walk takes 2 or more.`,
      hint: 'Give a whole number such as 10. For one evaluation train a student: train --from RUN --objective consistency.',
    })
  const walks = new Walks(fitted.guided(own.guidance), { rows, signal, guidance: own.guidance })
  const perGridSearch = options.reduce((sum, [, values]) => sum + values.length - 1, 0)
  const total = followers.length + 1 + finalists * perGridSearch + 6
  let done = 0
  const tell = (): void => onProgress?.(Math.min(++done, total), total)
  try {
    const usualWay = ownWay(own)
    const tried = new Map<string, TriedWay>()
    const attempt = async (way: Way): Promise<TriedWay> => {
      const key = JSON.stringify(way)
      const found = tried.get(key) ?? (await walks.try(way, evaluations, seed))
      tried.set(key, found)
      tell()
      return found
    }
    const usual = await attempt(usualWay)
    const first: { readonly way: Way; readonly error: number }[] = []
    for (const { name } of followers) {
      const way: Way = { sampler: name, grid, gridOptions: {} }
      first.push({ way, error: (await attempt(way)).error })
    }
    first.sort((a, b) => a.error - b.error)
    for (const { way, error } of first.slice(0, finalists)) {
      let least = { way, error }
      for (const [option, values] of options)
        for (const value of values) {
          if ((least.way.gridOptions[option] ?? values[0]) === value) continue
          const gridOptions = { ...least.way.gridOptions, [option]: value }
          const other: Way = { ...way, gridOptions }
          const { error: found } = await attempt(other)
          if (found < least.error) least = { way: other, error: found }
        }
    }
    const sorted = [...tried.values()].sort((a, b) => a.error - b.error)
    const best = sorted[0]!
    const bestWay = wayOf(best.sampling)
    const fine = await walks.fine(seed + 2)
    const judge = async (way: Way): Promise<JudgedWay> => {
      const rows = await walks.rowsOf(way, evaluations, seed + 1)
      const one = await walks.tried(way, evaluations, { seed: seed + 1, rows })
      tell()
      return { ...one, distance: walks.distance(rows, fine) }
    }
    const judged = {
      best: await judge(bestWay),
      usual: await judge(usualWay),
      fine: walks.distance(await walks.fine(seed + 1), fine),
    }
    const curve: { best: TriedWay; usual: TriedWay }[] = []
    for (const factor of [0.5, 1, 2, 4]) {
      const budget = Math.max(2, Math.round(evaluations * factor))
      curve.push(
        budget === evaluations
          ? { best: triedOf(judged.best), usual: triedOf(judged.usual) }
          : {
              best: await walks.try(bestWay, budget, seed + 1),
              usual: await walks.try(usualWay, budget, seed + 1),
            },
      )
      tell()
    }
    return { best, usual, tried: sorted, judged, curve }
  } finally {
    await walks.dispose()
  }
}

function triedOf({ distance: _, ...way }: JudgedWay): TriedWay {
  return way
}

/** A way but for its steps, which follow from the evaluations. */
interface Way {
  readonly sampler: string
  readonly grid: string
  readonly gridOptions: Readonly<Record<string, number>>
}

function wayOf({ sampler, grid: own, gridOptions = {} }: SamplingConfig): Way {
  return { sampler, grid: own, gridOptions }
}

/** The run's own way; where it has noise of its own, or is no walk, the first sampler on its grid. */
function ownWay(own: SamplingConfig): Way {
  const follows = followers.some(({ name }) => name === own.sampler)
  return follows ? wayOf(own) : { ...wayOf(own), sampler: followers[0]!.name }
}

/** Intervals of a grid whose walk takes at most so many evaluations: (N − 1) steps, and one evaluation to 0. */
function stepsFor({ evaluationsPerStep }: Sampler, evaluations: number): number {
  return Math.floor((evaluations - 1) / evaluationsPerStep) + 1
}

/** Walks by any sampler, each compiled once. */
class Walks {
  readonly #fitted: FittedModel
  readonly #rows: number
  readonly #signal: AbortSignal | undefined
  readonly #guidance: SamplingConfig['guidance']
  readonly #programs = new Map<string, SamplerProgram>()
  readonly #fine = new Map<number, Float32Array>()

  constructor(
    fitted: FittedModel,
    {
      rows,
      signal,
      guidance,
    }: {
      readonly rows: number
      readonly signal: AbortSignal | undefined
      readonly guidance: SamplingConfig['guidance']
    },
  ) {
    this.#fitted = fitted
    this.#rows = rows
    this.#signal = signal
    this.#guidance = guidance
  }

  async try(way: Way, evaluations: number, seed: number): Promise<TriedWay> {
    return this.tried(way, evaluations, { seed, rows: await this.rowsOf(way, evaluations, seed) })
  }

  /** How near the rows come that a way has drawn from the noise of this seed. */
  async tried(
    way: Way,
    evaluations: number,
    { seed, rows }: { readonly seed: number; readonly rows: Float32Array },
  ): Promise<TriedWay> {
    const exact = await this.fine(seed)
    const squares = rows.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0)
    const sampler = samplerOf(way)
    const steps = stepsFor(sampler, evaluations)
    const { gridOptions, ...others } = way
    const has = Object.keys(gridOptions).length > 0
    const sampling: SamplingConfig = {
      ...others,
      ...(has ? { gridOptions } : {}),
      steps,
      ...(this.#guidance ? { guidance: this.#guidance } : {}),
    }
    return {
      sampling,
      evaluations: evaluationsOf(sampler, this.#fitted.levels(sampling)),
      error: Math.sqrt(squares / rows.length) / this.#fitted.range.sigmaData,
    }
  }

  async rowsOf(way: Way, evaluations: number, seed: number): Promise<Float32Array> {
    const sampler = samplerOf(way)
    const steps = stepsFor(sampler, evaluations)
    return this.#walk(sampler, this.#fitted.levels({ ...way, steps }), seed)
  }

  /** The rows of fine steps. */
  async fine(seed: number): Promise<Float32Array> {
    const known = this.#fine.get(seed)
    if (known) return known
    const found = await this.#walk(followers[0]!, this.#fitted.levels({ steps: fineSteps }), seed)
    this.#fine.set(seed, found)
    return found
  }

  distance(candidate: Float32Array, reference: Float32Array): Estimate {
    const { dimension, range } = this.#fitted
    const scaled = (values: Float32Array): ReturnType<typeof rowsOf> =>
      rowsOf({ values: Float64Array.from(values, (value) => value / range.sigmaData), dimension })
    const columns = Array.from({ length: dimension }, (_, k) => String(k))
    const pair = { reference: scaled(reference), candidate: scaled(candidate), columns, seed: 0 }
    const [{ value, low, high }] = energyDistance.measure(pair) as [Estimate]
    return { value, low, high }
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await program.dispose()
  }

  async #walk(sampler: Sampler, levels: Float64Array, seed: number): Promise<Float32Array> {
    const count = this.#rows
    const program = this.#programs.get(sampler.name) ?? (await this.#compiled(sampler))
    const request: SampleRequest = {
      ...{ levels, seed, count, start: this.#fitted.startAt(levels[0]!) },
      conditions: this.#fitted.usualConditions?.({ seed, first: 0, count }),
      signal: this.#signal,
    }
    return sampleAllWith(program, request)
  }

  async #compiled(sampler: Sampler): Promise<SamplerProgram> {
    const { runtime } = this.#fitted
    const fitted = this.#fitted.denoiserFor('A search for a sampler')
    const program = await SamplerProgram.create({ fitted, sampler, runtime })
    this.#programs.set(sampler.name, program)
    return program
  }
}

function samplerOf({ sampler }: Way): Sampler {
  return followers.find(({ name }) => name === sampler)!
}
