import { RandomStream } from '../../base/index.ts'
import { compile, type HostArray, type Program, type ProgramSpec, sizeOf } from '../../engine/index.ts'
import { requireAbilities } from '../../family/index.ts'
import { suggestedBatchSize } from '../batch-size.ts'
import { inBatches } from '../methods/batches.ts'
import type { DrawRequest, PointSampler, SamplingMethod } from '../methods/method.ts'
import type { SampleEvent } from '../sample.ts'
import { settingsOf } from '../settings.ts'
import { startPoints } from '../start.ts'
import type { ChainPlan, ChainRule } from './chain.ts'
import { ChainRecord } from './chain-record.ts'
import { chainSpec } from './chain-spec.ts'
import { type ChainDiagnosis, diagnosis } from './diagnosis.ts'
import { requireFiniteChains } from './diverged.ts'

/** Transitions of one call of the runtime at most, and values of noise that it is given. */
const [callSteps, callNoise] = [50, 2 ** 22]

/** A chain as a way to draw points. */
export interface ChainMethod extends SamplingMethod {
  /** Evaluations of the network on the way to one point. */
  readonly evaluations: (steps: number, told?: Readonly<Record<string, number>>) => number
}

/** Makes a way to draw points of a chain's rule; a step that uses a coefficient or memory it does not name is a compile error. */
export function defineChain<
  Coefficient extends string,
  Memory extends string = never,
  Setting extends string = never,
>(rule: ChainRule<Coefficient, Memory, Setting>): ChainMethod {
  const { name, summary, source, needs, levels, steps, settings } = rule
  const numbers = (told?: Readonly<Record<string, number>>): Readonly<Record<Setting, number>> =>
    settingsOf(rule, told)
  return {
    ...{ name, summary, source, needs, levels, steps, settings },
    ...(rule.also && { also: rule.also }),
    evaluations: (count, told) => rule.evaluations(count, numbers(told)),
    open: async ({ trained, steps: count = steps, grid, samplerOptions, runtime }) => {
      const who = { family: 'of this model', asks: `The sampler "${name}"` }
      const model = requireAbilities(trained.model, needs, who)
      const own = numbers(samplerOptions)
      const plan = rule.plan({ steps: count, grid, range: trained.range, settings: own })
      const spec = (rows: number): ProgramSpec =>
        chainSpec(model, rule as unknown as ChainRule, plan as ChainPlan<string, string>, own, rows)
      const batchSize = suggestedBatchSize(spec)
      const program = await compile(spec(batchSize), { runtime, loop: true })
      program.setShared(trained.values)
      const opened = { rule: rule as unknown as ChainRule, plan, model, program, batchSize }
      return new Chains({ ...opened, dimension: sizeOf(model.event) })
    },
  }
}

/** Chains of one model, compiled. */
class Chains implements PointSampler {
  readonly dimension: number
  private readonly parts: {
    readonly rule: ChainRule
    readonly plan: ChainPlan<string, string>
    readonly model: Parameters<typeof chainSpec>[0]
    readonly program: Program
    readonly batchSize: number
    readonly dimension: number
  }

  constructor(parts: Chains['parts']) {
    this.parts = parts
    this.dimension = parts.dimension
  }

  get secondsInside(): number {
    return this.parts.program.secondsInside
  }

  async *draw(request: DrawRequest): AsyncGenerator<SampleEvent, void, undefined> {
    const { plan, model, batchSize, dimension } = this.parts
    // The first batch tells of all: its chains are as good as any.
    let record: ChainRecord | undefined
    const events = inBatches({
      ...{ request, batchSize, dimension },
      conditions: model.conditions,
      callsPerBatch: Math.ceil(plan.count / this.stepsPerCall),
      compute: (first, given) => {
        const wanted = wantedPlaces(request, first, batchSize)
        const fresh = first <= (request.first ?? 0) ? this.recordOf(wanted) : undefined
        record ??= fresh
        return this.walk({ request, first, given, wanted, record: fresh })
      },
    })
    for await (const event of events) {
      yield event
      if (event.type !== 'samples' || !record) continue
      yield { type: 'chains', ...this.diagnosisOf(record, request) }
      record = undefined
    }
  }

  async dispose(): Promise<void> {
    await this.parts.program.dispose()
  }

  private get stepsPerCall(): number {
    const { batchSize, dimension, plan } = this.parts
    const steps = Math.floor(callNoise / (batchSize * dimension))
    return Math.min(plan.count, callSteps, Math.max(1, steps))
  }

  /** What chains of a density that stays the same go through. */
  private recordOf(wanted: Places): ChainRecord | undefined {
    const { plan, batchSize, dimension } = this.parts
    if (plan.keptFrom === undefined) return undefined
    return new ChainRecord({ ...wanted, draws: plan.count - plan.keptFrom, batchSize, dimension })
  }

  private diagnosisOf(record: ChainRecord, request: DrawRequest): ChainDiagnosis {
    const { rule, plan, model, dimension } = this.parts
    const shapes = Object.entries(model.conditions ?? {})
    // One value for all is no wider than one row's.
    const alike =
      request.count === 1 ||
      shapes.every(([name, shape]) => (request.conditions?.[name]?.length ?? 0) <= sizeOf(shape))
    return diagnosis(record, { ...rule, alike, dimension, steps: plan.count })
  }

  /** Walks a batch of chains, those of points `first` … first + B − 1, to their ends, [B, d]. */
  private async *walk(batch: {
    readonly request: DrawRequest
    readonly first: number
    readonly given: Readonly<Record<string, Float32Array>>
    readonly wanted: Places
    readonly record: ChainRecord | undefined
  }): AsyncGenerator<void, HostArray, undefined> {
    const { request, first, given, wanted, record } = batch
    const { rule, plan, program, batchSize, dimension } = this.parts
    const streamOf = (part: string): RandomStream =>
      new RandomStream({ seed: request.seed, name: `sampling/${part}` })
    const [prior, noise, uniforms] = [streamOf('prior'), streamOf('noise'), streamOf('acceptance')]
    const rows = { first, count: batchSize }
    const points = { ...rows, width: dimension }
    const size = batchSize * dimension
    const memory = Object.entries(rule.memory).map(([name, of]) => [
      name,
      new Float32Array(of === 'point' ? size : batchSize).fill(plan.memory[name]!),
    ])
    program.setState({
      chain: {
        x: startPoints(prior.normal(points), plan.start),
        ...Object.fromEntries(memory),
      },
      given,
    })
    for (let done = 0; done < plan.count; done += this.stepsPerCall) {
      const count = Math.min(this.stepsPerCall, plan.count - done)
      const z = new Float32Array(count * size)
      const u = new Float32Array(rule.accepts ? count * batchSize : 0)
      for (let k = 0; k < count; k++) {
        noise.normal({ ...points, counter: done + k }, z.subarray(k * size, (k + 1) * size))
        const row = u.subarray(k * batchSize, (k + 1) * batchSize)
        if (rule.accepts) uniforms.uniform({ ...rows, width: 1, counter: done + k }, row)
      }
      const coefficients = Array.from({ length: count }, (_, k) => plan.at(done + k))
      const c = Object.keys(coefficients[0]!).map((name) => [
        `c.${name}`,
        Float64Array.from(coefficients, (of) => of[name]!),
      ])
      const { x, rowSums, acceptance } = await program.run(
        { z, ...(rule.accepts && { u }), ...Object.fromEntries(c) },
        count,
      )
      requireFiniteChains(rowSums!, { ...wanted, batchSize, first, done, rule })
      record?.add(x!, acceptance, plan.keptFrom! - done)
      yield
    }
    return (await program.getState())['chain']!['x']!
  }
}

/** Places of a batch. */
interface Places {
  readonly from: number
  readonly to: number
}

/** The places of a batch that hold points asked for. */
function wantedPlaces({ first = 0, count }: DrawRequest, at: number, batchSize: number): Places {
  return { from: Math.max(first, at) - at, to: Math.min(first + count, at + batchSize) - at }
}
