import { ScorefieldError } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import { type At, type Model, requireAbilities, withDerived } from '../../family/index.ts'
import {
  checkedConditions,
  type GivenConditions,
  type RowFunction,
  RowProgram,
  type RowRange,
  type TrainedModel,
} from '../../sampling/index.ts'
import { type Rows, rowsOf } from '../rows.ts'

/** A model's field of arrows, and the points where it is looked at. */
export interface FieldAsked {
  /** Any model with a score, such as the `fitted` of a trained one. */
  readonly trained: Pick<TrainedModel, 'model' | 'values'>
  /** [n, d]: rows of the density whose score is asked, so noised by σ of a model of each noise level. */
  readonly x: ArrayLike<number>
  /** σ > 0, of a model of each noise level; left out of a model of one. */
  readonly sigma?: number | undefined
  /** What the rows are conditioned on, or one value for all of them; of a model that takes conditions. */
  readonly conditions?: GivenConditions | undefined
  readonly runtime?: f.Runtime | undefined
  /** Stops the work before it begins and between two calls of the runtime, by rejecting with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What the field gives at points, and at directions v where they are given: [n, d] each. */
interface FieldValues {
  /** s, the score. */
  readonly score: Float64Array
  /** J v with J = ∂s/∂x. */
  readonly along: Float64Array
  /** Jᵀ v. */
  readonly against: Float64Array
}

/** What is compiled: the arrows alone, or their derivatives as well. */
export type FieldParts = 'score' | 'derivatives'

/**
 * A score at one noise level with its Jacobian J = ∂s/∂x, compiled for rows of points.
 *
 * Of a denoiser D − x is traced, and divided by σ² in float64: at a small σ float32 would lose the arrows.
 */
export class Field {
  readonly points: Rows
  private readonly asked: FieldAsked
  private readonly program: RowProgram
  private readonly scale: number

  private constructor(parts: Readonly<{ asked: FieldAsked; points: Rows; program: RowProgram }>) {
    this.asked = parts.asked
    this.points = parts.points
    this.program = parts.program
    this.scale = tracedField(withDerived(parts.asked.trained.model)).isTimesVariance
      ? parts.asked.sigma! ** -2
      : 1
  }

  /**
   * Throws `family/cannot` where the model has no score, `evaluation/noise-level` where σ does not go with the model,
   * `evaluation/shape`, `evaluation/not-finite`, `sampling/condition`.
   */
  static async open(asked: FieldAsked, parts: FieldParts): Promise<Field> {
    asked.signal?.throwIfAborted()
    const model = withDerived(asked.trained.model)
    requireLevel(model, asked.sigma)
    const points = rowsOf({
      values: Float64Array.from(asked.x),
      dimension: f.sizeOf(model.event),
      what: 'points',
    })
    checkedConditions(asked.conditions, points.count, model.conditions)
    const { runtime, trained } = asked
    const most = Math.max(1, points.count)
    const program = await RowProgram.open({ ...fieldOf(model, parts), values: trained.values, runtime, most })
    return new Field({ asked, points, program })
  }

  /** The score at every point, [n, d]. Throws `evaluation/not-finite`. */
  async scores(): Promise<Float64Array> {
    return (await this.values(['score'])).score
  }

  /** Score and both products at every point, for a direction at each. v: [n, d]. Throws `evaluation/not-finite`. */
  async products(v: ArrayLike<number>): Promise<FieldValues> {
    return this.values(['score', 'along', 'against'], v)
  }

  private async values<Name extends keyof FieldValues>(
    names: readonly Name[],
    v?: ArrayLike<number>,
  ): Promise<Pick<FieldValues, Name>> {
    const { values: x, dimension } = this.points
    const { conditions, sigma, signal } = this.asked
    const found = await this.program.run({
      ...{ x, conditions, sigma, signal },
      ...(v && { beside: (range) => ({ v: directionsOf(v, dimension, range) }) }),
    })
    return Object.fromEntries(
      names.map((name) => {
        const scaled = Float64Array.from(found[name]!, (value) => this.scale * value)
        requireFinite(scaled, dimension, sigma)
        return [name, scaled]
      }),
    ) as Pick<FieldValues, Name>
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.program.dispose()
  }
}

/** The score, or the score times σ², whichever the model states. */
function tracedField(model: Model): {
  readonly of: (values: f.Named<f.Tensor>, at: At) => f.Tensor
  readonly isTimesVariance: boolean
} {
  const { denoise } = model.can
  if (denoise && model.levels === 'each')
    return { of: (values, at) => f.sub(denoise(values, at), at.x), isTimesVariance: true }
  const { can } = requireAbilities(model, ['score'], { family: 'of this model', asks: 'A score' })
  return { of: can.score, isTimesVariance: false }
}

function fieldOf(model: Model, parts: FieldParts): Omit<RowFunction, 'values'> {
  const { of } = tracedField(model)
  return {
    name: 'field',
    model,
    beside: parts === 'derivatives' ? { v: model.event } : {},
    compute: (values, at, { v }) => {
      const x = f.variable(at.x)
      const score = of(values, { ...at, x })
      if (!v) return { score }
      return { score, along: f.jvp([score], [x], [v])[0]!, against: f.vjp([score], [x], [v])[0]! }
    },
  }
}

/** Directions of some rows; 0 at places to spare. */
function directionsOf(v: ArrayLike<number>, dimension: number, { start, count }: RowRange): Float32Array {
  const from = start * dimension
  return Float32Array.from({ length: count * dimension }, (_, i) => v[from + i] ?? 0)
}

function requireLevel({ levels }: Model, sigma: number | undefined): void {
  if (levels === 'each' ? sigma !== undefined && sigma > 0 && sigma < Infinity : sigma === undefined) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'evaluation/noise-level',
    message:
      levels === 'each'
        ? `A model of each noise level was asked at the noise level ${sigma}.`
        : `A model of one noise level was asked at the noise level ${sigma}.`,
    hint: levels === 'each' ? 'Give sigma, above 0.' : 'Leave sigma out.',
  })
}

function requireFinite(values: Float64Array, dimension: number, sigma: number | undefined): void {
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'evaluation/not-finite',
    message: `The score or its derivative is ${values[bad]} at point ${Math.floor(bad / dimension)}.`,
    ...(sigma === undefined ? {} : { where: `σ = ${sigma}` }),
    hint: 'The training may have diverged, or the point lies where the model was never trained.',
  })
}
