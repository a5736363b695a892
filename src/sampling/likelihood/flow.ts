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
  /** Whether the drift alone is asked for: without the divergence, it costs a d-th. */
  readonly driftOnly?: boolean
  /** How often each row has asked, [n]: counted here. */
  readonly evaluations: Int32Array
  /** [n, ...shape] each, where the model takes conditions. */
  readonly conditions: Named<Float32Array>
  /** Undefined for the exact trace. */
  readonly probes: Probes | undefined
  /** How many places are asked for at once, at most. */
  readonly atOnce: number
  readonly batchSize?: number | undefined
  readonly runtime?: Runtime | undefined
  readonly signal?: AbortSignal | undefined
}

/** For the temporary arrays of a call: what leaves the caches of a core takes half as long again. */
const cacheBytes = 8 * 2 ** 20

/** Where a row needs the slope of its path: y is x̄, [d], then its integrals; t is ln σ. */
type RowInquiry = Inquiry & { readonly row: number }

/** The flow of a fitted model, compiled for a batch: answers the inquiries of single rows. */
export class Flow {
  readonly batchSize: number
  /** How many integrals of the divergence a row carries: 1, or one for each probe; none of the drift alone. */
  readonly integrals: number
  private readonly options: FlowOptions
  private readonly program: Program
  // Places that no row asks from hold what was there before: finite, and its answer is not read.
  private readonly x: Float64Array
  private readonly sigma: Float64Array
  private readonly probes: Float32Array
  private readonly conditions: Named<Float32Array>

  private constructor(options: FlowOptions, program: Program, batchSize: number) {
    const { fitted, probes, driftOnly = false } = options
    const { dimension, conditions = {} } = fitted.model
    this.options = options
    this.program = program
    this.batchSize = batchSize
    this.integrals = driftOnly ? 0 : (probes?.count ?? 1)
    this.x = new Float64Array(batchSize * dimension)
    this.sigma = new Float64Array(batchSize).fill(1)
    this.probes = new Float32Array((driftOnly ? 0 : (probes?.count ?? 0)) * batchSize * dimension)
    this.conditions = mapNamed(conditions, (shape) => new Float32Array(batchSize * sizeOf(shape)))
  }

  /** Compiles the flow, for no more places at once than are asked for. */
  static async open(options: FlowOptions): Promise<Flow> {
    const { fitted, probes, atOnce, runtime, driftOnly = false } = options
    const spec = (rows: number): ProgramSpec =>
      driftOnly ? driftSpec(fitted.model, rows) : flowSpec(fitted.model, probes?.count ?? 0, rows)
    const most = Math.min(options.batchSize ?? suggestedBatchSize(spec, { memoryBytes: cacheBytes }), atOnce)
    // Batches of one size, the last one as full as the others.
    const batchSize = checkedBatchSize(atOnce / Math.max(1, Math.ceil(atOnce / Math.max(1, most))))
    const program = await compile(spec(batchSize), { loop: false, runtime })
    program.setShared(fitted.values)
    return new Flow(options, program, batchSize)
  }

  /** dy/d ln σ at any number of places, a batch at a time; throws `sampling/not-finite`, and the signal's reason. */
  async evaluate(asked: readonly RowInquiry[]): Promise<Float64Array[]> {
    const answers: Float64Array[] = []
    for (let at = 0; at < asked.length; at += this.batchSize) {
      this.options.signal?.throwIfAborted()
      answers.push(...(await this.slopes(asked.slice(at, at + this.batchSize))))
    }
    return answers
  }

  private async slopes(asked: readonly RowInquiry[]): Promise<Float64Array[]> {
    const { dimension } = this.options.fitted.model
    const { integrals } = this
    for (const [place, inquiry] of asked.entries()) this.lay(inquiry, place)
    const { drift, divergence } = await this.program.run({
      ...{ x: this.x, sigma: this.sigma },
      ...(this.probes.length > 0 && { probes: this.probes }),
      ...asInputs(this.conditions),
    })
    return asked.map(({ row, t }, place) => {
      const slope = new Float64Array(dimension + integrals)
      slope.set(drift!.subarray(place * dimension, (place + 1) * dimension))
      if (divergence) slope.set(divergence.subarray(place * integrals, (place + 1) * integrals), dimension)
      return finite(slope, row, t)
    })
  }

  /** Frees what the runtime holds. */
  async dispose(): Promise<void> {
    await this.program.dispose()
  }

  /** Lays a row in its place of the batch. */
  private lay({ row, t, y }: RowInquiry, place: number): void {
    const { fitted, probes, conditions, evaluations } = this.options
    const { dimension } = fitted.model
    this.x.set(y.subarray(0, dimension), place * dimension)
    this.sigma[place] = Math.exp(t)
    for (let p = 0; probes && this.probes.length > 0 && p < probes.count; p++) {
      const at = (row * probes.count + p) * dimension
      this.probes.set(probes.signs.subarray(at, at + dimension), (p * this.batchSize + place) * dimension)
    }
    for (const [name, into] of Object.entries(this.conditions)) {
      const width = into.length / this.batchSize
      into.set(conditions[name]!.subarray(row * width, (row + 1) * width), place * width)
    }
    evaluations[row]!++
  }
}

function finite(slope: Float64Array, row: number, t: number): Float64Array {
  for (const value of slope) if (!Number.isFinite(value)) throw notFinite(row, Math.exp(t))
  return slope
}

/** The error of a flow that runs away. */
export function notFinite(row: number, sigma: number): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'sampling/not-finite',
    message: `The flow of row ${row} is not finite at noise level ${Number(sigma.toPrecision(4))}.`,
    where: `row ${row}`,
    hint: 'The point may hold a value that is not finite, or the model may give none there.',
  })
}
