import { describe, expect, it } from 'vitest'
import { graphCost, printGraph, topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret.ts'
import * as f from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'
import { grad, hessianVectorProduct, jacobianTrace, jvp } from './index.ts'

/** A step that uses its operand more than once: the ways through n of them double n times. */
const links: Record<string, (y: Tensor) => Tensor> = {
  'y (y + sin y)': (y) => f.mul(y, f.add(y, f.sin(y))),
  'y − y sin y': (y) => f.sub(y, f.mul(f.sin(y), y)),
  '−(−y (−y + sin y))': (y) => f.neg(f.mul(f.neg(y), f.add(f.neg(y), f.sin(y)))),
  'products of matrices': (y) =>
    f.add(f.mul(y, f.softmax(y)), f.matmul(y, f.matmul(y, y, { transposeA: true }))),
  'slices, concat and sums': (y) => {
    const [rows, columns] = y.shape as [number, number]
    const turned = [f.slice(y, { axis: 1, start: 1 }), f.slice(y, { axis: 1, start: 0, end: 1 })]
    const total = f.broadcastTo(f.sum(y, { axes: [0], keepDims: true }), [rows, columns])
    return f.mul(f.concat(turned, { axis: 1 }), total)
  },
  'where and numbers': (y) => f.where(f.greater(y, 0), f.mul(0.5, f.mul(y, f.mul(3, y))), f.neg(y)),
}

/** Everything that walks a graph: each derivative there is, of both orders, printing and counting. */
function walks(link: (y: Tensor) => Tensor, count: number): Record<string, readonly Tensor[]> {
  const x = f.input('x', { shape: [3, 2], dtype: 'float32' })
  const v = f.input('v', x)
  let y = x
  for (let i = 0; i < count; i++) y = link(y)
  const trace = jacobianTrace(y, x)
  return {
    forward: jvp([y], [x], [v]),
    reverse: grad(f.sum(y), [x]),
    'reverse over reverse': hessianVectorProduct(f.sum(y), [x], [v]),
    'forward over reverse': jvp(grad(f.sum(y), [x]), [x], [v]),
    trace: [trace],
    'the trace’s gradient': grad(f.sum(trace), [x]),
  }
}

/** Seconds that this process has computed, whatever else the machine does. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

describe.each(Object.entries(links))('a chain of %s', (_name, link) => {
  it('takes time for its links, not for the ways through them', () => {
    const started = cpuSeconds()
    walks(link, 14)
    // It takes a tenth of a second; a walk that forgets where it was took minutes, and would never end below.
    expect(cpuSeconds() - started).toBeLessThan(15)
    printGraph({ y: walks(link, 40)['the trace’s gradient']![0]! })
    expect(cpuSeconds() - started).toBeLessThan(30)
  }, 300_000)

  it('has derivatives that cost the same for every link', () => {
    const sizes = [20, 30, 40].map((count) =>
      Object.entries(walks(link, count)).map(
        ([name, results]) => [name, graphCost(results).operations, topologicalOrder(results).length] as const,
      ),
    )
    for (const [k, [name, operations, tensors]] of sizes[1]!.entries()) {
      expect(operations - sizes[0]![k]![1], name).toBe(sizes[2]![k]![1] - operations)
      expect(tensors - sizes[0]![k]![2], name).toBe(sizes[2]![k]![2] - tensors)
    }
  }, 300_000)
})

/** Value, slope and bend of `count` links from `start`, by the chain rule. */
function chainRule(
  start: number,
  count: number,
  link: (y: number) => { value: number; slope: number; bend: number },
): { first: number; second: number } {
  let [y, first, second] = [start, 1, 0]
  for (let i = 0; i < count; i++) {
    const { value, slope, bend } = link(y)
    second = bend * first * first + slope * second
    first *= slope
    y = value
  }
  return { first, second }
}

/** Reverse, forward, second-order and trace of a chain of two columns, beside the chain rule by hand. */
function expectByHand(
  y: Tensor,
  x: Tensor,
  at: Float64Array,
  exact: readonly { first: number; second: number }[],
): void {
  const v = f.constant({ shape: [1, 2], data: [1, 1] })
  const trace = jacobianTrace(y, x)
  const results = {
    reverse: grad(f.sum(y), [x])[0]!,
    forward: jvp([y], [x], [v])[0]!,
    bend: hessianVectorProduct(f.sum(y), [x], [v])[0]!,
    traceBend: grad(f.sum(trace), [x])[0]!,
    trace,
  }
  const values = interpret(Object.values(results), new Map([[x, at]]))
  const [reverse, forward, bend, traceBend, total] = values
  for (const [i, { first, second }] of exact.entries()) {
    expect(reverse![i]! / first).toBeCloseTo(1, 10)
    expect(forward![i]! / first).toBeCloseTo(1, 10)
    expect(bend![i]! / second).toBeCloseTo(1, 10)
    expect(traceBend![i]! / second).toBeCloseTo(1, 10)
  }
  expect(total![0]! / (exact[0]!.first + exact[1]!.first)).toBeCloseTo(1, 10)
}

it('40 links of y (y + sin y) have the derivatives that the chain rule gives by hand', () => {
  const x = f.input('x', { shape: [1, 2], dtype: 'float32' })
  let y = x
  for (let i = 0; i < 40; i++) y = links['y (y + sin y)']!(y)
  // Beside the fixed point, y + sin y = 1: nothing vanishes and nothing overflows.
  const at = Float64Array.of(0.51097342939, 0.51097342938)
  const link = (value: number) => ({
    value: value * (value + Math.sin(value)),
    slope: 2 * value + Math.sin(value) + value * Math.cos(value),
    bend: 2 + 2 * Math.cos(value) - value * Math.sin(value),
  })
  const exact = Array.from(at, (start) => chainRule(start, 40, link))
  expectByHand(y, x, at, exact)
})

it('10,000 links of sin y overflow no stack, and have the derivatives that the chain rule gives by hand', () => {
  const x = f.input('x', { shape: [1, 2], dtype: 'float32' })
  let y = x
  for (let i = 0; i < 10_000; i++) y = f.sin(y)
  const at = Float64Array.of(0.3, -1.2)
  const link = (value: number) => ({ value: Math.sin(value), slope: Math.cos(value), bend: -Math.sin(value) })
  const exact = Array.from(at, (start) => chainRule(start, 10_000, link))
  expectByHand(y, x, at, exact)
  expect(printGraph({ slope: grad(f.sum(y), [x])[0]! }).split('\n').length).toBeGreaterThan(10_000)
}, 300_000)
