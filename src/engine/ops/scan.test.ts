import { describe, expect, it } from 'vitest'
import { grad } from '../derivative/index.ts'
import {
  evaluate,
  expectDerivatives,
  generator,
  randomLike,
  weighted,
} from '../finite-differences.test-helper.ts'
import { graphCost, printGraph } from '../graph.ts'
import { decodeModel } from '../onnx/decode.test-helper.ts'
import { singleStepModel } from '../onnx/model.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import { referenceRuntime } from '../runtime/reference.ts'
import { intern, type Tensor } from '../tensor.ts'
import { traceProgram } from '../traced.ts'
import * as f from './index.ts'

const length = 5
const float = (name: string, ...shape: number[]): Tensor => f.input(name, { shape, dtype: 'float32' })

type Round = (given: { h: Tensor; x: Tensor; w: Tensor; k: Tensor | number }) => { h: Tensor; y: Tensor }

/** A recurrent network's round: h ← tanh(h W + x) + k/10, y = h · x. */
const round: Round = ({ h, x, w, k }) => {
  const position = typeof k === 'number' ? k / 10 : f.broadcastTo(f.mul(0.1, f.cast(k, 'float32')), h.shape)
  const product = f.add(f.matmul(h, f.sin(w)), x)
  return { h: f.add(f.tanh(product), position), y: f.sum(f.mul(h, x), { axes: [1] }) }
}

interface Made {
  readonly h: Tensor
  readonly y: Tensor
}

function looped(given: { h: Tensor; x: Tensor; w: Tensor }, reverse: boolean): Made {
  const { carry, outputs } = f.scan({
    ...{ carry: { h: given.h }, over: { x: given.x }, reverse },
    step: ({ carry, over, index }) => {
      const { h, y } = round({ h: carry.h, x: over.x, w: given.w, k: index })
      return { carry: { h }, outputs: { y } }
    },
  })
  return { h: carry.h, y: outputs.y }
}

function unrolled(given: { h: Tensor; x: Tensor; w: Tensor }, reverse: boolean): Made {
  let { h } = given
  const ys: Tensor[] = []
  for (let step = 0; step < length; step++) {
    const k = reverse ? length - 1 - step : step
    const x = f.reshape(f.slice(given.x, { axis: 0, start: k, end: k + 1 }), [3, 2])
    const made = round({ h, x, w: given.w, k })
    h = made.h
    ys[k] = f.expandDims(made.y, 0)
  }
  return { h, y: f.concat(ys, { axis: 0 }) }
}

const types = { h: [3, 2], x: [length, 3, 2], w: [2, 2] }
const inputs = Object.fromEntries(
  Object.entries(types).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
)
const arrays = Object.fromEntries(
  Object.entries(types).map(([name, shape], i) => [
    name,
    Float32Array.from(randomLike(float('', ...shape), generator(i + 1))),
  ]),
)

/** Value, gradients, and a combination's second derivatives. */
function everything(make: typeof looped, reverse: boolean) {
  return (given: Readonly<Record<string, Tensor>>): Record<string, Tensor> => {
    const wrt = [given['h']!, given['x']!, given['w']!]
    const made = make({ h: wrt[0]!, x: wrt[1]!, w: wrt[2]! }, reverse)
    const first = grad(weighted([made.h, made.y], generator(9)), wrt)
    const second = grad(weighted(first, generator(8)), wrt)
    const list = { last: made.h, ys: made.y, dh: first[0]!, dx: first[1]!, dw: first[2]! }
    return { ...list, ddh: second[0]!, ddx: second[1]!, ddw: second[2]! }
  }
}

describe.each([false, true])('reverse: %s', (reverse) => {
  it.each([
    { runtime: referenceRuntime, tolerance: 1e-13 },
    { runtime: nodeCpu({ threads: 1 }), tolerance: 3e-6 },
  ])(
    'a loop is what it is unrolled, with first and second derivatives, on $runtime.name',
    async ({ runtime, tolerance }) => {
      const run = async (make: typeof looped) => {
        const step = everything(make, reverse)
        const program = await compile(
          { name: 'loop', inputs, step: (given) => ({ outputs: step(given.inputs) }) },
          { runtime },
        )
        const results = await program.run(arrays)
        await program.dispose()
        return results
      }
      const [loop, plain] = [await run(looped), await run(unrolled)]
      expect(Object.keys(loop)).toEqual(Object.keys(plain))
      for (const [name, values] of Object.entries(plain)) {
        expect(loop[name]!.length).toBe(values.length)
        for (const [i, value] of values.entries())
          expect(Math.abs(loop[name]![i]! - value), `${name} ${i}`).toBeLessThan(
            tolerance * (1 + Math.abs(value)),
          )
      }
    },
  )

  it('has the derivatives that finite differences give', () => {
    const wrt = Object.entries(types).map(([name, shape]) => float(name, ...shape))
    const given = new Map(wrt.map((x) => [x, Float64Array.from(arrays[x.attributes['name'] as string]!)]))
    const made = looped({ h: wrt[0]!, x: wrt[1]!, w: wrt[2]! }, reverse)
    expectDerivatives(weighted([made.h, made.y], generator(3)), wrt, given, { order: 2 })
  })
})

/** All Loop nodes of a model, those inside others too, each with the number of nodes in its body. */
function loopsOf(model: Uint8Array): number[] {
  const inside = (nodes: ReturnType<typeof decodeModel>['graph']['nodes']): number[] =>
    nodes.flatMap((node) => {
      if (node.op !== 'Loop') return []
      const { nodes: own } = node.attributes['body']!.value as { nodes: typeof nodes }
      return [own.length, ...inside(own)]
    })
  return inside(decodeModel(model).graph.nodes)
}

it('a value and its gradient take one loop there and one back, whatever the length', () => {
  const counts = [3, 300].map((rounds) => {
    const traced = traceProgram({
      name: 'two loops',
      inputs: { ...inputs, x: { shape: [rounds, 3, 2], dtype: 'float32' } },
      step: (given) => {
        const [h, x, w] = ['h', 'x', 'w'].map((name) => given.inputs[name]!) as [Tensor, Tensor, Tensor]
        const made = looped({ h, x, w }, false)
        const [dw] = grad(f.add(f.sum(made.h), f.sum(made.y)), [w]) as [Tensor]
        return { outputs: { last: made.h, dw } }
      },
    })
    return loopsOf(singleStepModel(traced))
  })
  expect(counts[0]!.length).toBe(2)
  expect(counts[1]).toEqual(counts[0])
})

it('nothing goes back through outputs that nobody differentiates', () => {
  const sizes = [false, true].map((tells) => {
    const traced = traceProgram({
      name: 'told',
      inputs,
      step: (given) => {
        const [h, x] = [given.inputs['h']!, given.inputs['x']!]
        const { carry, outputs } = f.scan<'h', 'x', string>({
          ...{ carry: { h }, over: { x } },
          step: ({ carry, over }) => ({
            carry: { h: f.tanh(f.add(carry.h, over.x)) },
            outputs: tells ? { energy: f.sum(f.exp(f.sin(carry.h))), size: f.norm(carry.h) } : {},
          }),
        })
        return { outputs: { ...outputs, dh: grad(f.sum(carry.h), [h])[0]! } }
      },
    })
    return loopsOf(singleStepModel(traced))
  })
  expect(sizes[1]!.length).toBe(2)
  expect(sizes[1]![0]).toBeGreaterThan(sizes[0]![0]!)
  expect(sizes[1]![1]).toBe(sizes[0]![1])
})

it('takes other tensors in the place of what it captures', () => {
  const [x, w, v] = [float('x', 2), float('w', 2), float('v', 2)]
  const loop = (captured: Tensor): Tensor => {
    const step = ({ carry }: { carry: { x: Tensor } }): { carry: { x: Tensor } } => ({
      carry: { x: f.sin(f.mul(f.add(carry.x, 1), f.square(captured))) },
    })
    return f.scan({ carry: { x }, length: 3, step }).carry.x
  }
  const made = loop(w)
  const square = made.inputs[1]!
  const moved = intern(made.operation, [x, f.add(f.cos(v), square)], made.attributes)
  const plain = loop(f.sqrt(f.add(f.cos(v), f.square(w))))
  const given = new Map([x, w, v].map((t, i) => [t, randomLike(t, generator(i + 6))]))
  for (const by of [x, w, v]) {
    const slopes = [moved, plain].map((y) => evaluate(grad(weighted([y], generator(1)), [by])[0]!, given))
    for (const [i, slope] of slopes[1]!.entries()) expect(slopes[0]![i]).toBeCloseTo(slope, 12)
  }
})

it('what is the same in all rounds is computed outside', () => {
  const [x, w] = [float('x', 2), float('w', 2)]
  const { carry } = f.scan({
    ...{ carry: { x }, length: 4 },
    step: ({ carry }) => ({ carry: { x: f.mul(carry.x, f.exp(f.sin(w))) } }),
  })
  expect(graphCost([carry.x]).byOperation).toMatchObject({ exp: 1, sin: 1 })
  // 4 products of 2 numbers inside; the two functions outside.
  expect(graphCost([carry.x]).flops).toBe(graphCost([f.exp(f.sin(w))]).flops + 8)
  expect(printGraph({ x: carry.x })).toContain('body="1 operations"')
})

describe('inside a program with a state', () => {
  /** Unadjusted Langevin steps under the score −θ x, and the gradient of where they end by θ: descent. */
  const program = (loop: boolean) =>
    compile(
      {
        name: 'langevin',
        state: { model: { theta: { shape: [2], dtype: 'float32' } } },
        inputs: { noise: { shape: [6, 4, 2], dtype: 'float32' } },
        shared: { start: { shape: [4, 2], dtype: 'float32' } },
        step: ({ state, inputs, shared }) => {
          const theta = state['model']!['theta']!
          const rate = f.mul(0.1, theta)
          const { carry } = f.scan({
            ...{ carry: { x: shared['start']! }, over: { z: inputs['noise']! } },
            step: ({ carry: { x }, over: { z } }) => ({
              carry: { x: f.add(f.sub(x, f.mul(f.broadcastTo(rate, [4, 2]), x)), f.mul(0.3, z)) },
            }),
          })
          const loss = f.mean(f.square(carry.x))
          const next = f.sub(theta, f.mul(0.5, grad(loss, [theta])[0]!))
          // The captured rate and a copy of it leave the program, too.
          return { state: { model: { theta: next } }, outputs: { loss, rate, again: rate, end: carry.x } }
        },
      },
      { runtime: nodeCpu({ threads: 1 }), loop },
    )
  const start = Float32Array.from({ length: 8 }, (_, i) => i / 4 - 1)
  const noise = Float32Array.from({ length: 3 * 48 }, (_, i) => Math.sin(7 * i))

  it('runs in the loop over the steps as it does step by step, and as it is by hand', async () => {
    const [together, single] = [await program(true), await program(false)]
    for (const each of [together, single]) {
      each.setShared({ start })
      each.setState({ model: { theta: [1, 0.5] } })
    }
    const all = await together.run({ noise }, 3)
    const parts: Record<string, number[]> = {}
    for (let k = 0; k < 3; k++)
      for (const [name, values] of Object.entries(
        await single.run({ noise: noise.subarray(48 * k, 48 * (k + 1)) }),
      ))
        parts[name] = [...(parts[name] ?? []), ...values]
    for (const [name, values] of Object.entries(parts)) expect(Array.from(all[name]!), name).toEqual(values)
    expect(await together.getState()).toEqual(await single.getState())
    expect(all['again']).toEqual(all['rate'])
    // The first chain's first coordinate after six steps from −1, θ = 1.
    let x = -1
    for (let k = 0; k < 6; k++) x = 0.9 * x + 0.3 * noise[8 * k]!
    expect(all['end']![0]).toBeCloseTo(x, 6)
    for (const each of [together, single]) await each.dispose()
  })
})

describe('loops in loops', () => {
  /** xₙ ← xₙ + Σ of three inner steps x ← sin(w x), whose length of step is the outer carry. */
  const nested = (x: Tensor, w: Tensor): Tensor =>
    f.scan({
      ...{ carry: { x }, length: 3 },
      step: ({ carry: { x } }) => {
        const inner = f.scan({
          ...{ carry: { u: f.cos(x) }, length: 2 },
          step: ({ carry: { u } }) => ({
            carry: { u: f.add(f.sin(f.mul(w, u)), f.mul(x, u)) },
            outputs: { u },
          }),
        })
        return { carry: { x: f.add(inner.carry.u, f.sum(inner.outputs.u, { axes: [0] })) } }
      },
    }).carry.x

  it('have the right derivatives', () => {
    const [x, w] = [float('x', 2), float('w', 2)]
    const given = new Map([x, w].map((t, i) => [t, randomLike(t, generator(i + 4))]))
    expectDerivatives(weighted([nested(x, w)], generator(2)), [x, w], given, { order: 2 })
  })

  it('run in ONNX Runtime as in the reference, with their gradient', async () => {
    const results = await Promise.all(
      [referenceRuntime, nodeCpu({ threads: 1 })].map(async (runtime) => {
        const program = await compile(
          {
            name: 'nested',
            inputs: { x: { shape: [2], dtype: 'float32' }, w: { shape: [2], dtype: 'float32' } },
            step: ({ inputs }) => {
              const [x, w] = [inputs['x']!, inputs['w']!]
              const y = nested(x, w)
              const [dx, dw] = grad(f.sum(y), [x, w]) as [Tensor, Tensor]
              return { outputs: { y, dx, dw } }
            },
          },
          { runtime },
        )
        const result = await program.run({ x: Float32Array.of(0.3, -0.5), w: Float32Array.of(0.7, 0.2) })
        await program.dispose()
        return Object.values(result).flatMap((values) => Array.from(values))
      }),
    )
    for (const [i, value] of results[0]!.entries()) expect(results[1]![i]! / value).toBeCloseTo(1, 5)
  })
})

it('goes over whole numbers, counts its rounds, and carries several things', () => {
  const x = float('x', 3)
  const order = f.constant({ shape: [2, 3], data: [2, 0, 1, 1, 1, 2] }, { dtype: 'int32' })
  const { carry, outputs } = f.scan({
    ...{ carry: { x, total: f.constant(0) }, over: { order } },
    step: ({ carry, over, index }) => {
      const moved = f.gather(carry.x, over.order)
      const total = f.add(carry.total, f.mul(f.add(f.cast(index, 'float32'), 1), f.sum(moved)))
      return { carry: { total, x: moved }, outputs: { unchanged: carry.x } }
    },
  })
  const given = new Map([[x, Float64Array.of(1, 2, 4)]])
  // (4, 1, 2), then (1, 1, 2).
  expect(Array.from(evaluate(carry.x, given))).toEqual([1, 1, 2])
  expect(Array.from(evaluate(carry.total, given))).toEqual([7 + 2 * 4])
  expect(Array.from(evaluate(outputs.unchanged, given))).toEqual([1, 2, 4, 4, 1, 2])
  const dx = evaluate(grad(carry.total, [x])[0]!, given)
  expect(Array.from(dx)).toEqual([5, 3, 1])
})

it('refuses what does not fit', () => {
  const x = float('x', 3)
  const over = { a: float('a', 4, 3), b: float('b', 5, 3) }
  const same = ({ carry }: { carry: { x: Tensor } }) => ({ carry })
  const whole = f.input('n', { shape: [3], dtype: 'int32' })
  const mistakes: [() => unknown, string][] = [
    [() => f.scan({ carry: { x }, over, step: same }), 'b is float32[5, 3], for 4 rounds'],
    [() => f.scan({ carry: { x }, step: same }), 'no rounds cannot be run'],
    [() => f.scan({ carry: { x }, length: 0, step: same }), '0 rounds cannot be run'],
    [
      () => f.scan({ carry: { x }, length: 2, step: ({ carry }) => ({ carry: { x: f.sum(carry.x) } }) }),
      'the carry x is float32[3], after a step float32[]',
    ],
    [() => f.scan({ carry: { n: whole }, length: 2, step: ({ carry }) => ({ carry }) }), 'must be float32'],
    [
      () =>
        f.scan({
          carry: { x },
          length: 2,
          step: ({ carry }) => ({ carry, outputs: { big: f.greater(carry.x, 0) } }),
        }),
      'the output big is bool[3]; it must be float32',
    ],
  ]
  for (const [mistake, message] of mistakes) expect(mistake).toThrow(message)
})
