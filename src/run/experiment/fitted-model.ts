import { compile, type Program, type Runtime } from '../../engine/index.ts'
import type { FittedDenoiser, TrainableDenoiser } from '../../family/index.ts'
import {
  type LogDensities,
  type LogDensityOptions,
  logDensity,
  SamplerProgram,
  sampleAllWith,
  samplerByName,
  type TraceMethod,
  timeGridByName,
} from '../../sampling/index.ts'

/** Rows that one call of the network is given. */
const callRows = 1024

/** How samples are drawn; what is left out is the model's default. */
export interface DrawOptions {
  readonly count: number
  /** Row i is a function of (seed, i) only. */
  readonly seed?: number
  /** Index of the first row. */
  readonly first?: number
  /** Name in `samplers`. */
  readonly sampler?: string
  /** Name in `timeGrids`. */
  readonly grid?: string
  readonly steps?: number
  readonly signal?: AbortSignal
}

/** The noise levels that a model was trained for. */
export interface ModelRange {
  readonly sigmaMin: number
  readonly sigmaMax: number
  readonly sigmaData: number
}

/**
 * A trained score model of rows in ℝᵈ: draws samples, gives scores and log-densities.
 *
 * Rows are in the coordinates that the model was trained in.
 */
export class FittedModel {
  readonly model: TrainableDenoiser
  /** Parameters: the averaged weights. */
  readonly values: FittedDenoiser['values']
  readonly range: ModelRange
  readonly runtime: Runtime | undefined
  private denoiser: Program | undefined
  private sampling = 0

  constructor(options: {
    model: TrainableDenoiser
    values: FittedDenoiser['values']
    range: ModelRange
    runtime?: Runtime
  }) {
    this.model = options.model
    this.values = options.values
    this.range = options.range
    this.runtime = options.runtime
  }

  /** d, the width of a row. */
  get dimension(): number {
    return this.model.dimension
  }

  /** The model with its parameters, as samplers take it. */
  get fitted(): FittedDenoiser {
    return { model: this.model, values: this.values }
  }

  /** Standard deviation of a row's coordinates at the largest noise level: √(σ_max² + σ_d²). */
  get priorStd(): number {
    return Math.hypot(this.range.sigmaMax, this.range.sigmaData)
  }

  /** The noise levels of a sampling run. */
  levels(options: { grid?: string; steps?: number } = {}): Float64Array {
    const grid = timeGridByName(options.grid ?? 'karras')
    return grid.levels({ ...this.range, steps: options.steps ?? 25 })
  }

  /** Seconds that sampling and denoising spent inside the runtime so far. */
  get secondsInside(): number {
    return this.sampling + (this.denoiser?.secondsInside ?? 0)
  }

  /** New rows, [count, d]. */
  async sample(options: DrawOptions): Promise<Float32Array> {
    const { count, seed = 0, first = 0, signal } = options
    const sampler = samplerByName(options.sampler ?? 'heun')
    const program = await SamplerProgram.create({ fitted: this.fitted, sampler, ...this.runtimeOption() })
    try {
      const { priorStd } = this
      const levels = this.levels(options)
      return await sampleAllWith(program, {
        levels,
        priorStd,
        seed,
        first,
        count,
        ...(signal ? { signal } : {}),
      })
    } finally {
      this.sampling += program.secondsInside
      await program.dispose()
    }
  }

  /** D(x; σ), the mean of the clean rows that x could have come from. x: [n, d] → [n, d]. */
  async denoise(x: ArrayLike<number>, sigma: number): Promise<Float32Array> {
    const { dimension } = this
    const program = await this.denoiserProgram()
    const count = x.length / dimension
    const result = new Float32Array(x.length)
    for (let at = 0; at < count; at += callRows) {
      const rows = Math.min(callRows, count - at)
      const batch = new Float32Array(callRows * dimension)
      for (let i = 0; i < rows * dimension; i++) batch[i] = x[at * dimension + i]!
      const { denoised } = await program.run({ x: batch, sigma: new Float32Array(callRows).fill(sigma) })
      result.set(denoised!.subarray(0, rows * dimension), at * dimension)
    }
    return result
  }

  /** ∇ₓ log p_σ(x) = (D(x; σ) − x)/σ² at noise level σ, σ_min unless given. x: [n, d] → [n, d]. */
  async score(x: ArrayLike<number>, options: { sigma?: number } = {}): Promise<Float64Array> {
    const sigma = options.sigma ?? this.range.sigmaMin
    const denoised = await this.denoise(x, sigma)
    return Float64Array.from(denoised, (value, i) => (value - x[i]!) / sigma ** 2)
  }

  /**
   * log p(x) in nats, of the density noised to σ_min, by the probability-flow ODE. x: [n, d].
   * With many columns the trace is estimated from probes, and the standard errors are above 0.
   */
  logDensity(
    x: ArrayLike<number>,
    options: Pick<LogDensityOptions, 'method' | 'trace' | 'signal' | 'onProgress'> = {},
  ): Promise<LogDensities> {
    const defaultTrace: TraceMethod =
      this.tracePasses === this.dimension
        ? { kind: 'exact' }
        : { kind: 'probes', count: this.tracePasses, seed: 0 }
    return logDensity({
      fitted: this.fitted,
      x: Float64Array.from(x),
      sigmaMin: this.range.sigmaMin,
      sigmaMax: this.range.sigmaMax,
      priorStd: this.priorStd,
      trace: defaultTrace,
      ...options,
      ...this.runtimeOption(),
    })
  }

  /** Reverse passes that the trace of the Jacobian takes at a point: one a column, or one a probe where columns are many. */
  get tracePasses(): number {
    return this.dimension <= 32 ? this.dimension : 8
  }

  /** Frees what the runtime holds for this model. */
  async dispose(): Promise<void> {
    await this.denoiser?.dispose()
    this.denoiser = undefined
  }

  private runtimeOption(): { runtime?: Runtime } {
    return this.runtime ? { runtime: this.runtime } : {}
  }

  private async denoiserProgram(): Promise<Program> {
    if (!this.denoiser) {
      this.denoiser = await compile(
        {
          name: 'denoiser',
          shared: this.model.parameters,
          inputs: {
            x: { shape: [callRows, this.dimension], dtype: 'float32' },
            sigma: { shape: [callRows], dtype: 'float32' },
          },
          step: ({ shared, inputs }) => ({
            outputs: { denoised: this.model.denoise(shared, { x: inputs['x']!, sigma: inputs['sigma']! }) },
          }),
        },
        this.runtimeOption(),
      )
      this.denoiser.setShared(this.values)
    }
    return this.denoiser
  }
}
