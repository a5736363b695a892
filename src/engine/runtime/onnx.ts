import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common'
import { type LayoutOptions, loopGraph, opset, singleStepGraph } from '../onnx/model.ts'
import { passesNotNeeded } from '../onnx/passes.ts'
import { encodeModel } from '../onnx/proto.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { TensorType } from '../tensor.ts'
import { nextName, stepsInput, type TracedProgram } from '../traced.ts'
import type { Executor, HostArray, RuntimeValue } from './runtime.ts'

export type SessionOptions = InferenceSession.SessionOptions

/** A model made ready to run. */
export interface Session {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>
  release(): Promise<void>
}

/** What onnxruntime-node and onnxruntime-web have in common. */
export interface OnnxRuntimeModule {
  readonly Tensor: typeof OrtTensor
  readonly InferenceSession: {
    create(model: Uint8Array, options?: SessionOptions): Promise<Session>
  }
}

/** Errors only: what ONNX Runtime remarks about its choices is not for the user. */
export const quiet: SessionOptions = { graphOptimizationLevel: 'all', logSeverityLevel: 3 }

interface HostValue extends RuntimeValue {
  readonly tensor: OrtTensor
}

/**
 * Makes a program ready in ONNX Runtime on the CPU; several steps run as one ONNX Loop.
 * `config` are entries of ONNX Runtime's session configuration, beside those that say which optimiser passes rest.
 */
export async function loadOnHost(
  ort: OnnxRuntimeModule,
  program: TracedProgram,
  options: {
    loop: boolean
    session: SessionOptions
    config?: Readonly<Record<string, string>>
    layout?: LayoutOptions
  },
): Promise<Executor> {
  const graph = (options.loop ? loopGraph : singleStepGraph)(program, options.layout)
  const config = {
    'optimization.disable_specified_optimizers': passesNotNeeded(graph).join(';'),
    ...options.config,
  }
  const model = encodeModel({ graph, opset, producer: 'scorefield', metadata: {} })
  const session = await ort.InferenceSession.create(model, { ...quiet, ...options.session, extra: config })
  return new HostExecutor(ort, session, program, options.loop)
}

class HostExecutor implements Executor {
  private readonly ort: OnnxRuntimeModule
  private readonly session: Session
  private readonly program: TracedProgram
  private readonly loop: boolean

  constructor(ort: OnnxRuntimeModule, session: Session, program: TracedProgram, loop: boolean) {
    this.ort = ort
    this.session = session
    this.program = program
    this.loop = loop
  }

  upload(type: TensorType, data: HostArray): HostValue {
    return { type, tensor: hostTensor(this.ort, type, type.shape, data) }
  }

  async download(value: RuntimeValue): Promise<HostArray> {
    return (await (value as HostValue).tensor.getData()) as HostArray
  }

  async run(call: Parameters<Executor['run']>[0]): ReturnType<Executor['run']> {
    const { program } = this
    const feeds: Record<string, OrtTensor> = {}
    if (this.loop) feeds[stepsInput] = new this.ort.Tensor('int64', BigInt64Array.of(BigInt(call.steps)), [])
    program.state.forEach(({ name }, i) => {
      feeds[name] = (call.state[i] as HostValue).tensor
    })
    program.shared.forEach(({ name }, i) => {
      feeds[name] = (call.shared[i] as HostValue).tensor
    })
    program.inputs.forEach(({ name, tensor }, i) => {
      const shape = this.loop ? [call.steps, ...tensor.shape] : tensor.shape
      feeds[name] = hostTensor(this.ort, tensor, shape, call.inputs[i]!)
    })
    const results = await this.session.run(feeds)
    const state = program.state.map(({ name, tensor }) => ({
      type: tensor,
      tensor: results[nextName(name)]!,
    }))
    const outputs = await Promise.all(
      program.outputs.map(async ({ name }) => (await results[name]!.getData()) as HostArray),
    )
    return { state, outputs }
  }

  /** Nothing to do: what is on the host goes when nobody refers to it. */
  keep(): void {}

  async dispose(): Promise<void> {
    await this.session.release()
  }
}

/** Elements on the host as a tensor of ONNX Runtime, converted where they are of another class. */
export function hostTensor(
  ort: OnnxRuntimeModule,
  type: TensorType,
  shape: Shape,
  data: HostArray,
): OrtTensor {
  const converted = hostArray(type, data)
  if (converted.length !== sizeOf(shape))
    throw new RangeError(`${converted.length} values for a tensor of ${sizeOf(shape)} elements`)
  return new ort.Tensor(type.dtype, converted as Float32Array, shape)
}

/** The data in the class that ONNX Runtime keeps this type in; the data itself if it is of that class. */
function hostArray(type: TensorType, data: HostArray): HostArray {
  if (type.dtype === 'float32') return as(Float32Array, data)
  return type.dtype === 'int32' ? as(Int32Array, data) : as(Uint8Array, data)
}

function as<T extends HostArray>(type: { new (data: ArrayLike<number>): T }, data: HostArray): T {
  return data instanceof type ? data : new type(data)
}
