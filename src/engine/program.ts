import { ScorefieldError } from '../base/index.ts'
import type { GraphCost } from './graph.ts'
import { loopModel, singleStepModel } from './onnx/model.ts'
import { defaultRuntime } from './runtime/platform.ts'
import type { Executor, HostArray, Runtime, RuntimeValue } from './runtime/runtime.ts'
import { sizeOf } from './shape.ts'
import { showType, type TensorType } from './tensor.ts'
import {
  type Groups,
  type Named,
  type ProgramSpec,
  programCost,
  type TracedProgram,
  traceProgram,
} from './traced.ts'

/** Where a program runs, and whether its calls loop; the platform's default runtime unless told. */
export interface CompileOptions {
  readonly runtime?: Runtime | undefined
  /** Whether a call may run several steps; needs no more than one graph either way. Default true if there is state. */
  readonly loop?: boolean
}

/** A program's state between two calls, to go back to. */
export interface StateSnapshot {
  readonly values: readonly RuntimeValue[]
}

/**
 * A traced step, compiled for a runtime: holds the state between calls and runs any number of steps in one.
 *
 * ```ts
 * const program = await compile({
 *   name: 'count', state: { n: { total: { shape: [], dtype: 'float32' } } }, inputs: { x: { shape: [], dtype: 'float32' } },
 *   step: ({ state, inputs }) => ({ state: { n: { total: add(state.n.total, inputs.x) } }, outputs: {} }),
 * })
 * ```
 */
export class Program {
  readonly traced: TracedProgram
  readonly runtime: Runtime
  private readonly executor: Executor
  private readonly loop: boolean
  private state: readonly RuntimeValue[] = []
  private shared: readonly RuntimeValue[] = []
  private seconds = 0
  /** Runs that have not ended, and the end of the last one. */
  private running = 0
  private lastRun: Promise<unknown> = Promise.resolve()

  constructor(traced: TracedProgram, runtime: Runtime, executor: Executor, loop: boolean) {
    this.traced = traced
    this.runtime = runtime
    this.executor = executor
    this.loop = loop
  }

  /** Seconds spent inside the runtime so far, transfers to and from it included. */
  get secondsInside(): number {
    return this.seconds
  }

  /** Sets every state tensor, by group and name. @throws where one is missing or of the wrong length. */
  setState(state: Groups<ArrayLike<number>>): void {
    this.requireIdle('setState')
    this.state = this.traced.state.map(({ name, tensor }) => {
      const slash = name.indexOf('/')
      return this.upload(name, tensor, state[name.slice(0, slash)]?.[name.slice(slash + 1)])
    })
  }

  /** A copy of the state, by group and name, once all runs have ended; of some of the groups, where they are named. */
  async getState(groups?: readonly string[]): Promise<Record<string, Record<string, HostArray>>> {
    await this.lastRun
    this.requireState()
    const result: Record<string, Record<string, HostArray>> = {}
    for (const [i, { name }] of this.traced.state.entries()) {
      const slash = name.indexOf('/')
      const group = name.slice(0, slash)
      if (groups && !groups.includes(group)) continue
      result[group] ??= {}
      result[group][name.slice(slash + 1)] = (await this.executor.download(this.state[i]!)).slice()
    }
    return result
  }

  /** The state as it is now; costs nothing but the memory, since values are never overwritten. */
  snapshot(): StateSnapshot {
    this.requireIdle('snapshot')
    this.executor.keep(this.state)
    return { values: this.state }
  }

  /** Goes back to a state that this program was in. @throws where the snapshot is another program's. */
  restore(snapshot: StateSnapshot): void {
    this.requireIdle('restore')
    const { state } = this.traced
    const fits = (value: RuntimeValue, i: number): boolean =>
      showType(value.type) === showType(state[i]!.tensor)
    if (snapshot.values.length !== state.length || !snapshot.values.every(fits))
      throw this.misuse('was never in the state of this snapshot.', 'Restore snapshots of the same program.')
    this.state = snapshot.values
  }

  /** Sets what serves all steps of all calls from now on. */
  setShared(values: Named<ArrayLike<number>>): void {
    this.requireIdle('setShared')
    this.shared = this.traced.shared.map(({ name, tensor }) => this.upload(name, tensor, values[name]))
  }

  /**
   * Runs `steps` steps (default 1) and keeps their state.
   *
   * Inputs hold the steps one after the other, [K, …shape]; so do the outputs that come back. A call made while
   * another is under way waits for it, and goes on from its state.
   * @throws where an input is missing or of the wrong length.
   */
  run(inputs: Named<HostArray> = {}, steps = 1): Promise<Record<string, HostArray>> {
    this.running++
    const run = this.lastRun.then(() => this.runNow(inputs, steps)).finally(() => this.running--)
    this.lastRun = run.catch(() => undefined)
    return run
  }

  private async runNow(inputs: Named<HostArray>, steps: number): Promise<Record<string, HostArray>> {
    this.requireState()
    if (!Number.isInteger(steps) || steps < 1) throw this.misuse(`cannot run ${steps} steps.`)
    if (steps !== 1 && !this.loop)
      throw this.misuse(`runs one step a call; ${steps} were asked for.`, 'Compile it with { loop: true }.')
    const started = performance.now()
    const result = await this.executor.run({
      state: this.state,
      shared: this.shared,
      steps,
      inputs: this.traced.inputs.map(({ name, tensor }) => {
        const data = inputs[name]
        if (data?.length !== steps * sizeOf(tensor.shape))
          throw this.misuse(
            `needs ${steps} × ${showType(tensor)} for input "${name}", but got ${data?.length ?? 'no'} values.`,
          )
        return data
      }),
    })
    this.seconds += (performance.now() - started) / 1000
    this.state = result.state
    return Object.fromEntries(this.traced.outputs.map(({ name }, i) => [name, result.outputs[i]!]))
  }

  /** Operations, floating-point work and peak memory of one step. */
  cost(): GraphCost {
    return programCost(this.traced)
  }

  /** The program as an ONNX file. */
  toOnnx(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    return (this.loop ? loopModel : singleStepModel)(this.traced, metadata)
  }

  /** Frees what the runtime holds, once all runs have ended; the program cannot run afterwards. */
  async dispose(): Promise<void> {
    await this.lastRun
    await this.executor.dispose()
  }

  private upload(name: string, type: TensorType, data: ArrayLike<number> | undefined): RuntimeValue {
    if (data?.length !== sizeOf(type.shape))
      throw this.misuse(`needs ${showType(type)} for "${name}", but got ${data?.length ?? 'no'} values.`)
    return this.executor.upload(type, copied(type, data))
  }

  private requireIdle(what: string): void {
    if (this.running > 0) throw this.misuse(`is running; ${what} has to wait.`, 'Await the run first.')
  }

  private requireState(): void {
    if (this.state.length !== this.traced.state.length)
      throw this.misuse('has no state yet.', 'Call setState first.')
    if (this.shared.length !== this.traced.shared.length)
      throw this.misuse('has no shared inputs yet.', 'Call setShared first.')
  }

  private misuse(message: string, hint?: string | undefined): ScorefieldError {
    return new ScorefieldError({
      kind: 'internal',
      code: 'engine/program',
      message: `The program "${this.traced.name}" ${message}`,
      hint,
    })
  }
}

/** A copy. Not by `Float64Array.from`, which takes ten times as long. */
function copied({ dtype }: TensorType, data: ArrayLike<number>): HostArray {
  if (dtype !== 'float32') return new Int32Array(data)
  return data instanceof Float32Array ? data.slice() : new Float64Array(data)
}

/** Traces a step and compiles it for a runtime (this platform's default unless given). */
export async function compile(spec: ProgramSpec, options: CompileOptions = {}): Promise<Program> {
  const traced = traceProgram(spec)
  const runtime = options.runtime ?? (await defaultRuntime())
  const loop = options.loop ?? traced.state.length > 0
  return new Program(traced, runtime, await runtime.load(traced, { loop }), loop)
}
