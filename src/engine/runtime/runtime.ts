import type { TensorType } from '../tensor.ts'
import type { TracedProgram } from '../traced.ts'

/** Elements on the host; booleans are bytes 0 and 1. */
export type HostArray = Float32Array | Float64Array | Int32Array | Uint8Array

/** Where a program can run. */
export type RuntimeName = 'node/cpu' | 'node/webgpu' | 'web/wasm' | 'web/webgpu' | 'reference'

/** An array held by a runtime, possibly outside the host's memory. */
export interface RuntimeValue {
  readonly type: TensorType
}

/** Runs programs on one kind of device. */
export interface Runtime {
  readonly name: RuntimeName
  readonly summary: string
  /** Makes a program ready to run. With `loop`, a call may run any number of steps; without, one. */
  load(program: TracedProgram, options: { loop: boolean }): Promise<Executor>
  /** The packages that compute, with their versions. */
  packages?(): Promise<Readonly<Record<string, string>>>
}

/** A program made ready by a runtime. */
export interface Executor {
  upload(type: TensorType, data: HostArray): RuntimeValue
  download(value: RuntimeValue): Promise<HostArray>
  /**
   * Runs `steps` steps. `inputs` hold the steps one after the other. Returns the new state, and the outputs of the
   * steps one after the other. The state given is used up, unless `keep` was called for it; if the run fails, it stays.
   */
  run(call: {
    readonly state: readonly RuntimeValue[]
    readonly inputs: readonly HostArray[]
    readonly shared: readonly RuntimeValue[]
    readonly steps: number
  }): Promise<{ state: RuntimeValue[]; outputs: HostArray[] }>
  /** Says that these values will be asked for again after they were a run's state. */
  keep(values: readonly RuntimeValue[]): void
  dispose(): Promise<void>
}
