import type { Encoding } from '../../data/index.ts'
import { mapNamed, type Named, type Runtime, sizeOf, type Tensor } from '../../engine/index.ts'
import {
  type Ability,
  type At,
  asDenoiser,
  type FittedDenoiser,
  jointOf,
  type Model,
  requireAbilities,
  reshapedTo,
  withDerived,
} from '../../family/index.ts'
import {
  annealedLogPartition,
  classifierFree,
  type DataMoments,
  drawAll,
  type GivenConditions,
  type Guidance,
  isotropicMoments,
  type LikelihoodAsked,
  type LikelihoodKind,
  type LikelihoodMethod,
  type LogDensities,
  type LogPartition,
  likelihoodFor,
  likelihoodKind,
  type ModelRange,
  methodFor,
  type PointSampler,
  RowProgram,
  type SamplingMethod,
  type Start,
  settingsOf,
  startOf,
  timeGridByName,
  type UsualConditions,
  usualLikelihood,
  usualMethod,
} from '../../sampling/index.ts'
import { withUsual } from './with-usual.ts'

/** How samples are drawn; what is left out is the model's default. */
export interface DrawOptions {
  readonly count: number
  /** Row i is a function of (seed, i, its conditions) only. */
  readonly seed?: number
  /** Index of the first row. */
  readonly first?: number
  /** Name in `samplingMethods`. */
  readonly sampler?: string
  /** Name in `timeGrids`. */
  readonly grid?: string
  /** Numbers of the grid, by the names of its `settings`. */
  readonly gridOptions?: Readonly<Record<string, number>> | undefined
  readonly steps?: number
  /** Numbers of the sampler, by the names of its `settings`. */
  readonly samplerOptions?: Readonly<Record<string, number>>
  /** Classifier-free guidance: more than typical of the conditions; off unless given. */
  readonly guidance?: Guidance | undefined
  /** What the rows are conditioned on, or one value for all of them; of a model that takes conditions. */
  readonly conditions?: GivenConditions | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a model is told about the rows that it is asked for. */
export interface AskOptions {
  /** What the rows are conditioned on, or one value for all of them; of a model that takes conditions. */
  readonly conditions?: GivenConditions | undefined
  /** Stops the work before it begins and between two calls of the runtime, by rejecting with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** An ability at points, traced. */
type Compute = (values: Named<Tensor>, at: At) => Tensor

/**
 * A trained model of rows in ℝᵈ: draws samples, gives scores and log-densities, as far as its family can.
 *
 * Rows are in the coordinates that the model was trained in.
 */
export class FittedModel {
  /** With what follows from its abilities, of points as vectors; of a model of partly known rows, that of the joint distribution. */
  readonly model: Model
  /** The model as it was trained: it may also be told that parts of a row are known. */
  readonly whole: Model
  /** Name of its family. */
  readonly family: string
  /** Parameters: the averaged weights. */
  readonly values: Named<ArrayLike<number>>
  readonly range: ModelRange
  /** Of the rows learned from, in their coordinates; mean 0 and covariance σ_d² I of a run of releases before 0.6.0. */
  readonly moments: DataMoments
  readonly runtime: Runtime | undefined
  /**
   * Conditions of rows that are drawn with none given; absent of a model that must be told, or takes none. Densities and scores with
   * none given are those without conditions.
   */
  readonly usualConditions: UsualConditions | undefined
  private readonly programs = new Map<Ability, RowProgram>()
  private sampling = 0
  private partition: LogPartition | undefined

  constructor(options: {
    readonly model: Model
    readonly family?: string | undefined
    readonly values: Named<ArrayLike<number>>
    readonly range: ModelRange
    readonly moments?: DataMoments | undefined
    readonly runtime?: Runtime | undefined
    readonly usualConditions?: UsualConditions | undefined
    /** Whether a model of partly known rows is to be told what is known; else it is that of the joint distribution. */
    readonly isTold?: boolean
  }) {
    this.whole = options.model
    const asked = options.isTold ? options.model : jointOf(options.model)
    this.model = reshapedTo(withDerived(asked), [sizeOf(asked.event)])
    this.family = options.family ?? 'of this model'
    this.values = options.values
    this.moments = options.moments ?? isotropicMoments(this.dimension, options.range.sigmaData ** 2)
    this.range = { ...options.range, mean: this.moments.mean }
    this.runtime = options.runtime
    this.usualConditions = options.usualConditions
  }

  /** Another model of the same rows, with all that is known of them; to be disposed of by itself. */
  as(other: {
    readonly model: Model
    readonly values?: Named<ArrayLike<number>>
    readonly isTold?: boolean
  }): FittedModel {
    const { family, values, range, moments, runtime, usualConditions } = this
    return new FittedModel({ family, values, range, moments, runtime, usualConditions, ...other })
  }

  /** d, the width of a row. */
  get dimension(): number {
    return sizeOf(this.model.event)
  }

  /** The denoiser with its parameters. Throws `family/cannot` where the family has none. */
  get denoiser(): FittedDenoiser {
    return this.denoiserFor('Denoising')
  }

  /** The same, for something that asks for it: its error says what cannot be done. Throws `family/cannot`. */
  denoiserFor(asks: string): FittedDenoiser {
    return { model: asDenoiser(this.able('denoise', asks)), values: this.values }
  }

  /** Where a walk down the noise levels begins. */
  get start(): Start {
    return startOf(this.range)
  }

  /** The same of a walk that begins at another level than σ_max. */
  startAt(sigmaMax: number): Start {
    return startOf({ ...this.range, sigmaMax })
  }

  /** The noise levels of a walk. */
  levels(options: Pick<DrawOptions, 'grid' | 'gridOptions' | 'steps'> = {}): Float64Array {
    const grid = timeGridByName(options.grid ?? 'karras')
    const { gridOptions, steps = 25 } = options
    return grid.levels({ ...this.range, steps, gridOptions })
  }

  /** Seconds that sampling and evaluating spent inside the runtime so far. */
  get secondsInside(): number {
    return [...this.programs.values()].reduce((sum, program) => sum + program.secondsInside, this.sampling)
  }

  /**
   * The way that samples are drawn: the one named, or the family's usual one.
   * Throws `usage/unknown-name`, and kind `ability`, `sampling/cannot`, where the family cannot be sampled so.
   */
  samplingMethod(name?: string): SamplingMethod {
    return methodFor(name ?? usualMethod(this.model)?.name ?? 'heun', this.model, this.family)
  }

  /** A way to draw rows, compiled; to be disposed of after use. */
  async sampler(
    options: Pick<
      DrawOptions,
      'sampler' | 'grid' | 'gridOptions' | 'steps' | 'samplerOptions' | 'guidance'
    > = {},
  ): Promise<PointSampler> {
    const { sampler, grid, gridOptions, steps, guidance } = options
    const method = this.samplingMethod(sampler)
    const samplerOptions = settingsOf(method, options.samplerOptions)
    const opened = await method.open({
      ...{ trained: this.guided(guidance), grid, gridOptions, steps, samplerOptions },
      runtime: this.runtime,
    })
    return this.usualConditions ? withUsual(opened, this.usualConditions) : opened
  }

  /**
   * The model as guided draws ask for it: itself where the weight is 1, or where it is not told what is known of a row, so that nothing is.
   * Throws `family/cannot` where it was not trained without its conditions, too; `sampling/guidance`.
   */
  guided(guidance: Guidance | undefined): FittedModel {
    const { whole, model } = this
    const isUntold = whole.partlyKnown !== undefined && model.conditions === undefined
    if (!guidance || guidance.weight === 1 || isUntold) return this
    const zeroIsNone = this.usualConditions !== undefined
    return this.as({
      model: classifierFree(whole as Model<'denoise'>, guidance, { zeroIsNone }),
      isTold: true,
    })
  }

  /** New rows, [count, d]. */
  async sample(options: DrawOptions): Promise<Float32Array> {
    const { count, seed = 0, first = 0, conditions, signal } = options
    signal?.throwIfAborted()
    const sampler = await this.sampler(options)
    try {
      return await drawAll(sampler, { seed, first, count, conditions, signal })
    } finally {
      this.sampling += sampler.secondsInside
      await sampler.dispose()
    }
  }

  /** D(x; σ), the mean of the clean rows that x could have come from. x: [n, d] → [n, d]. */
  async denoise(x: ArrayLike<number>, sigma: number, options: AskOptions = {}): Promise<Float32Array> {
    const model = this.able('denoise', 'Denoising')
    const asked = { x, sigma, ...options }
    return Float32Array.from(
      await this.evaluate('denoise', asked, (values, at) => model.can.denoise(values, at)),
    )
  }

  /**
   * ∇ₓ log p(x): of a model of each noise level at level σ, σ_min unless given; else of its one level. x: [n, d] → [n, d].
   */
  async score(
    x: ArrayLike<number>,
    options: AskOptions & { readonly sigma?: number } = {},
  ): Promise<Float64Array> {
    const sigma = options.sigma ?? this.range.sigmaMin
    const model = this.able('score', 'A score')
    if (model.can.denoise && model.levels === 'each') {
      // The difference is divided by σ² in float64.
      const denoised = await this.denoise(x, sigma, options)
      return Float64Array.from(denoised, (value, i) => (value - x[i]!) / sigma ** 2)
    }
    const asked = { ...options, x, sigma }
    return this.evaluate('score', asked, (values, at) => model.can.score(values, at))
  }

  /** E(x) = −log p(x) up to a constant, [n], of a model of one level. Throws `family/cannot` where the family has none. */
  async energy(x: ArrayLike<number>, options: AskOptions = {}): Promise<Float64Array> {
    const model = this.able('energy', 'An energy')
    const asked = { ...options, x, sigma: this.range.sigmaMin }
    return this.evaluate('energy', asked, (values, at) => model.can.energy(values, at))
  }

  /** What the model can say of log p(x). */
  get likelihoodKind(): LikelihoodKind {
    return likelihoodKind(this.model)
  }

  /**
   * log p(x) in nats, with what is known of its error. x: [n, d].
   *
   * Unless told `by` which of `likelihoodMethods`, the best that the family has: its own density; of a denoiser the density noised to
   * σ_min, by the probability flow; the family's bound; an energy less its estimated log-normaliser.
   * Throws `family/cannot` where there is none of these, `sampling/cannot` where there is not the one told.
   */
  async logDensity(
    x: ArrayLike<number>,
    { by, ...asked }: LikelihoodAsked & { readonly by?: string | undefined } = {},
  ): Promise<LogDensities> {
    const { conditions = this.noConditions } = asked
    return this.likelihoodMethod(by).logDensity(this, x, { ...asked, conditions })
  }

  /** The way to log-densities: the one named, or the best that the family has. */
  likelihoodMethod(name?: string): LikelihoodMethod {
    const method =
      name === undefined ? usualLikelihood(this.model) : likelihoodFor(name, this.model, this.family)
    if (!method) this.able('logDensity', 'A log-density')
    return method!
  }

  /** ln ∫ e^{−E}, by annealed importance sampling: worked out once. Throws `family/cannot` where the family has no energy. */
  async logPartition({ signal }: Pick<AskOptions, 'signal'> = {}): Promise<LogPartition> {
    const { model, values, moments, range, runtime } = this
    const sigma = model.levels === 'each' ? range.sigmaMin : undefined
    this.partition ??= await annealedLogPartition({ model, values, moments, sigma, runtime, signal })
    return this.partition
  }

  /** Directions that the trace of the Jacobian takes at a point. */
  get tracePasses(): number {
    return tracePassesOf(this.dimension)
  }

  /** Frees what the runtime holds for this model. */
  async dispose(): Promise<void> {
    for (const program of this.programs.values()) await program.dispose()
    this.programs.clear()
  }

  /** What stands for no conditions, all 0, of a model that learned some rows without any; undefined of others. */
  get noConditions(): GivenConditions | undefined {
    if (!this.usualConditions || !this.model.conditions) return undefined
    return mapNamed(this.model.conditions, (shape) => new Float32Array(sizeOf(shape)))
  }

  private able<A extends Ability>(ability: A, asks: string): Model<A> {
    return requireAbilities(this.model, [ability], { family: this.family, asks })
  }

  /** A function of points, row by row: [n, d] → [n, ...]. */
  private async evaluate(
    ability: Ability,
    asked: AskOptions & { readonly x: ArrayLike<number>; readonly sigma: number },
    compute: Compute,
  ): Promise<Float64Array> {
    asked.signal?.throwIfAborted()
    const { model, values, runtime } = this
    const program =
      this.programs.get(ability) ??
      (await RowProgram.open({
        ...{ name: ability, model, values, runtime },
        compute: (parameters, at) => ({ y: compute(parameters, at) }),
      }))
    this.programs.set(ability, program)
    return (await program.run({ ...asked, conditions: asked.conditions ?? this.noConditions }))['y']!
  }
}

/** A model with what leads to its points and back. */
export interface EncodedModel {
  readonly fitted: FittedModel
  readonly encoding: Encoding
}

/**
 * Directions of a trace of d columns: one a column, or one a probe where columns are many. At 48 columns the exact trace takes some four
 * times as long as 8 probes do.
 */
export function tracePassesOf(columns: number): number {
  return columns <= 48 ? columns : 8
}
