import {
  compile,
  type HostArray,
  mapNamed,
  type Named,
  type Program,
  type ProgramSpec,
  type Runtime,
  type Shape,
  sizeOf,
  type Tensor,
} from '../engine/index.ts'
import { type At, asInputs, conditionTypes, fromInputs, type Model } from '../family/index.ts'
import { checkedBatchSize, suggestedBatchSize } from './batch-size.ts'
import { checkedConditions, conditionRows, type GivenConditions } from './conditions.ts'

/** A function of a model's points, row by row. */
export interface RowFunction {
  readonly name: string
  readonly model: Model
  readonly values: Named<ArrayLike<number>>
  /** Shape of what a row is given beside its point, by name. */
  readonly beside?: Named<Shape> | undefined
  /** Traced; row b of each output depends on row b of the arguments only. */
  readonly compute: (values: Named<Tensor>, at: At, beside: Named<Tensor>) => Named<Tensor>
  /** Rows of a call, at most; 16 or more. */
  readonly most?: number | undefined
  readonly runtime?: Runtime | undefined
}

/** Some of the rows that are asked for. */
export interface RowRange {
  readonly start: number
  readonly count: number
}

/** Points that are made when they are needed: too many to hold them all at once. */
export interface PointsOnDemand {
  /** n */
  readonly count: number
  /** Those of a range, [count, d]. */
  readonly of: (range: RowRange) => ArrayLike<number>
}

/** The points that a function is asked at. */
export interface RowsAsked {
  /** [n, d], or who makes them some at a time. */
  readonly x: ArrayLike<number> | PointsOnDemand
  /** Of all rows, of a model of each noise level. */
  readonly sigma?: number | undefined
  /** What the rows are conditioned on, or one value for all of them; of a model that takes conditions. */
  readonly conditions?: GivenConditions | undefined
  /** What rows are given beside their points, [count, ...shape] each; the places to spare of the last batch among them. */
  readonly beside?: ((range: RowRange) => Named<HostArray>) | undefined
  /** Stops the work between two calls of the runtime, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onRows?: ((done: number) => void) | undefined
}

/** A function of points, compiled: it takes any number of rows, a batch at a time. */
export class RowProgram {
  private readonly of: RowFunction
  private readonly program: Program
  private readonly batch: number

  private constructor(of: RowFunction, program: Program, batch: number) {
    this.of = of
    this.program = program
    this.batch = batch
  }

  static async open(of: RowFunction): Promise<RowProgram> {
    const spec = (rows: number): ProgramSpec => specOf(of, rows)
    const batch = checkedBatchSize(Math.min(suggestedBatchSize(spec), of.most ?? Infinity))
    const program = await compile(spec(batch), { runtime: of.runtime, loop: false })
    program.setShared(of.values)
    return new RowProgram(of, program, batch)
  }

  /** Seconds spent inside the runtime so far. */
  get secondsInside(): number {
    return this.program.secondsInside
  }

  /** The outputs at every point, [n, ...shape] each, by name. Throws `sampling/condition`; the signal's reason. */
  async run(asked: RowsAsked): Promise<Record<string, Float64Array>> {
    const { batch, program } = this
    const { model } = this.of
    const { sigma, signal, beside, onRows } = asked
    const dimension = sizeOf(model.event)
    const { count, of } = 'of' in asked.x ? asked.x : held(asked.x, dimension)
    const conditions = checkedConditions(asked.conditions, count, model.conditions)
    const widths = new Map(
      program.traced.outputs.map(({ name, tensor }) => [name, sizeOf(tensor.shape) / batch]),
    )
    const found = Object.fromEntries(
      [...widths].map(([name, width]) => [name, new Float64Array(count * width)]),
    )
    for (let start = 0; start < count; start += batch) {
      signal?.throwIfAborted()
      const here = Math.min(batch, count - start)
      const points = new Float64Array(batch * dimension)
      const own = of({ start, count: here })
      // Places to spare repeat the last row.
      for (let i = 0; i < points.length; i++)
        points[i] = own[Math.min(Math.floor(i / dimension), here - 1) * dimension + (i % dimension)]!
      const range = { start, count: batch }
      const outputs = await program.run({
        x: points,
        ...(model.levels === 'each' && { sigma: new Float64Array(batch).fill(sigma!) }),
        ...asInputs(conditionRows(conditions, model.conditions, range)),
        ...beside?.(range),
      })
      for (const [name, width] of widths)
        found[name]!.set(outputs[name]!.subarray(0, here * width), start * width)
      onRows?.(start + here)
    }
    return found
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.program.dispose()
  }
}

/** Points that are at hand. */
function held(x: ArrayLike<number>, dimension: number): PointsOnDemand {
  return {
    count: x.length / dimension,
    of: ({ start, count }) => {
      const part = new Float64Array(count * dimension)
      for (let i = 0; i < part.length; i++) part[i] = x[start * dimension + i]!
      return part
    },
  }
}

function specOf({ name, model, beside = {}, compute }: RowFunction, rows: number): ProgramSpec {
  const ofRows = (shape: Shape) => ({ shape: [rows, ...shape], dtype: 'float32' }) as const
  return {
    name,
    shared: model.parameters,
    inputs: {
      x: ofRows(model.event),
      ...(model.levels === 'each' && { sigma: ofRows([]) }),
      ...asInputs(conditionTypes(model.conditions, rows)),
      ...mapNamed(beside, ofRows),
    },
    step: ({ shared, inputs }) => {
      const conditions = fromInputs(inputs, model.conditions)
      const at = { x: inputs['x']!, sigma: inputs['sigma'], conditions }
      return {
        outputs: compute(
          shared,
          at,
          mapNamed(beside, (_, own) => inputs[own]!),
        ),
      }
    },
  }
}
