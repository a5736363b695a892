import type { Tensor as OrtTensor } from 'onnxruntime-common'
import { opset } from '../onnx/model.ts'
import { encodeModel } from '../onnx/proto.ts'
import { type OnnxRuntimeModule, quiet, type Session, type SessionOptions } from './onnx.ts'

type Direction = 'toHost' | 'toDevice'

/**
 * ONNX Runtime on a GPU, and the way for float32 tensors to and from it.
 *
 * A model of one Identity node moves them: onnxruntime-node can keep results in GPU buffers and take them as inputs,
 * but its own download of such a buffer is not written (`getData` ends the process), and it has no upload at all.
 *
 * The sessions of these models are never released: with its last session ONNX Runtime lets the device go and all
 * compiled kernels with it, and each program would start by compiling its own.
 */
export class Transfer {
  readonly ort: OnnxRuntimeModule
  readonly options: SessionOptions
  private readonly sessions = new Map<string, Promise<Session>>()

  constructor(ort: OnnxRuntimeModule, options: SessionOptions) {
    this.ort = ort
    this.options = { ...quiet, ...options }
  }

  /** Takes hold of the device. @throws what ONNX Runtime says where there is none. */
  async open(): Promise<void> {
    await this.session(0, 'toHost')
  }

  /** A copy of a tensor, in the host's memory or in a GPU buffer. */
  async copy(tensor: OrtTensor, direction: Direction): Promise<OrtTensor> {
    const session = await this.session(tensor.dims.length, direction)
    return (await session.run({ x: tensor }))['y']!
  }

  private session(rank: number, direction: Direction): Promise<Session> {
    const key = `${direction} ${rank}`
    const known = this.sessions.get(key)
    if (known) return known
    const made = this.ort.InferenceSession.create(copyModel(rank), {
      ...this.options,
      preferredOutputLocation: direction === 'toHost' ? 'cpu' : 'gpu-buffer',
    })
    this.sessions.set(key, made)
    made.catch(() => this.sessions.delete(key))
    return made
  }
}

/** y = x for float32 tensors of one rank and any extents, as an ONNX file. */
export function copyModel(rank: number): Uint8Array {
  const dims = Array.from({ length: rank }, (_, axis) => `extent ${axis}`)
  return encodeModel({
    graph: {
      name: 'copy',
      nodes: [{ op: 'Identity', name: 'copy', inputs: ['x'], outputs: ['y'], attributes: {} }],
      inputs: [{ name: 'x', type: 'float32', dims }],
      outputs: [{ name: 'y', type: 'float32', dims }],
      initializers: [],
    },
    opset,
    producer: 'scorefield',
    metadata: {},
  })
}
