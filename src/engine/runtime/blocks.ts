import { grad } from '../derivative/index.ts'
import { topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret.ts'
import { callForBlocks } from '../onnx/blocked/plan.ts'
import { nchwc } from '../onnx/blocked/rule.ts'
import { opset } from '../onnx/model.ts'
import { encodeModel } from '../onnx/proto.ts'
import * as f from '../ops/index.ts'
import { sizeOf } from '../shape.ts'
import type { TensorType } from '../tensor.ts'
import { type Named, resultsOf, type TracedProgram, traceProgram } from '../traced.ts'
import { loadOnHost, type OnnxRuntimeModule, quiet } from './onnx.ts'

const known = new WeakMap<OnnxRuntimeModule, Promise<number | undefined>>()

/**
 * Channels in a block of ONNX Runtime's convolutions on blocks, for a program that has convolutions; undefined where
 * they are not there, or do not give what they should. ONNX Runtime calls these operators internal, so they are tried
 * on a small network, once a process; `onFallback` hears, once, why they are not taken.
 */
export async function blockFor(
  ort: OnnxRuntimeModule,
  program: TracedProgram,
  onFallback: (told: string) => void,
): Promise<number | undefined> {
  if (!callForBlocks(topologicalOrder(resultsOf(program)))) return undefined
  const found = known.get(ort) ?? tried(ort, onFallback)
  known.set(ort, found)
  return found
}

async function tried(
  ort: OnnxRuntimeModule,
  onFallback: (told: string) => void,
): Promise<number | undefined> {
  try {
    const block = await blockSize(ort)
    // A machine without wide vectors has no blocks: nothing is wrong there.
    if (block === undefined) return undefined
    const error = await errorInBlocks(ort, block)
    if (error < 1e-4) return block
    onFallback(slower(`do not give what they should (off by ${error.toExponential(0)})`))
  } catch (cause) {
    onFallback(slower(`cannot be used (${String((cause as Error).message).split('\n')[0]})`))
  }
  return undefined
}

function slower(why: string): string {
  return `ONNX Runtime's convolutions on blocks of channels ${why}, so the ordinary ones compute, which take two to ten times as long. The version of onnxruntime-node that this package names has them.`
}

/** How many channels lie side by side, read from where one element goes. */
export async function blockSize(ort: OnnxRuntimeModule): Promise<number | undefined> {
  const shape = [1, 16, 1, 2]
  const model = encodeModel({
    graph: {
      name: 'blocks',
      nodes: [{ op: `${nchwc}ReorderInput`, name: 'reorder', inputs: ['x'], outputs: ['y'], attributes: {} }],
      inputs: [{ name: 'x', type: 'float32', dims: shape }],
      outputs: [{ name: 'y', type: 'float32', dims: shape }],
      initializers: [],
    },
    ...{ opset, producer: 'scorefield', metadata: {} },
  })
  const session = await ort.InferenceSession.create(model, { ...quiet, executionProviders: ['cpu'] })
  // The second place of channel 0 comes after the first place of all channels of its block.
  const { y } = await session.run({
    x: new ort.Tensor(
      'float32',
      Float32Array.from({ length: 32 }, (_, i) => i),
      shape,
    ),
  })
  const block = ((await y!.getData()) as Float32Array).indexOf(1)
  await session.release()
  return block === 8 || block === 16 ? block : undefined
}

/** Largest error of a small network and its gradients in blocks, against float64; values are about 1. */
async function errorInBlocks(ort: OnnxRuntimeModule, block: number): Promise<number> {
  const types: Named<TensorType> = {
    x: { shape: [2, 3, 4, 4], dtype: 'float32' },
    first: { shape: [block, 3, 3, 3], dtype: 'float32' },
    second: { shape: [2 * block, block, 3, 3], dtype: 'float32' },
    shift: { shape: [1, 2 * block, 1, 1], dtype: 'float32' },
    last: { shape: [5, 2 * block, 1, 1], dtype: 'float32' },
  }
  const traced = traceProgram({
    name: 'blocks',
    inputs: types,
    step: ({ inputs: { x, first, second, shift, last } }) => {
      const wide = f.silu(f.groupNorm(f.conv(x!, first!), { groups: 1 }))
      const small = f.conv(f.averagePool(wide, { size: 2 }), second!)
      const moved = f.upsample(f.add(small, f.broadcastTo(shift!, small.shape)), { factor: 2 })
      const loss = f.mean(f.square(f.conv(f.tanh(f.mul(moved, 0.1)), last!)))
      const names = Object.keys(types)
      const gradients = grad(loss, [x!, first!, second!, shift!, last!])
      return {
        outputs: { loss, ...Object.fromEntries(names.map((name, i) => [`d ${name}`, gradients[i]!])) },
      }
    },
  })
  const data = traced.inputs.map(({ tensor }, k) =>
    Float32Array.from({ length: sizeOf(tensor.shape) }, (_, i) => Math.sin(1.3 * i + k) / (k > 0 ? 4 : 1)),
  )
  const given = new Map(traced.inputs.map(({ tensor }, k) => [tensor, Float64Array.from(data[k]!)]))
  const exact = interpret(
    traced.outputs.map(({ tensor }) => tensor),
    given,
  )
  const executor = await loadOnHost(ort, traced, {
    loop: false,
    layout: { block },
    session: { executionProviders: ['cpu'], intraOpNumThreads: 1 },
  })
  const { outputs } = await executor.run({ state: [], shared: [], inputs: data, steps: 1 })
  await executor.dispose()
  const errors = exact.flatMap((values, k) =>
    Array.from(values, (value, i) => Math.abs(outputs[k]![i]! - value)),
  )
  return Math.max(...errors)
}
