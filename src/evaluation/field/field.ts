import { ScorefieldError } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import {
  type At,
  asInputs,
  conditionTypes,
  fromInputs,
  type Model,
  requireAbilities,
  withDerived,
} from '../../family/index.ts'
import {
  checkedConditions,
  conditionRows,
  type GivenConditions,
  suggestedBatchSize,
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
  private readonly program: f.Program
  private readonly batch: number
  private readonly scale: number

  private constructor(
    parts: Readonly<{ asked: FieldAsked; points: Rows; program: f.Program; batch: number }>,
  ) {
    this.asked = parts.asked
    this.points = parts.points
    this.program = parts.program
    this.batch = parts.batch
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
    const most = suggestedBatchSize((rows) => fieldSpec(model, parts, rows))
    const batch = Math.min(most, 16 * Math.max(1, Math.ceil(points.count / 16)))
    const program = await f.compile(fieldSpec(model, parts, batch), { runtime: asked.runtime, loop: false })
    program.setShared(asked.trained.values)
    return new Field({ asked, points, program, batch })
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
    const { batch, scale } = this
    const { values, count, dimension } = this.points
    const { conditions: given, sigma, signal, trained } = this.asked
    const { conditions: shapes } = trained.model
    const conditions = checkedConditions(given, count, shapes)
    const found = new Map(names.map((name) => [name, new Float64Array(count * dimension)]))
    for (let at = 0; at < count; at += batch) {
      signal?.throwIfAborted()
      const here = Math.min(batch, count - at)
      // Places to spare repeat the last row.
      const rows = (of: ArrayLike<number>): Float32Array =>
        Float32Array.from(
          { length: batch * dimension },
          (_, i) => of[(at + Math.min(Math.floor(i / dimension), here - 1)) * dimension + (i % dimension)]!,
        )
      const outputs = await this.program.run({
        x: rows(values),
        ...(v ? { v: rows(v) } : {}),
        ...(sigma === undefined ? {} : { sigma: new Float32Array(batch).fill(sigma) }),
        ...asInputs(conditionRows(conditions, shapes, { start: at, count: batch })),
      })
      for (const [name, into] of found) {
        const out = outputs[name]!
        for (let i = 0; i < here * dimension; i++) into[at * dimension + i] = scale * out[i]!
      }
    }
    for (const values of found.values()) requireFinite(values, dimension, sigma)
    return Object.fromEntries(found) as Pick<FieldValues, Name>
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

function fieldSpec(model: Model, parts: FieldParts, rows: number): f.ProgramSpec {
  const { of } = tracedField(model)
  const points: f.TensorType = { shape: [rows, ...model.event], dtype: 'float32' }
  return {
    name: 'field',
    shared: model.parameters,
    inputs: {
      x: points,
      ...(parts === 'derivatives' ? { v: points } : {}),
      ...(model.levels === 'each' ? { sigma: { shape: [rows], dtype: 'float32' } as const } : {}),
      ...asInputs(conditionTypes(model.conditions, rows)),
    },
    step: ({ shared, inputs }) => {
      const x = f.variable(inputs['x']!)
      const { v } = inputs
      const score = of(shared, {
        x,
        sigma: inputs['sigma'],
        conditions: fromInputs(inputs, model.conditions),
      })
      return {
        outputs: {
          score,
          ...(v ? { along: f.jvp([score], [x], [v])[0]!, against: f.vjp([score], [x], [v])[0]! } : {}),
        },
      }
    },
  }
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
