import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../derivative/index.ts'
import { generator } from '../../finite-differences.test-helper.ts'
import * as f from '../../ops/index.ts'
import { compile } from '../../program.ts'
import { blockFor, blockSize } from '../../runtime/blocks.ts'
import { nodeCpu, onnxRuntimeNode } from '../../runtime/node.ts'
import { loadOnHost } from '../../runtime/onnx.ts'
import { referenceRuntime } from '../../runtime/reference.ts'
import type { HostArray, Runtime } from '../../runtime/runtime.ts'
import { type Shape, sizeOf } from '../../shape.ts'
import type { Tensor, TensorType } from '../../tensor.ts'
import { type ProgramSpec, traceProgram } from '../../traced.ts'
import { singleStepGraph } from '../model.ts'

type Parameter = (shape: Shape) => Tensor

/** One layer of a network on pictures [B, C, H, W]; `h` are the results so far, the last one first. */
type Layer = (h: readonly Tensor[], parameter: Parameter, n: number) => Tensor

const perChannel = (x: Tensor, parameter: Parameter, examples: number): Tensor =>
  f.broadcastTo(parameter([examples, x.shape[1]!, 1, 1]), x.shape)

const conv =
  (kernel: readonly [number, number], channels: (c: number, n: number) => number): Layer =>
  ([x], parameter, n) => {
    const [inputs, outputs] = [x!.shape[1]!, channels(x!.shape[1]!, n)]
    return f.conv(x!, parameter([outputs, inputs, ...kernel]))
  }

/** Those that keep [H, W], so that any may follow any. */
const layers: Readonly<Record<string, Layer>> = {
  'a convolution to 16 channels': conv([3, 3], () => 16),
  'a convolution to 32 channels': conv([3, 3], () => 32),
  'a convolution to any number of channels': conv([3, 3], (_, n) => 1 + (n % 40)),
  'a convolution of one place': conv([1, 1], (c) => c),
  'an uneven kernel': conv([5, 3], () => 16),
  'a kernel of even extents': conv([2, 4], (c) => c),
  'a transposed convolution': ([x], parameter, n) =>
    f.convTranspose(x!, parameter([x!.shape[1]!, n % 2 ? 32 : 20, 3, 3])),
  'a convolution of a series': ([x], parameter) => {
    const [batch, channels, ...extents] = x!.shape as [number, number, ...number[]]
    const series = f.reshape(x!, [batch, channels, sizeOf(extents)])
    return f.reshape(f.conv(series, parameter([channels, channels, 3])), x!.shape)
  },
  'a strided one and back': ([x], parameter) => {
    const [, channels, ...extents] = x!.shape as [number, number, ...number[]]
    const w = parameter([channels, channels, 2, 2])
    return f.convTranspose(f.conv(x!, w, { stride: 2 }), w, { stride: 2, size: extents })
  },
  silu: ([x]) => f.silu(x!),
  'where, clip and a number': ([x]) =>
    f.where(f.greater(x!, 0), f.clip(x!, { low: -1, high: 1 }), f.mul(x!, 0.3)),
  'a shift for each channel': ([x], parameter) => f.add(x!, perChannel(x!, parameter, 1)),
  'a scale for each channel of each example': ([x], parameter) =>
    f.mul(perChannel(x!, parameter, x!.shape[0]!), x!),
  'a difference, the channels first': ([x], parameter) => f.sub(perChannel(x!, parameter, x!.shape[0]!), x!),
  'a quotient': ([x], parameter) => f.div(x!, f.add(f.square(perChannel(x!, parameter, 1)), 1)),
  'the larger for each channel': ([x], parameter) => f.max(f.sin(x!), perChannel(x!, parameter, 1)),
  'a scale for each example': ([x], parameter) =>
    f.mul(x!, f.broadcastTo(parameter([x!.shape[0]!, 1, 1, 1]), x!.shape)),
  'a picture for all examples': ([x], parameter) =>
    f.add(x!, f.broadcastTo(parameter([1, ...x!.shape.slice(1)]), x!.shape)),
  'a number for each place': ([x], parameter) =>
    f.mul(x!, f.broadcastTo(parameter([1, 1, ...x!.shape.slice(2)]), x!.shape)),
  'one group': ([x]) => f.groupNorm(x!, { groups: 1, epsilon: 0.1 }),
  'groups of half the channels': ([x]) => f.groupNorm(x!, { groups: x!.shape[1]! % 2 ? 1 : 2, epsilon: 0.1 }),
  'groups of one channel': ([x]) => f.groupNorm(x!, { groups: x!.shape[1]!, epsilon: 0.1 }),
  'a residual': ([x, ...others]) => {
    const same = others.find(({ shape }) => shape[1] === x!.shape[1])
    return same ? f.add(x!, same) : f.neg(x!)
  },
  'channels put together': ([x, y]) => (y ? f.concat([x!, y], { axis: 1 }) : x!),
  'some of the channels': ([x], _, n) => {
    const channels = x!.shape[1]!
    return channels <= 16 ? f.tanh(x!) : f.slice(x!, { axis: 1, start: n % 2 ? 16 : 3, end: channels })
  },
  'smaller and larger again': ([x]) => {
    const size = x!.shape.slice(2).map((extent) => (extent % 2 === 0 ? 2 : 1))
    return f.upsample(f.square(f.averagePool(x!, { size })), { factor: size })
  },
  'places that attend to each other': ([x], parameter) => {
    const [batch, channels, ...extents] = x!.shape as [number, number, ...number[]]
    const tokens = f.transpose(f.reshape(x!, [batch, channels, sizeOf(extents)]), [0, 2, 1])
    const flat = f.reshape(tokens, [batch * sizeOf(extents), channels])
    const keys = f.reshape(f.matmul(flat, parameter([channels, channels])), tokens.shape)
    const shares = f.softmax(f.matmul(keys, tokens, { transposeB: true }))
    return f.reshape(f.transpose(f.matmul(shares, tokens), [0, 2, 1]), x!.shape)
  },
  'a loop of convolutions': ([x], parameter) => {
    const channels = x!.shape[1]!
    const w = parameter([channels, channels, 3, 3])
    const step = ({ carry: { h } }: { carry: { h: Tensor } }): { carry: { h: Tensor } } => ({
      carry: { h: f.tanh(f.conv(h, w)) },
    })
    return f.scan({ carry: { h: x! }, length: 3, step }).carry.h
  },
  'channels last, and back': ([x]) => f.transpose(f.sin(f.transpose(x!, [0, 2, 3, 1])), [0, 3, 1, 2]),
  'examples mixed': ([x]) => f.sub(x!, f.broadcastTo(f.mean(x!, { axes: [0], keepDims: true }), x!.shape)),
}
const names = Object.keys(layers)

interface Recipe {
  readonly picture: Shape
  readonly steps: readonly { readonly layer: number; readonly n: number }[]
}

/** The network's loss and gradients by everything it is given, as a program of inputs p0, p1, … */
function programOf({ picture, steps }: Recipe): ProgramSpec {
  const build = (parameter: Parameter): Tensor => {
    const made = [parameter(picture)]
    for (const { layer, n } of steps) made.unshift(layers[names[layer]!]!(made, parameter, n))
    return f.mean(f.square(f.sub(made[0]!, 0.3)))
  }
  const types: Record<string, TensorType> = {}
  build((shape) => {
    const name = `p${Object.keys(types).length}`
    types[name] = { shape, dtype: 'float32' }
    return f.input(name, types[name])
  })
  return {
    name: 'pictures',
    inputs: types,
    step: ({ inputs }) => {
      let next = 0
      const loss = build(() => inputs[`p${next++}`]!)
      const gradients = grad(loss, Object.values(inputs))
      return {
        outputs: { loss, ...Object.fromEntries(gradients.map((g, i) => [`d p${i}`, f.add(g, 0)])) },
      }
    },
  }
}

/** Numbers that keep the network's values about 1: filters of unit length. */
function dataOf(spec: ProgramSpec): Record<string, Float32Array> {
  const random = generator(9)
  return Object.fromEntries(
    Object.entries(spec.inputs!).map(([name, { shape }], i) => {
      const size = i === 0 || shape[1] === 1 ? 1 : Math.sqrt(3 / sizeOf(shape.slice(1)))
      return [name, Float32Array.from({ length: sizeOf(shape) }, () => size * (2 * random() - 1))]
    }),
  )
}

async function runTwice(spec: ProgramSpec, runtime: Runtime): Promise<Record<string, HostArray>[]> {
  const program = await compile(spec, { runtime })
  const data = dataOf(spec)
  const results = [await program.run(data), await program.run(data)]
  await program.dispose()
  return results
}

/** ‖a − b‖ against the length of all gradients together. */
function expectAlike(
  actual: Record<string, HostArray>,
  expected: Record<string, HostArray>,
  tolerance: number,
): void {
  const whole = Math.hypot(...Object.values(expected).flatMap((values) => Array.from(values)))
  for (const [name, values] of Object.entries(expected)) {
    const off = Math.hypot(...Array.from(values, (value, i) => actual[name]![i]! - value))
    const size = Math.hypot(...values)
    expect(off / (size + 1e-3 * whole), `${name}, of length ${size}`).toBeLessThan(tolerance)
  }
}

const recipes = (options: { batch: number; channels: number; steps: number }): fc.Arbitrary<Recipe> =>
  fc.record({
    picture: fc
      .tuple(
        fc.integer({ min: 1, max: options.batch }),
        fc.integer({ min: 1, max: options.channels }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
      )
      .map((shape) => [...shape]),
    steps: fc.array(fc.record({ layer: fc.nat(names.length - 1), n: fc.nat(100) }), {
      minLength: 1,
      maxLength: options.steps,
    }),
  })

const ort = await onnxRuntimeNode()
const block = await blockSize(ort)

/** Blocks without the trial before: what is wrong must show. */
const inBlocks: Runtime = {
  name: 'node/cpu',
  summary: 'in blocks, whatever comes out',
  load: (program, { loop }) => {
    const session = { executionProviders: ['cpu'], intraOpNumThreads: 2 }
    return loadOnHost(ort, program, { loop, layout: { block }, session })
  },
}

/** Printed beside the tests that are skipped for it. */
const absent = block === undefined ? ' (this machine’s ONNX Runtime has no operators on blocks)' : ''

describe.skipIf(block === undefined)(`networks in blocks${absent}`, () => {
  it.each(names.map((name, layer) => [name, layer] as const))(
    'after a convolution and before one, %s gives what float64 gives',
    async (_name, layer) => {
      const around = [0, layer, 1].map((step) => ({ layer: step, n: 7 }))
      const spec = programOf({ picture: [3, 2, 4, 3], steps: around })
      const [first, second] = await runTwice(spec, inBlocks)
      expectAlike(first!, (await runTwice(spec, referenceRuntime))[0]!, 2e-5)
      expect(second).toEqual(first)
    },
  )

  it('of any layers give what the ordinary forms give, and the same bits again', async () => {
    await fc.assert(
      fc.asyncProperty(recipes({ batch: 33, channels: 40, steps: 6 }), async (recipe) => {
        const spec = programOf(recipe)
        const [first, second] = await runTwice(spec, inBlocks)
        const [plain] = await runTwice(spec, nodeCpu({ threads: 1, blocks: false }))
        expectAlike(first!, plain!, 1e-4)
        expect(second).toEqual(first)
      }),
      { numRuns: 40, seed: 4 },
    )
  })
})

it('converts values only where somebody needs the other order', () => {
  const spec = programOf({
    picture: [16, 32, 4, 4],
    steps: [
      'a convolution to 32 channels',
      'silu',
      'one group',
      'a shift for each channel',
      'a residual',
      'a convolution to 32 channels',
    ].map((name) => ({ layer: names.indexOf(name), n: 0 })),
  })
  const { nodes } = singleStepGraph(traceProgram(spec), { block: 16 })
  const count = (op: string): number => nodes.filter((node) => node.op.endsWith(`:${op}`)).length
  // In: the picture. Out: the picture's gradient, and two filters', each of which takes a picture with examples for channels.
  expect(count('ReorderInput')).toBe(1)
  expect(count('ReorderOutput')).toBe(5)
  expect(nodes.some(({ op }) => op === 'Conv')).toBe(false)
})

it('are taken wherever ONNX Runtime has them, and told of where they fail', async () => {
  const traced = traceProgram(programOf({ picture: [1, 1, 3, 3], steps: [{ layer: 0, n: 0 }] }))
  const told: string[] = []
  const hear = (text: string): void => void told.push(text)
  expect(await blockFor(ort, traced, hear)).toBe(block)
  expect(told).toEqual([])
  const picture = { shape: [1, 16, 3, 3], dtype: 'float32' } as const
  const looped = traceProgram({
    name: 'loop',
    inputs: { x: picture, w: { shape: [16, 16, 3, 3], dtype: 'float32' } },
    step: ({ inputs: { x, w } }) => ({
      outputs: f.scan({
        carry: { h: x! },
        length: 2,
        step: ({ carry }) => ({ carry: { h: f.conv(carry.h, w!) } }),
      }).carry,
    }),
  })
  expect(await blockFor(ort, looped, hear)).toBe(block)

  const failing = {
    Tensor: ort.Tensor,
    InferenceSession: { create: () => Promise.reject(new Error('no such operator\nat a line')) },
  }
  expect(await blockFor(failing, traced, hear)).toBeUndefined()
  expect(await blockFor(failing, traced, hear)).toBeUndefined()
  expect(told).toEqual([expect.stringContaining('cannot be used (no such operator), so the ordinary ones')])
  if (block === undefined) return

  // Right about the order, wrong about the network.
  const lying = {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: async (...args: Parameters<typeof ort.InferenceSession.create>) => {
        const session = await ort.InferenceSession.create(...args)
        return {
          run: async (feeds: Parameters<typeof session.run>[0]) => {
            const { loss, ...others } = await session.run(feeds)
            return loss
              ? { loss: new ort.Tensor('float32', Float32Array.of(Number.NaN), []), ...others }
              : others
          },
          release: () => session.release(),
        }
      },
    },
  }
  expect(await blockFor(lying, traced, hear)).toBeUndefined()
  expect(told).toHaveLength(2)
  expect(told[1]).toContain('do not give what they should')
  const none = traceProgram({ name: 'none', inputs: {}, step: () => ({ outputs: { y: f.constant(1) } }) })
  expect(await blockFor(failing, none, hear)).toBeUndefined()
})
