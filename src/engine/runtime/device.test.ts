import { expect, it } from 'vitest'
import { add } from '../ops/index.ts'
import { Program } from '../program.ts'
import { traceProgram } from '../traced.ts'
import { loadOnDevice } from './device.ts'
import type { OnnxRuntimeModule, Session } from './onnx.ts'
import type { Runtime } from './runtime.ts'
import { Transfer } from './transfer.ts'

/** Stands in for ONNX Runtime's tensors, and counts the GPU buffers that are alive. */
class FakeTensor {
  static buffers = 0
  readonly dims: readonly number[]
  readonly data: Float32Array
  readonly location: 'cpu' | 'gpu-buffer'
  private freed = false

  constructor(
    _type: string,
    data: Float32Array,
    dims: readonly number[],
    location: 'cpu' | 'gpu-buffer' = 'cpu',
  ) {
    this.data = data
    this.dims = dims
    this.location = location
    if (location === 'gpu-buffer') FakeTensor.buffers++
  }

  async getData(): Promise<Float32Array> {
    if (this.location !== 'cpu') throw new Error('a GPU buffer cannot be read from the host')
    return this.data
  }

  read(): Float32Array {
    if (this.freed) throw new Error('used after it was freed')
    return this.data
  }

  dispose(): void {
    this.freed = true
    FakeTensor.buffers--
  }
}

/** Computes total + x on its GPU; fails where x is negative. */
const fakeSession = (location: 'cpu' | 'gpu-buffer' | undefined): Session =>
  ({
    run: async (feeds: Record<string, FakeTensor>) => {
      if (location !== undefined) return { y: new FakeTensor('float32', feeds['x']!.read(), [], location) }
      const sum = feeds['n/total']!.read()[0]! + feeds['x']!.read()[0]!
      if (feeds['x']!.read()[0]! < 0) throw new Error('the GPU is lost')
      const result = Float32Array.of(sum)
      return {
        'next n/total': new FakeTensor('float32', result, [], 'gpu-buffer'),
        seen: new FakeTensor('float32', result, []),
      }
    },
    release: async () => {},
  }) as unknown as Session

const fakeModule = {
  Tensor: FakeTensor,
  InferenceSession: {
    create: async (
      _model: Uint8Array,
      { preferredOutputLocation: at }: { preferredOutputLocation: unknown },
    ) => fakeSession(typeof at === 'string' ? (at as 'cpu' | 'gpu-buffer') : undefined),
  },
} as unknown as OnnxRuntimeModule

const scalar = { shape: [], dtype: 'float32' } as const

async function counter(): Promise<Program> {
  FakeTensor.buffers = 0
  const traced = traceProgram({
    name: 'count',
    state: { n: { total: scalar } },
    inputs: { x: scalar },
    step: ({ state, inputs }) => {
      const total = add(state['n']!['total']!, inputs['x']!)
      return { state: { n: { total } }, outputs: { seen: total } }
    },
  })
  const executor = await loadOnDevice(new Transfer(fakeModule, {}), traced)
  const program = new Program(traced, { name: 'node/webgpu' } as Runtime, executor, true)
  program.setState({ n: { total: [0] } })
  return program
}

it('runs the steps of a call in turn, and holds one buffer a state tensor however many there were', async () => {
  const program = await counter()
  expect((await program.run({ x: Float32Array.of(1, 2, 3) }, 3))['seen']).toEqual(Float32Array.of(1, 3, 6))
  for (let call = 0; call < 5; call++) await program.run({ x: Float32Array.of(1, 1) }, 2)
  expect(FakeTensor.buffers).toBe(1)
  expect(await program.getState()).toEqual({ n: { total: Float32Array.of(16) } })
})

it('goes back to a snapshot as often as asked', async () => {
  const program = await counter()
  await program.run({ x: Float32Array.of(1) })
  const snapshot = program.snapshot()
  for (let again = 0; again < 3; again++) {
    program.restore(snapshot)
    expect((await program.run({ x: Float32Array.of(1, 1) }, 2))['seen']).toEqual(Float32Array.of(2, 3))
  }
})

it('keeps the state that a failed call was given, also where its first steps went well', async () => {
  const program = await counter()
  await program.run({ x: Float32Array.of(1) })
  await expect(program.run({ x: Float32Array.of(1, -1) }, 2)).rejects.toThrow('the GPU is lost')
  expect(await program.getState()).toEqual({ n: { total: Float32Array.of(1) } })
  expect((await program.run({ x: Float32Array.of(1) }))['seen']).toEqual(Float32Array.of(2))
})

it('frees every buffer when it is disposed', async () => {
  const program = await counter()
  await program.run({ x: Float32Array.of(1) })
  program.snapshot()
  await program.run({ x: Float32Array.of(1) })
  expect(FakeTensor.buffers).toBe(2)
  await program.dispose()
  expect(FakeTensor.buffers).toBe(0)
})
