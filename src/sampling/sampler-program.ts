import {
  broadcastTo,
  compile,
  constant,
  type HostArray,
  type Named,
  type Program,
  type ProgramSpec,
  type Runtime,
  sum,
} from '../engine/index.ts'
import { asInputs, conditionTypes, type DenoiserModel, type FittedDenoiser } from '../family/index.ts'
import { checkedBatchSize, suggestedBatchSize } from './batch-size.ts'
import { denoiserSpec, float32 } from './denoiser-spec.ts'
import type { Sampler, StepPlace } from './samplers/sampler.ts'

/** Floating-point work of one call, so that a run can be stopped and its progress shown. */
const callFlops = 5e10
/** Values of noise that one call is given. */
const callNoise = 2 ** 24

/** The part of a grid that a sampler walks in steps of its own: all but an interval that ends in σ = 0. */
export function stepPlaces(levels: ArrayLike<number>): StepPlace[] {
  const intervals = levels.length - 1
  const steps = levels[intervals] === 0 ? intervals - 1 : intervals
  return Array.from({ length: steps }, (_, i) => ({
    sigma: levels[i]!,
    next: levels[i + 1]!,
    before: Array.from({ length: Math.min(i, 3) }, (_, k) => levels[i - 1 - k]!),
    intervals,
  }))
}

/** Evaluations of the network that a sampler needs on this grid, for each row. */
export function evaluationsOf(sampler: Sampler, levels: ArrayLike<number>): number {
  const last = levels[levels.length - 1] === 0 ? 1 : 0
  return stepPlaces(levels).length * sampler.evaluationsPerStep + last
}

/** The coefficients' names. They do not depend on the place. */
function coefficientNames(sampler: Sampler): string[] {
  return Object.keys(sampler.coefficients({ sigma: 2, next: 1, before: [], intervals: 1 }))
}

/**
 * One step of a sampler for `rows` rows at once; state: x̄, the memory and the conditions; shared: the model's
 * parameters.
 */
export function stepSpec(model: DenoiserModel, sampler: Sampler, rows: number): ProgramSpec {
  const points = float32([rows, model.dimension])
  const coefficients = coefficientNames(sampler)
  return {
    name: `${sampler.name} step`,
    state: {
      sample: { x: points },
      memory: Object.fromEntries(sampler.memory.map((name) => [name, points])),
      given: conditionTypes(model.conditions, rows),
    },
    inputs: {
      ...Object.fromEntries(coefficients.map((name) => [`c.${name}`, float32([])])),
      ...(sampler.stochastic && { noise: points }),
    },
    shared: model.parameters,
    step: ({ state, inputs, shared }) => {
      const { x, memory = {} } = sampler.step({
        x: state['sample']!['x']!,
        c: Object.fromEntries(coefficients.map((name) => [name, inputs[`c.${name}`]!])),
        memory: state['memory'] ?? {},
        noise: inputs['noise'] ?? broadcastTo(constant(0), points.shape),
        denoise: (at, sigma) =>
          model.denoise(shared, {
            x: at,
            sigma: broadcastTo(sigma, [rows]),
            conditions: model.conditions && state['given'],
          }),
      })
      // The sum of a row is NaN or infinite where one of its values is.
      return { state: { sample: { x }, memory }, outputs: { rowSums: sum(x, { axes: [1] }) } }
    },
  }
}

/** A batch of rows: at σ₀, with the conditions of each. */
export interface Batch {
  /** x̄, [B, d]. */
  readonly x: HostArray
  /** [B, ...shape] each, where the model takes conditions. */
  readonly conditions?: Named<HostArray> | undefined
}

/** A sampler with a model's parameters, compiled for batches of one size. */
export class SamplerProgram {
  readonly model: DenoiserModel
  readonly sampler: Sampler
  readonly batchSize: number
  /** The most steps that one call should run, by their work and by the noise that must lie ready. */
  readonly stepsPerCall: number
  private readonly step: Program
  private readonly last: Program

  private constructor(
    parts: Pick<SamplerProgram, 'model' | 'sampler' | 'batchSize'>,
    step: Program,
    last: Program,
  ) {
    this.model = parts.model
    this.sampler = parts.sampler
    this.batchSize = parts.batchSize
    this.step = step
    this.last = last
    const noise = parts.sampler.stochastic ? parts.batchSize * parts.model.dimension : 0
    this.stepsPerCall = Math.max(1, Math.floor(Math.min(callFlops / step.cost().flops, callNoise / noise)))
  }

  /** Compiles the sampler for a fitted model; `batchSize` is suggested by the model's cost unless given. */
  static async create(options: {
    readonly fitted: FittedDenoiser
    readonly sampler: Sampler
    readonly batchSize?: number
    readonly runtime?: Runtime | undefined
  }): Promise<SamplerProgram> {
    const { fitted, sampler } = options
    const { model } = fitted
    const batchSize =
      options.batchSize === undefined
        ? suggestedBatchSize((rows) => stepSpec(model, sampler, rows))
        : checkedBatchSize(options.batchSize)
    const runtime = options.runtime ? { runtime: options.runtime } : {}
    const step = await compile(stepSpec(model, sampler, batchSize), { ...runtime, loop: true })
    const last = await compile(denoiserSpec(model, batchSize, 'common'), { ...runtime, loop: false })
    const program = new SamplerProgram({ model, sampler, batchSize }, step, last)
    program.setParameters(fitted.values)
    return program
  }

  /** Goes on with other parameters of the same model. */
  setParameters(values: FittedDenoiser['values']): void {
    this.step.setShared(values)
    this.last.setShared(values)
  }

  /** Seconds spent inside the runtime so far. */
  get secondsInside(): number {
    return this.step.secondsInside + this.last.secondsInside
  }

  /** Takes a batch to the first level. */
  begin({ x, conditions = {} }: Batch): void {
    const zeros = new Float32Array(x.length)
    this.step.setState({
      sample: { x },
      memory: Object.fromEntries(this.sampler.memory.map((name) => [name, zeros])),
      given: conditions,
    })
  }

  /**
   * Walks the batch through these steps, in one call.
   * noise: [K, B, d] for a stochastic sampler. Returns the rows' sums after each step, [K, B]: not finite
   * where a value is not.
   */
  async walk(places: readonly StepPlace[], noise?: HostArray): Promise<HostArray> {
    const all = places.map((place) => this.sampler.coefficients(place))
    const coefficients = Object.fromEntries(
      Object.keys(all[0] ?? {}).map((name) => [`c.${name}`, Float64Array.from(all, (c) => c[name]!)]),
    )
    const { rowSums } = await this.step.run({ ...coefficients, ...(noise && { noise }) }, places.length)
    return rowSums!
  }

  /** x̄ of the batch as it is now, [B, d]. */
  async points(): Promise<HostArray> {
    return (await this.step.getState())['sample']!['x']!
  }

  /** The last step, from level σ to 0: D(x̄; σ), [B, d]. */
  async finish({ x, conditions }: Batch, sigma: number): Promise<HostArray> {
    const given = { x, sigma: Float64Array.of(sigma), ...asInputs(conditions) }
    return (await this.last.run(given))['denoised']!
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.step.dispose()
    await this.last.dispose()
  }
}
