import { describe, expect, it } from 'vitest'
import * as f from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'
import { type ProgramSpec, traceProgram } from '../traced.ts'
import { type DecodedGraph, decodeModel } from './decode.test-helper.ts'
import { loopModel, singleStepModel } from './model.ts'
import { encodeModel } from './proto.ts'

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const
const single = (spec: Omit<ProgramSpec, 'name'>): DecodedGraph =>
  decodeModel(singleStepModel(traceProgram({ name: 'test', ...spec }))).graph

/** Every value that is read was made before, and no name is made twice, in the graph and in the graphs inside it. */
function expectWellFormed(graph: DecodedGraph, outside: ReadonlySet<string> = new Set()): void {
  const made = new Set(outside)
  const make = (name: string): void => {
    expect(made, `made twice: ${name}`).not.toContain(name)
    made.add(name)
  }
  for (const { name } of [...graph.inputs, ...graph.initializers]) make(name)
  for (const node of graph.nodes) {
    for (const name of node.inputs) if (name !== '') expect(made, `read by ${node.name}`).toContain(name)
    for (const { value } of Object.values(node.attributes))
      if (typeof value === 'object' && value !== null && 'nodes' in value)
        expectWellFormed(value as DecodedGraph, made)
    for (const name of node.outputs) make(name)
  }
  for (const { name } of graph.outputs) expect(made).toContain(name)
}

describe('what the writer writes, a reader of its own reads:', () => {
  it('every kind of attribute, type, shape and constant', () => {
    const inner = { name: 'inner', nodes: [], inputs: [], outputs: [], initializers: [] }
    const bytes = encodeModel({
      opset: 20,
      producer: 'me',
      metadata: { note: 'ünïcode', empty: '' },
      graph: {
        name: 'outer',
        nodes: [
          {
            op: 'Op',
            name: 'node',
            inputs: ['a', '', 'b'],
            outputs: ['c'],
            attributes: {
              i: -3,
              z: 0,
              ints: [1, -1, 0, 300],
              none: [],
              s: 'text',
              f: { float: 0.5 },
              g: inner,
            },
          },
        ],
        inputs: [{ name: 'a', type: 'float32', dims: ['K', 2, 0] }],
        outputs: [{ name: 'c', type: 'bool', dims: [] }],
        initializers: [
          { name: 'f', type: 'float32', dims: [2], data: [1.5, -0] },
          { name: 'i', type: 'int32', dims: [1], data: [-2] },
          { name: 'l', type: 'int64', dims: [], data: [-(2 ** 40)] },
          { name: 'b', type: 'bool', dims: [2], data: [1, 0] },
        ],
      },
    })
    const model = decodeModel(bytes)
    expect(model).toMatchObject({
      irVersion: 10,
      producer: 'me',
      opsets: [{ domain: '', version: 20 }],
      metadata: { note: 'ünïcode', empty: '' },
    })
    const { nodes, inputs, outputs, initializers, name } = model.graph
    expect(name).toBe('outer')
    expect(nodes[0]).toMatchObject({ op: 'Op', name: 'node', inputs: ['a', '', 'b'], outputs: ['c'] })
    // AttributeProto.AttributeType: FLOAT 1, INT 2, STRING 3, GRAPH 5, INTS 7.
    expect(nodes[0]!.attributes).toEqual({
      i: { type: 2, value: -3 },
      z: { type: 2, value: 0 },
      ints: { type: 7, value: [1, -1, 0, 300] },
      none: { type: 7, value: [] },
      s: { type: 3, value: 'text' },
      f: { type: 1, value: 0.5 },
      g: { type: 5, value: inner },
    })
    // TensorProto.DataType: FLOAT 1, INT32 6, INT64 7, BOOL 9.
    expect(inputs).toEqual([{ name: 'a', type: 1, dims: ['K', 2, 0] }])
    expect(outputs).toEqual([{ name: 'c', type: 9, dims: [] }])
    expect(initializers.map(({ type, dims, raw }) => [type, dims, Array.from(raw)])).toEqual([
      [1, [2], [0, 0, 0xc0, 0x3f, 0, 0, 0, 0x80]],
      [6, [1], [0xfe, 0xff, 0xff, 0xff]],
      [7, [], [0, 0, 0, 0, 0, 0xff, 0xff, 0xff]],
      [9, [2], [1, 0]],
    ])
  })
})

describe('a program of one step a call', () => {
  it('does not take one operation for another where names have commas in them', () => {
    const graph = single({
      inputs: { a: float(2), b: float(2), 'a,b': float(2), 'b,a': float(2) },
      step: ({ inputs: { a, b, 'a,b': ab, 'b,a': ba } }) => ({
        outputs: { first: f.sub(ab!, a!), second: f.sub(a!, ba!), third: f.sub(b!, a!) },
      }),
    })
    expect(graph.nodes.map(({ inputs }) => inputs)).toEqual([
      ['a,b', 'a'],
      ['a', 'b,a'],
      ['b', 'a'],
    ])
  })

  it('has the names and types that it was given', () => {
    const graph = single({
      state: { p: { w: float(3, 2) } },
      inputs: { x: float(4, 3), index: { shape: [4], dtype: 'int32' } },
      shared: { on: { shape: [], dtype: 'bool' } },
      step: ({ state, inputs }) => ({ outputs: { y: f.matmul(inputs['x']!, state['p']!['w']!) } }),
    })
    expect(graph.inputs).toEqual([
      { name: 'p/w', type: 1, dims: [3, 2] },
      { name: 'x', type: 1, dims: [4, 3] },
      { name: 'index', type: 6, dims: [4] },
      { name: 'on', type: 9, dims: [] },
    ])
    expect(graph.outputs).toEqual([
      { name: 'next p/w', type: 1, dims: [3, 2] },
      { name: 'y', type: 1, dims: [4, 2] },
    ])
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Gemm', 'Identity'])
    expectWellFormed(graph)
  })

  it('holds no code that nobody needs', () => {
    const graph = single({
      inputs: { x: float(4, 3) },
      step: ({ inputs }) => {
        f.exp(inputs['x']!)
        f.broadcastTo(f.sum(inputs['x']!), [4, 3])
        return { outputs: { y: f.sin(inputs['x']!) } }
      },
    })
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Sin'])
    expect(graph.initializers).toEqual([])
  })

  it('lets the runtime stretch, and adds a bias inside the product', () => {
    const graph = single({
      inputs: { x: float(4, 3), w: float(3, 5), b: float(5) },
      step: ({ inputs: { x, w, b } }) => {
        const y = f.add(f.matmul(x!, w!), f.broadcastTo(b!, [4, 5]))
        return { outputs: { y: f.mul(y, 2) } }
      },
    })
    expect(graph.nodes.map(({ op, inputs }) => [op, inputs.slice(0, 3)])).toEqual([
      ['Gemm', ['x', 'w', 'b']],
      ['Mul', ['%gemm_0', '%constant_0']],
    ])
  })

  it('does not add a bias inside a product that is needed by itself', () => {
    const graph = single({
      inputs: { x: float(4, 3), w: float(3, 5), c: float(4, 5) },
      step: ({ inputs: { x, w, c } }) => {
        const product = f.matmul(x!, w!)
        return { outputs: { product, y: f.add(product, c!) } }
      },
    })
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Gemm', 'Add'])
    expectWellFormed(graph)
  })

  it('tells names of its own from names of yours', () => {
    const graph = single({
      inputs: { sin_0: float(2), constant_0: float(2) },
      step: ({ inputs: { sin_0: a, constant_0: b } }) => ({
        outputs: { mul_1: f.mul(f.sin(a!), 2), y: f.sin(b!) },
      }),
    })
    expectWellFormed(graph)
  })
})

describe('a program of many steps a call', () => {
  const spec: ProgramSpec = {
    name: 'many',
    state: { p: { w: float(3) } },
    // Names that the loop might want for itself.
    inputs: { x: float(3), step: float(), condition: float() },
    shared: { rate: float() },
    step: ({ state, inputs, shared }) => {
      const w = state['p']!['w'] as Tensor
      const scaled = f.mul(f.broadcastTo(shared['rate']!, [3]), inputs['x']!)
      const next = f.add(w, f.mul(scaled, f.broadcastTo(f.add(inputs['step']!, inputs['condition']!), [3])))
      return {
        state: { p: { w: next } },
        outputs: { next, before: w, two: f.constant(2), rate2: shared['rate']! },
      }
    },
  }
  const { graph } = decodeModel(loopModel(traceProgram(spec)))
  const loop = graph.nodes[0]!
  const body = loop.attributes['body']!.value as DecodedGraph

  it('is one Loop that carries the state', () => {
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Loop'])
    expect(loop.inputs).toEqual(['steps', '', 'p/w'])
    expect(loop.outputs).toEqual(['next p/w', 'next', 'before', 'two', 'rate2'])
    expectWellFormed(graph)
  })

  it('takes and gives inputs and outputs with an axis over the steps', () => {
    expect(graph.inputs).toEqual([
      { name: 'steps', type: 7, dims: [] },
      { name: 'p/w', type: 1, dims: [3] },
      { name: 'x', type: 1, dims: ['K', 3] },
      { name: 'step', type: 1, dims: ['K'] },
      { name: 'condition', type: 1, dims: ['K'] },
      { name: 'rate', type: 1, dims: [] },
    ])
    expect(graph.outputs.map(({ dims }) => dims)).toEqual([[3], ['K', 3], ['K', 3], ['K'], ['K']])
  })

  it('has a body with the signature that ONNX asks for', () => {
    // Loop: iteration number, condition, carried … → condition, carried …, one slice of each scan output.
    expect(body.inputs.map(({ type, dims }) => [type, dims])).toEqual([
      [7, []],
      [9, []],
      [1, [3]],
    ])
    expect(body.outputs.map(({ type, dims }) => [type, dims])).toEqual([
      [9, []],
      [1, [3]],
      [1, [3]],
      [1, [3]],
      [1, []],
      [1, []],
    ])
    expect(body.initializers).toEqual([])
  })
})
