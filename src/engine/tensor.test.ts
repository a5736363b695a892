import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { grad } from './derivative/index.ts'
import { graphCost, topologicalOrder } from './graph.ts'
import { interpret } from './interpret.ts'
import { singleStepModel } from './onnx/model.ts'
import { defineOperation, type Operation } from './operation.ts'
import * as f from './ops/index.ts'
import { intern, interned, internedCount, type Tensor, withLabel, withOwnExpressions } from './tensor.ts'
import { traceProgram } from './traced.ts'

const x = f.input('x', { shape: [2, 3], dtype: 'float32' })
const y = f.input('y', { shape: [2, 3], dtype: 'float32' })

describe('equal expressions are one object', () => {
  const same: Record<string, () => Tensor> = {
    'an operation': () => f.sin(x),
    'nested operations': () => f.matmul(f.exp(x), f.sin(y), { transposeB: true }),
    'a number': () => f.constant(2),
    'a small constant': () => f.constant({ shape: [2], data: [1, 2] }),
    'a large constant': () =>
      f.constant({ shape: [100], data: Float64Array.from({ length: 100 }, (_, i) => i) }),
    attributes: () => f.clip(x, { low: 0, high: Number.POSITIVE_INFINITY }),
    'a derivative': () => grad(f.sum(f.silu(x)), [x])[0]!,
  }
  it.each(Object.entries(same))('%s', (_name, build) => {
    expect(build()).toBe(build())
  })

  it('whichever way round a sum or product is written', () => {
    expect(f.add(x, y)).toBe(f.add(y, x))
    expect(f.mul(x, y)).toBe(f.mul(y, x))
    const [a, b] = ['a', 'b'].map((name) => f.input(name, { shape: [3], dtype: 'float32' })) as [
      Tensor,
      Tensor,
    ]
    const wide = (t: Tensor): Tensor => f.broadcastTo(t, [2, 3])
    expect(f.mul(wide(a), wide(b))).toBe(f.mul(wide(b), wide(a)))
    expect(f.sub(x, y)).not.toBe(f.sub(y, x))
  })
})

describe('different expressions are different objects', () => {
  const large = (last: number): Tensor =>
    f.constant({ shape: [100], data: Array.from({ length: 100 }, (_, i) => (i === 99 ? last : i)) })
  const different: Record<string, [Tensor, Tensor]> = {
    'inputs of one name': [f.input('z', x), f.input('z', x)],
    '0 and −0': [f.constant(0), f.constant(-0)],
    'types of constants': [f.constant(1), f.constant(1, { dtype: 'int32' })],
    'large constants': [large(1), large(2)],
    'infinite attributes': [
      f.clip(x, { low: Number.NEGATIVE_INFINITY, high: 1 }),
      f.clip(x, { low: Number.NaN, high: 1 }),
    ],
  }
  it.each(Object.entries(different))('%s', (_name, [a, b]) => {
    expect(a).not.toBe(b)
  })

  it('operations of one name, which are told apart by what they are', () => {
    const shift = (by: number): Operation =>
      defineOperation({
        name: 'shift',
        summary: `x plus ${by}`,
        infer: ([t]) => t!,
        derivative: ({ f: ops, cotangent }) => [ops.mul(by, cotangent)],
        lower: (c) => c.node('Add', [c.input(0), c.float(by)]),
        reference: ([t]) => t!.data.map((value) => value + by),
        samples: [],
      })
    const [two, three] = [shift(2), shift(3)]
    const build = (): [Tensor, Tensor] => [intern(two, [x], {}), intern(three, [x], {})]
    for (const [a, b] of [build(), withOwnExpressions(build)]) {
      expect(a).not.toBe(b)
      const given = new Map([[x, new Float64Array(6)]])
      expect(interpret([a, b], given).map((data) => data[0])).toEqual([2, 3])
      const slopes = [a, b].map((t) => grad(f.sum(t), [x])[0]!)
      expect(interpret(slopes, given).map((data) => data[0])).toEqual([2, 3])
    }
    expect(build()).toEqual(build())
    expect(interned(three, [x])).toBe(build()[1])
  })

  it('attributes that are alike as JSON', () => {
    const anything = defineOperation({
      name: 'anything',
      summary: 'x, with any attributes',
      infer: ([t]) => t!,
      lower: (c) => c.input(0),
      reference: ([t]) => t!.data,
      samples: [],
    })
    const values = [
      0,
      -0,
      Number.NaN,
      'NaN',
      Number.NEGATIVE_INFINITY,
      '-Infinity',
      null,
      'null',
      undefined,
      [1, [2]],
      [[1], 2],
      '1,2',
      ['1,2'],
      ['1', '2'],
      { a: 1 },
    ]
    const tensors = values.map((value) => intern(anything, [x], { value }))
    expect(new Set(tensors).size).toBe(values.length)
    expect(intern(anything, [x], { value: [1, [2]] })).toBe(tensors[9])
    for (const value of [new Float64Array(2), new Map(), () => 0])
      expect(() => intern(anything, [x], { value })).toThrow('cannot be an attribute')
  })

  it('constants made of one array that was overwritten in between', () => {
    for (const length of [3, 100]) {
      const buffer = new Float64Array(length)
      const before = f.constant({ shape: [length], data: buffer })
      buffer[0] = 1
      const after = f.constant({ shape: [length], data: buffer })
      expect(before).not.toBe(after)
      expect((before.attributes['data'] as Float64Array)[0]).toBe(0)
    }
  })

  it('a concat keeps its parts when the list that it was given changes', () => {
    const parts = [x, y]
    const joined = f.concat(parts, { axis: 0 })
    parts.pop()
    expect(joined.inputs).toEqual([x, y])
  })
})

it('labels nest, and end with their body, also by an error', () => {
  const inside = withLabel('block 1', () => withLabel('linear', () => f.sin(f.cos(x))))
  expect(inside.label).toBe('block 1 / linear')
  expect(() =>
    withLabel('broken', () => {
      throw new Error('so')
    }),
  ).toThrow('so')
  expect(f.tan(f.cos(y)).label).toBe('')
})

it('a chain of 20,000 operations does not overflow the stack', () => {
  const program = traceProgram({
    name: 'deep',
    inputs: { x: { shape: [], dtype: 'float32' } },
    step: ({ inputs }) => {
      let deep = inputs['x']!
      for (let i = 0; i < 10_000; i++) deep = f.sin(f.add(deep, 0.1))
      return { outputs: { deep, slope: grad(deep, [inputs['x']!])[0]! } }
    },
  })
  const results = program.outputs.map(({ tensor }) => tensor)
  expect(topologicalOrder(results.slice(0, 1)).length).toBe(20_002)
  expect(graphCost(results).operations).toBe(39_999)
  expect(singleStepModel(program).length).toBeGreaterThan(1e6)
})

it('expressions of a trace are its own and end with it', () => {
  const outside = f.sin(x)
  const inside = withOwnExpressions(() => {
    expect(f.sin(x)).toBe(f.sin(x))
    expect(f.constant(0.123)).toBe(f.constant(0.123))
    return f.sin(x)
  })
  expect(inside).not.toBe(outside)
  expect(f.sin(x)).toBe(outside)
})

it('graphs that nobody holds are freed', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const before = internedCount()
  const build = (): WeakRef<Tensor> => {
    const start = f.input('dropped', { shape: [], dtype: 'float32' })
    let deep = start
    for (let i = 0; i < 1000; i++) deep = f.sin(deep)
    return new WeakRef(start)
  }
  const dropped = build()
  expect(internedCount()).toBeGreaterThan(before + 900)
  // Finalizers run between tasks, some time after the collection.
  for (let i = 0; i < 50 && internedCount() > before + 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    collect()
  }
  expect(dropped.deref()).toBeUndefined()
  expect(internedCount()).toBeLessThan(before + 100)
})
