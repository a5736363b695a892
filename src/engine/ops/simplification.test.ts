import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cook, recipes } from '../derivative/random-graphs.test-helper.ts'
import { evaluate, generator, randomLike } from '../finite-differences.test-helper.ts'
import { graphCost } from '../graph.ts'
import type { Tensor } from '../tensor.ts'
import * as f from './index.ts'

const x = f.input('x', { shape: [2, 3], dtype: 'float32' })
const y = f.input('y', { shape: [2, 3], dtype: 'float32' })
const w = f.input('w', { shape: [3, 4], dtype: 'float32' })
const row = f.input('row', { shape: [1, 3], dtype: 'float32' })
const column = f.input('column', { shape: [2, 1], dtype: 'float32' })
const single = f.input('single', { shape: [1, 1], dtype: 'float32' })
const scalar = f.input('scalar', { shape: [], dtype: 'float32' })
const zero = f.input('zero', { shape: [], dtype: 'float32' })

const random = generator(3)
const given = new Map([x, y, w, row, column, single, scalar].map((t) => [t, randomLike(t, random)]))
given.set(zero, Float64Array.of(0))

/** Nothing is known of what is hidden, so nothing is simplified. */
const hide = (t: Tensor): Tensor => f.add(t, f.broadcastTo(zero, t.shape))
const show = (t: Tensor): Tensor => t

/** What to build, and how many operations it may take. `h` stands where the rule looks. */
const rules: Record<string, [build: (h: (t: Tensor) => Tensor) => Tensor, operations: number]> = {
  'x + 0': [(h) => f.add(x, h(all(0))), 0],
  '0 + x': [(h) => f.add(h(all(0)), x), 0],
  'x − 0': [(h) => f.sub(x, h(all(0))), 0],
  '0 − x': [(h) => f.sub(h(all(0)), x), 1],
  'x + x': [(h) => f.add(h(x), h(x)), 1],
  'x/8 + x/8': [(h) => f.add(f.mul(h(x), h(all(0.125))), f.mul(h(x), h(all(0.125)))), 1],
  'x + −y': [(h) => f.add(x, h(f.neg(y))), 1],
  '−x + y': [(h) => f.add(h(f.neg(x)), y), 1],
  'x · 1': [(h) => f.mul(x, h(all(1))), 0],
  'x · 0': [(h) => f.mul(x, h(all(0))), 1],
  'x · −1': [(h) => f.mul(x, h(all(-1))), 1],
  '2 · (3 · x)': [(h) => f.mul(h(all(2)), h(f.mul(h(all(3)), x))), 1],
  '2 · −x': [(h) => f.mul(h(all(2)), h(f.neg(x))), 1],
  '−x · −y': [(h) => f.mul(h(f.neg(x)), h(f.neg(y))), 1],
  'x / 1': [(h) => f.div(x, h(all(1))), 0],
  '0 / (x + 3)': [(h) => f.div(h(all(0)), f.add(x, 3)), 1],
  '−−x': [(h) => f.neg(h(f.neg(x))), 0],
  'x⁰': [(h) => f.pow(x, h(all(0))), 1],
  'x¹': [(h) => f.pow(x, h(all(1))), 0],
  'x²': [(h) => f.pow(x, h(all(2))), 1],
  'x³': [(h) => f.pow(x, h(all(3))), 2],
  '√(x + 2)': [(h) => f.pow(f.add(x, 2), h(all(0.5))), 2],
  '(x + 2)⁻¹': [(h) => f.pow(f.add(x, 2), h(all(-1))), 2],
  'exp of a repeated row': [(h) => f.exp(h(f.broadcastTo(row, [2, 3]))), 2],
  'sum of two repeated rows': [(h) => f.add(h(wide(row)), h(wide(f.sin(row)))), 3],
  'a repeated row times a number': [(h) => f.mul(h(wide(row)), h(wide(scalar))), 2],
  'constants, worked out': [(h) => f.add(x, h(f.mul(f.exp(h(numbers)), h(numbers)))), 1],
  'transpose of transpose': [(h) => f.transpose(h(f.transpose(x))), 0],
  'reshape of reshape': [(h) => f.reshape(h(f.reshape(x, [6])), [2, 3]), 0],
  'reshape of one number, repeated': [
    (h) => f.add(f.reshape(h(wide(scalar)), [3, 2]), f.reshape(x, [3, 2])),
    3,
  ],
  'repeated rows, put together': [(h) => f.concat([h(wide(row)), h(wide(f.sin(row)))], { axis: 1 }), 3],
  'single rows of one number repeated, put together': [
    (h) => f.concat([h(f.broadcastTo(single, [1, 3])), h(f.broadcastTo(f.sin(single), [1, 3]))], { axis: 1 }),
    4,
  ],
  'one number repeated to rows, put together': [
    (h) => f.concat([h(wide(single)), h(wide(f.sin(single)))], { axis: 1 }),
    5,
  ],
  'slice of slice': [(h) => cut(h(cut(x, 1, 3)), 1, 2), 1],
  'slice of all': [() => cut(x, 0, 3), 0],
  'slice of a repeated column': [(h) => cut(h(wide(column)), 1, 2), 0],
  'slice of a repeated row': [(h) => cut(h(wide(row)), 1, 2), 2],
  'sum of a repeated column': [(h) => f.sum(h(wide(column)), { axes: [1] }), 2],
  'sum of a repeated row over all': [(h) => f.sum(h(wide(row))), 2],
  'sum of a repeated row over its own axis': [(h) => f.sum(h(wide(row)), { axes: [1], keepDims: true }), 2],
  'sum of −x': [(h) => f.sum(h(f.neg(x))), 2],
  'sum over an axis of one': [() => f.sum(row, { axes: [0] }), 1],
  'where all is true': [() => f.where(f.broadcastTo(f.constant(1, { dtype: 'bool' }), [2, 3]), x, y), 0],
  'where both are the same': [() => f.where(f.greater(x, y), x, x), 0],
  'product with 0': [(h) => f.matmul(h(all(0)), w), 1],
  'product of a transpose': [(h) => f.matmul(h(f.transpose(x)), y), 1],
  'product of −x': [(h) => f.matmul(h(f.neg(x)), h(f.neg(w))), 1],
  'product of a repeated row': [(h) => f.matmul(h(wide(row)), w), 2],
  'product of a row with one number': [(h) => f.matmul(h(second), w), 2],
  'product of that row and a transpose': [(h) => f.matmul(h(second), h(f.transpose(f.transpose(w)))), 2],
  'product of a repeated row with a factor for each': [
    (h) => f.matmul(f.mul(h(wide(column)), h(wide(row))), w),
    2,
  ],
  'concat of one': [() => f.concat([x], { axis: 0 }), 0],
  'stopGradient twice': [(h) => f.stopGradient(h(f.stopGradient(x))), 1],
}

function all(value: number): Tensor {
  return f.broadcastTo(f.constant(value), [2, 3])
}
function wide(t: Tensor): Tensor {
  return f.broadcastTo(t, [2, 3])
}
function cut(t: Tensor, start: number, end: number): Tensor {
  return f.slice(t, { axis: 1, start, end })
}
const numbers = f.constant({ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] })
const second = f.constant({ shape: [1, 3], data: [0, 2.5, 0] })

describe.each(Object.entries(rules))('%s', (_name, [build, operations]) => {
  it('keeps its value', () => {
    const simple = evaluate(build(show), given)
    const plain = evaluate(build(hide), given)
    expect(simple.length).toBe(plain.length)
    for (const [i, value] of plain.entries()) expect(simple[i]).toBeCloseTo(value, 13)
  })

  it(`takes ${operations} operations`, () => {
    // A result that is stretched (a number that fills a shape, say) counts one, since it is written out.
    expect(graphCost([build(show)]).operations).toBe(operations)
  })
})

it('simplification changes no value of a random expression', () => {
  fc.assert(
    fc.property(recipes(12), (recipe) => {
      const simple = evaluate(cook(recipe, [x, y]), given)
      const plain = evaluate(cook(recipe, [x, y], hide), given)
      for (const [i, value] of plain.entries())
        expect(Math.abs(simple[i]! - value)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(value)))
    }),
    { numRuns: 300, seed: 4 },
  )
})

it('factors that float32 could not hold together stay apart', () => {
  const product = f.mul(1e-30, f.mul(1e-30, x))
  expect(graphCost([product]).operations).toBe(2)
})

describe('a simplification looks away from no mistake:', () => {
  const odd = f.broadcastTo(f.constant(0), [5])
  const mistakes: Record<string, () => unknown> = {
    'adding zeros of another shape': () => f.add(x, odd),
    'multiplying by zeros of another shape': () => f.mul(x, odd),
    'choosing between other shapes': () => f.where(f.constant(1, { dtype: 'bool' }), x, y),
    'a negative slice': () => f.slice(wide(row), { axis: 0, start: 2, end: 1 }),
    'a slice beyond a repeated axis': () => f.slice(wide(row), { axis: 0, start: 0, end: 9 }),
    'a slice beyond a slice': () => cut(cut(x, 0, 2), 1, 3),
    'stretching what was stretched': () => f.broadcastTo(wide(row), [4, 3]),
    'an incomplete permutation': () => f.transpose(x, [0]),
    'padding by less than nothing': () => f.pad(x, { axis: 0, before: -1 }),
    'a sum of what is no number': () => f.sum(f.greater(x, y)),
  }
  it.each(Object.entries(mistakes))('%s', (_name, mistake) => {
    expect(mistake).toThrow()
  })
})

it('where all factors are whole numbers, 0 − x works too', () => {
  const whole = f.input('n', { shape: [2], dtype: 'int32' })
  const value = evaluate(f.sub(0, whole), new Map([[whole, Float64Array.of(3, -4)]]))
  expect(Array.from(value)).toEqual([-3, 4])
})
