import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common'
import { loopModel, nextName, singleStepModel, stepsInput } from '../onnx/model.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { TensorType } from '../tensor.ts'
import type { TracedProgram } from '../traced.ts'
import type { Executor, HostArray, RuntimeValue } from './runtime.ts'

/** What onnxruntime-node and onnxruntime-web have in common. */
export interface OnnxRuntimeModule {
  readonly Tensor: typeof OrtTensor
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
}

interface OnnxValue extends RuntimeValue {
  readonly tensor: OrtTensor
}

/** Makes a program ready in ONNX Runtime. */
export async function loadOnnx(
  ort: OnnxRuntimeModule,
  program: TracedProgram,
  options: { loop: boolean; session: InferenceSession.SessionOptions },
): Promise<Executor> {
  const model = options.loop ? loopModel(program) : singleStepModel(program)
  const session = await ort.InferenceSession.create(model, options.session)
  return new OnnxExecutor(ort, session, program, options.loop)
}

class OnnxExecutor implements Executor {
  private readonly ort: OnnxRuntimeModule
  private readonly session: InferenceSession
  private readonly program: TracedProgram
  private readonly loop: boolean

  constructor(ort: OnnxRuntimeModule, session: InferenceSession, program: TracedProgram, loop: boolean) {
    this.ort = ort
    this.session = session
    this.program = program
    this.loop = loop
  }

  upload(type: TensorType, data: HostArray): OnnxValue {
    return { type, tensor: this.tensorOf(type, type.shape, data) }
  }

  async download(value: RuntimeValue): Promise<HostArray> {
    return (await (value as OnnxValue).tensor.getData()) as HostArray
  }

  async run(call: Parameters<Executor['run']>[0]): ReturnType<Executor['run']> {
    const { program } = this
    const feeds: Record<string, OrtTensor> = {}
    if (this.loop) feeds[stepsInput] = new this.ort.Tensor('int64', BigInt64Array.of(BigInt(call.steps)), [])
    program.state.forEach(({ name }, i) => {
      feeds[name] = (call.state[i] as OnnxValue).tensor
    })
    program.shared.forEach(({ name }, i) => {
      feeds[name] = (call.shared[i] as OnnxValue).tensor
    })
    program.inputs.forEach(({ name, tensor }, i) => {
      const shape = this.loop ? [call.steps, ...tensor.shape] : tensor.shape
      feeds[name] = this.tensorOf(tensor, shape, call.inputs[i]!)
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

  async dispose(): Promise<void> {
    await this.session.release()
  }

  private tensorOf(type: TensorType, shape: Shape, data: HostArray): OrtTensor {
    const converted =
      type.dtype === 'float32'
        ? as(Float32Array, data)
        : type.dtype === 'int32'
          ? as(Int32Array, data)
          : as(Uint8Array, data)
    if (converted.length !== sizeOf(shape))
      throw new RangeError(`${converted.length} values for a tensor of ${sizeOf(shape)} elements`)
    return new this.ort.Tensor(type.dtype, converted as Float32Array, shape)
  }
}

/** The data itself if it is of the class already, else converted. */
function as<T extends HostArray>(type: { new (data: ArrayLike<number>): T }, data: HostArray): T {
  return data instanceof type ? data : new type(data)
}
