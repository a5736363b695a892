import {
  compile,
  mapNamed,
  type Named,
  type Program,
  type ProgramSpec,
  type Runtime,
  ScorefieldError,
  sizeOf,
} from '../../engine/index.ts'
import { asInputs, type FittedDenoiser } from '../../family/index.ts'
import { checkedBatchSize, suggestedBatchSize } from '../batch-size.ts'
import { driftSpec, flowSpec } from './flow-spec.ts'
import type { Inquiry } from './integrator.ts'

/** The probes of all rows: each keeps its own along its whole path. */
export interface Probes {
  /** P, how many each row has. */
  readonly count: number
  /** −1 and 1, [n, P, d]. */
  readonly signs: Float32Array
}

interface FlowOptions {
  readonly fitted: FittedDenoiser
  /** n, how many rows there are. */
  readonly count: number
  /** [n, ...shape] each, where the model takes conditions. */
  readonly conditions: Named<Float32Array>
  /** Undefined for the exact trace. */
  readonly probes: Probes | undefined
  /** How many of them are asked for at once, at most. */
  readonly atOnce: number
  readonly batchSize?: number | undefined
  readonly runtime?: Runtime | undefined
}

/** Where a row needs the slope of its path: y is x̄, [d], then its integrals; t is ln σ. */
type RowInquiry = Inquiry & { readonly row: number }

/** The flow of a fitted model, compiled for a batch: answers the inquiries of single rows. */
export class Flow {
  readonly batchSize: number
  /** How many integrals of the divergence a row carries: 1, or one for each probe. */
  readonly integrals: number
  /** How often each row has asked since its number was taken, [n]. */
  private readonly evaluations: Int32Array
  private readonly options: FlowOptions
  private readonly program: Program
  /** Compiled when asked: what steps of their own never need. */
  private drift: Program | undefined
  // Places that no row asks from hold what was there before: finite, and its answer is not read.
  private readonly x: Float64Array
  private readonly sigma: Float64Array
  private readonly probes: Float32Array
  private readonly conditions: Named<Float32Array>

  private constructor(options: FlowOptions, program: Program, batchSize: number) {
    const { fitted, probes, count } = options
    const { dimension, conditions = {} } = fitted.model
    this.options = options
    this.program = program
    this.batchSize = batchSize
    this.integrals = probes?.count ?? 1
    this.evaluations = new Int32Array(count)
    this.x = new Float64Array(batchSize * dimension)
    this.sigma = new Float64Array(batchSize).fill(1)
    this.probes = new Float32Array((probes?.count ?? 0) * batchSize * dimension)
    this.conditions = mapNamed(conditions, (shape) => new Float32Array(batchSize * sizeOf(shape)))
  }

  /** Compiles the flow, for no more rows at once than are asked for. */
  static async open(options: FlowOptions): Promise<Flow> {
    const { fitted, probes, atOnce, runtime } = options
    const spec = (rows: number): ProgramSpec => flowSpec(fitted.model, probes?.count ?? 0, rows)
    const most = Math.min(options.batchSize ?? suggestedBatchSize(spec), atOnce)
    // Batches of one size, the last one as full as the others.
    const batchSize = checkedBatchSize(atOnce / Math.max(1, Math.ceil(atOnce / Math.max(1, most))))
    const program = await compile(spec(batchSize), { loop: false, runtime })
    program.setShared(fitted.values)
    return new Flow(options, program, batchSize)
  }

  /** dy/d ln σ of up to B rows, or its drift alone where no more is asked; throws `sampling/not-finite`. */
  async evaluate(asked: readonly RowInquiry[]): Promise<Float64Array[]> {
    const [whole, drift] = [false, true].map((only) =>
      asked.filter(({ driftOnly = false }) => driftOnly === only),
    ) as [RowInquiry[], RowInquiry[]]
    const answers = [
      whole.length > 0 ? await this.slopes(whole) : [],
      drift.length > 0 ? await this.drifts(drift) : [],
    ].map((of) => of.values())
    return asked.map(({ driftOnly }) => answers[driftOnly ? 1 : 0]!.next().value!)
  }

  /** How often the row has asked so far; it counts from 0 again. */
  takeEvaluations(row: number): number {
    const evaluations = this.evaluations[row]!
    this.evaluations[row] = 0
    return evaluations
  }

  private async drifts(asked: readonly RowInquiry[]): Promise<Float64Array[]> {
    const { fitted, runtime } = this.options
    const { dimension } = fitted.model
    if (!this.drift) {
      this.drift = await compile(driftSpec(fitted.model, this.batchSize), {
        loop: false,
        runtime,
      })
      this.drift.setShared(fitted.values)
    }
    for (const [place, inquiry] of asked.entries()) this.lay(inquiry, place)
    const { drift } = await this.drift.run({ x: this.x, sigma: this.sigma, ...asInputs(this.conditions) })
    return asked.map(({ row, t }, place) =>
      finite(new Float64Array(drift!.subarray(place * dimension, (place + 1) * dimension)), row, t),
    )
  }

  private async slopes(asked: readonly RowInquiry[]): Promise<Float64Array[]> {
    const { fitted, probes } = this.options
    const { dimension } = fitted.model
    for (const [place, inquiry] of asked.entries()) this.lay(inquiry, place)
    const { drift, divergence } = await this.program.run({
      x: this.x,
      sigma: this.sigma,
      ...(probes && { probes: this.probes }),
      ...asInputs(this.conditions),
    })
    return asked.map(({ row, t }, place) => {
      const slope = new Float64Array(dimension + this.integrals)
      slope.set(drift!.subarray(place * dimension, (place + 1) * dimension))
      slope.set(divergence!.subarray(place * this.integrals, (place + 1) * this.integrals), dimension)
      return finite(slope, row, t)
    })
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.program.dispose()
    await this.drift?.dispose()
  }

  /** Lays a row in its place of the batch. */
  private lay({ row, t, y }: RowInquiry, place: number): void {
    const { fitted, probes, conditions } = this.options
    const { dimension } = fitted.model
    this.x.set(y.subarray(0, dimension), place * dimension)
    this.sigma[place] = Math.exp(t)
    for (let p = 0; probes && p < probes.count; p++) {
      const at = (row * probes.count + p) * dimension
      this.probes.set(probes.signs.subarray(at, at + dimension), (p * this.batchSize + place) * dimension)
    }
    for (const [name, into] of Object.entries(this.conditions)) {
      const width = into.length / this.batchSize
      into.set(conditions[name]!.subarray(row * width, (row + 1) * width), place * width)
    }
    this.evaluations[row]!++
  }
}

function finite(slope: Float64Array, row: number, t: number): Float64Array {
  for (const value of slope) if (!Number.isFinite(value)) throw notFinite(row, Math.exp(t))
  return slope
}

function notFinite(row: number, sigma: number): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'sampling/not-finite',
    message: `The flow of row ${row} is not finite at noise level ${Number(sigma.toPrecision(4))}.`,
    where: `row ${row}`,
    hint: 'The point may hold a value that is not finite, or the model may give none there.',
  })
}
