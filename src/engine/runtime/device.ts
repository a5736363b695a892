import type { Tensor as OrtTensor } from 'onnxruntime-common'
import { singleStepModel } from '../onnx/model.ts'
import { sizeOf } from '../shape.ts'
import type { TensorType } from '../tensor.ts'
import { nextName, type TracedProgram } from '../traced.ts'
import { hostTensor, type Session } from './onnx.ts'
import type { Executor, HostArray, RuntimeValue } from './runtime.ts'
import type { Transfer } from './transfer.ts'

/**
 * Makes a program ready in ONNX Runtime on a GPU, with its state in GPU buffers between steps.
 *
 * Several steps are several calls of ONNX Runtime here, not one ONNX Loop: the WebGPU provider has no Loop, so the
 * CPU's would run and carry every state tensor to the host and back in each step.
 */
export async function loadOnDevice(transfer: Transfer, program: TracedProgram): Promise<Executor> {
  const session = await transfer.ort.InferenceSession.create(singleStepModel(program), {
    ...transfer.options,
    preferredOutputLocation: Object.fromEntries(
      program.state.map(({ name, tensor }) => [nextName(name), onDevice(tensor) ? 'gpu-buffer' : 'cpu']),
    ),
  })
  return new DeviceExecutor(transfer, session, program)
}

/** Counters and flags stay on the host: they are few and small, and booleans have no GPU buffers. */
function onDevice(type: TensorType): boolean {
  return type.dtype === 'float32'
}

interface DeviceValue extends RuntimeValue {
  tensor: OrtTensor
  /** Somebody else than the program's current state refers to it. */
  kept: boolean
}

class DeviceExecutor implements Executor {
  private readonly transfer: Transfer
  private readonly session: Session
  private readonly program: TracedProgram
  /** GPU buffers not yet freed. */
  private readonly buffers = new Set<OrtTensor>()
  /** Frees buffers of values that went out of use unnoticed, such as those of forgotten snapshots. */
  private readonly forgotten = new FinalizationRegistry<OrtTensor>((tensor) => this.free(tensor))

  constructor(transfer: Transfer, session: Session, program: TracedProgram) {
    this.transfer = transfer
    this.session = session
    this.program = program
  }

  upload(type: TensorType, data: HostArray): DeviceValue {
    return { type, tensor: hostTensor(this.transfer.ort, type, type.shape, data), kept: false }
  }

  async download(value: RuntimeValue): Promise<HostArray> {
    const { tensor } = value as DeviceValue
    const copy = tensor.location === 'cpu' ? tensor : await this.transfer.copy(tensor, 'toHost')
    return (await copy.getData()) as HostArray
  }

  async run(call: Parameters<Executor['run']>[0]): ReturnType<Executor['run']> {
    const { program } = this
    const shared = await this.sharedFeeds(call.shared as DeviceValue[])
    const outputs = program.outputs.map(({ tensor }) => hostArrayOf(tensor, call.steps))
    let state = call.state as DeviceValue[]
    for (let step = 0; step < call.steps; step++) {
      const results = await this.session.run({
        ...shared,
        ...Object.fromEntries(program.state.map(({ name }, i) => [name, state[i]!.tensor])),
        ...Object.fromEntries(
          program.inputs.map(({ name, tensor }, i) => {
            const size = sizeOf(tensor.shape)
            const data = call.inputs[i]!.subarray(step * size, (step + 1) * size)
            return [name, hostTensor(this.transfer.ort, tensor, tensor.shape, data)]
          }),
        ),
      })
      for (const [i, { name, tensor }] of program.outputs.entries())
        outputs[i]!.set((await results[name]!.getData()) as HostArray, step * sizeOf(tensor.shape))
      if (step > 0) this.freeUnkept(state)
      state = program.state.map(({ name, tensor }) => this.hold(tensor, results[nextName(name)]!))
    }
    // Only now, so that a run that fails leaves the state it was given as it was.
    if (call.steps > 0) this.freeUnkept(call.state as DeviceValue[])
    return { state, outputs }
  }

  keep(values: readonly RuntimeValue[]): void {
    for (const value of values as readonly DeviceValue[]) value.kept = true
  }

  async dispose(): Promise<void> {
    for (const tensor of this.buffers) this.free(tensor)
    await this.session.release()
  }

  /** What serves all steps goes to the device once. */
  private async sharedFeeds(values: readonly DeviceValue[]): Promise<Record<string, OrtTensor>> {
    const feeds: Record<string, OrtTensor> = {}
    for (const [i, { name, tensor }] of this.program.shared.entries()) {
      const value = values[i]!
      if (onDevice(tensor) && value.tensor.location === 'cpu') {
        value.tensor = await this.transfer.copy(value.tensor, 'toDevice')
        this.watch(value)
      }
      feeds[name] = value.tensor
    }
    return feeds
  }

  private hold(type: TensorType, tensor: OrtTensor): DeviceValue {
    const value: DeviceValue = { type, tensor, kept: false }
    this.watch(value)
    return value
  }

  private watch(value: DeviceValue): void {
    if (value.tensor.location === 'cpu') return
    this.buffers.add(value.tensor)
    this.forgotten.register(value, value.tensor)
  }

  private freeUnkept(values: readonly DeviceValue[]): void {
    for (const value of values) if (!value.kept) this.free(value.tensor)
  }

  private free(tensor: OrtTensor): void {
    if (this.buffers.delete(tensor)) tensor.dispose()
  }
}

function hostArrayOf(type: TensorType, steps: number): HostArray {
  const length = steps * sizeOf(type.shape)
  if (type.dtype === 'float32') return new Float32Array(length)
  return type.dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length)
}
