import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { afterAll, describe, expect, it } from 'vitest'
import { grad, hessianTrace, jacobianTrace, type TraceOptions } from '../derivative/index.ts'
import * as f from '../ops/index.ts'
import { operations } from '../ops/registry.ts'
import { intern, type Tensor } from '../tensor.ts'
import { type ProgramSpec, traceProgram } from '../traced.ts'
import { loopGraph, opset } from './model.ts'
import { idlePasses, passesNotNeeded } from './passes.ts'
import { encodeModel, type GraphProto } from './proto.ts'

const [rows, d, hidden] = [8, 4, 6]
const float = (...shape: number[]): { shape: number[]; dtype: 'float32' } => ({ shape, dtype: 'float32' })

/** A step of gradient descent on a loss of p (weights) and x. */
function step(loss: (p: Readonly<Record<string, Tensor>>, x: Tensor) => Tensor, outputs = d): ProgramSpec {
  const types = {
    w1: float(d, hidden),
    b: float(hidden),
    w2: float(hidden, hidden),
    w3: float(hidden, outputs),
  }
  return {
    name: 'step',
    state: { p: types },
    inputs: { x: float(rows, d) },
    step: ({ state, inputs }) => {
      const value = loss(state['p']!, inputs['x']!)
      const names = Object.keys(types)
      const gradients = grad(
        value,
        names.map((name) => state['p']![name]!),
      )
      const next = names.map((name, i) => [name, f.sub(state['p']![name]!, f.mul(0.1, gradients[i]!))])
      return { state: { p: Object.fromEntries(next) }, outputs: { loss: value } }
    },
  }
}

function network(p: Readonly<Record<string, Tensor>>, x: Tensor): Tensor {
  const h = f.silu(f.add(f.matmul(x, p['w1']!), f.broadcastTo(p['b']!, [rows, hidden])))
  return f.matmul(f.silu(f.add(h, f.matmul(f.layerNorm(h), p['w2']!))), p['w3']!)
}

const fieldStep = (options: TraceOptions): ProgramSpec =>
  step((p, x) => f.mean(jacobianTrace(network(p, x), x, options)))
const energyStep = (options: TraceOptions): ProgramSpec =>
  step((p, x) => f.mean(hessianTrace(f.reshape(network(p, x), [rows]), x, options)), 1)

const specs: Record<string, ProgramSpec> = {
  'a squared error': step((p, x) => f.mean(f.square(f.sub(network(p, x), x)))),
  'the trace of a field, forward': fieldStep({ way: 'forward' }),
  'the trace of a field, through the width': fieldStep({ way: 'width' }),
  'the trace of a field, backward': fieldStep({ way: 'reverse' }),
  'the trace of a field, unrolled': fieldStep({ way: 'unrolled' }),
  'the Laplacian of an energy, forward': energyStep({ way: 'forward' }),
  'the Laplacian of an energy, through the width': energyStep({ way: 'width' }),
  'the Laplacian of an energy, unrolled': energyStep({ way: 'unrolled' }),
  attention: step((p, x) => {
    const heads = f.reshape(f.matmul(x, p['w1']!), [2, 4, hidden])
    const shares = f.softmax(f.mul(0.5, f.matmul(heads, heads, { transposeB: true })))
    return f.mean(f.gelu(f.matmul(shares, f.transpose(heads, [0, 1, 2]))))
  }),
}

const folder = mkdtempSync(join(tmpdir(), 'scorefield-passes-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What ONNX Runtime makes of a graph, as a file, without some of its passes. */
async function optimised(graph: GraphProto, without: readonly string[]): Promise<Buffer> {
  const optimizedModelFilePath = join(folder, 'model.onnx')
  const session = await InferenceSession.create(
    encodeModel({ graph, opset, producer: 'scorefield', metadata: {} }),
    {
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      optimizedModelFilePath,
      extra: { 'optimization.disable_specified_optimizers': without.join(';') },
    },
  )
  await session.release()
  return readFileSync(optimizedModelFilePath)
}

describe.each(Object.entries(specs))('of a step of %s', (_name, spec) => {
  it('the passes that rest would change nothing', async () => {
    const graph = loopGraph(traceProgram(spec))
    const whole = await optimised(graph, [])
    expect((await optimised(graph, idlePasses)).equals(whole)).toBe(true)
    // The graph is no larger without those that its operators make needless.
    expect((await optimised(graph, passesNotNeeded(graph))).equals(whole)).toBe(true)
  })
})

it('the passes that rest would change nothing of any operation and its derivative', async () => {
  for (const operation of operations)
    for (const sample of operation.samples) {
      const inputs = Object.fromEntries(
        sample.inputs.map(({ shape, dtype = 'float32' }, i) => [`x${i}`, { shape, dtype }] as const),
      )
      const traced = traceProgram({
        name: operation.name,
        inputs,
        step: (given) => {
          const symbols = Object.values(given.inputs)
          const y = intern(operation, symbols, sample.attributes ?? {})
          const wrt = symbols.filter(({ dtype }) => dtype === 'float32')
          const gradients = y.dtype === 'float32' ? grad(f.sum(f.sin(y)), wrt) : []
          return { outputs: { y, ...Object.fromEntries(gradients.map((g, i) => [`g${i}`, g])) } }
        },
      })
      const graph = loopGraph(traced)
      const same = (await optimised(graph, idlePasses)).equals(await optimised(graph, []))
      expect(same, operation.name).toBe(true)
    }
})

it('a pass that is needed is not among them: a product of transposed stacks is one operator', async () => {
  const graph = loopGraph(traceProgram(specs['attention']!))
  expect(graph.nodes[0]!.op).toBe('Loop')
  expect(passesNotNeeded(graph)).not.toContain('MatmulTransposeFusion')
  const without = await optimised(graph, [...passesNotNeeded(graph), 'MatmulTransposeFusion'])
  expect(without.equals(await optimised(graph, []))).toBe(false)
})
