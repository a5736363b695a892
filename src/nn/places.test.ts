import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { interpret, topologicalOrder } from '../engine/index.ts'
import { normals } from '../family/family.test-helper.ts'
import { headsOf, selfAttention } from './attention.ts'
import { asTokens, cropped, fromTokens, grownTo, patched, patchFor, roundedUp, unpatched } from './places.ts'
import { magnitudePreservingBlock } from './residual-block.ts'

/** The values of a function of tensors of these shapes, in float64. */
function valuesOf(
  compute: (...given: f.Tensor[]) => f.Tensor,
  ...given: readonly { readonly shape: f.Shape; readonly data: ArrayLike<number> }[]
): Float64Array {
  const inputs = given.map(({ shape }, i) => f.input(`given ${i}`, { shape, dtype: 'float32' }))
  const order = topologicalOrder([compute(...inputs)])
  const values = new Map(inputs.map((input, i) => [input, Float64Array.from(given[i]!.data)]))
  return Float64Array.from(interpret(order, values).at(-1)!)
}

const named = (name: string, shape: f.Shape): { shape: f.Shape; data: Float32Array } => ({
  shape,
  data: normals(name, f.sizeOf(shape)),
})

describe.each([[[2, 3, 8]], [[2, 3, 4, 8]], [[2, 1, 2, 4, 6]]])('places of %j', (shape) => {
  const x = named('x', shape)
  const sides = shape.slice(2)

  test('patches put back are the picture, and a patch holds neighbours', () => {
    expect(valuesOf((t) => unpatched(patched(t, 2), 2), x)).toEqual(Float64Array.from(x.data))
    const inPatch = 2 ** sides.length
    const found = valuesOf((t) => patched(t, 2), x)
    // The first patch of the first channel: its first two places along every axis.
    const strides = sides.map((_, k) => f.sizeOf(sides.slice(k + 1)))
    for (let n = 0; n < inPatch; n++) {
      const at = strides.reduce((sum, stride, k) => sum + ((n >> (sides.length - 1 - k)) & 1) * stride, 0)
      expect(found[n * (f.sizeOf(sides) / inPatch)]).toBe(x.data[at])
    }
  })

  test('tokens put back are the picture', () => {
    expect(valuesOf((t) => fromTokens(asTokens(t), 2, sides), x)).toEqual(Float64Array.from(x.data))
  })

  test('what grew by zeros is cropped to what it was', () => {
    const grown = roundedUp(sides, 5)
    for (const side of grown) expect(side % 5).toBe(0)
    expect(valuesOf((t) => cropped(grownTo(t, grown), sides), x)).toEqual(Float64Array.from(x.data))
    const sum = (t: f.Tensor): f.Tensor => f.sum(t)
    expect(valuesOf((t) => sum(grownTo(t, grown)), x)[0]).toBeCloseTo(valuesOf(sum, x)[0]!, 10)
  })
})

test('patches are the smallest that are few enough', () => {
  expect([[8, 8], [16, 16], [28, 28], [64, 64], [1024]].map((sides) => patchFor(sides, 256))).toEqual([
    1, 1, 2, 4, 4,
  ])
})

describe('self-attention', () => {
  const [rows, count, width, heads] = [2, 5, 6, 2]
  const tokens = named('tokens', [rows * count, width])
  const weights = named('weights', [width, 3 * width])
  const found = valuesOf((t, w) => selfAttention(t, w, { rows, heads }), tokens, weights)

  test('is softmax(q kᵀ/√d) v of each head, of one point’s tokens', () => {
    const d = width / heads
    const part = (of: number, point: number, token: number, head: number, k: number): number => {
      let sum = 0
      for (let i = 0; i < width; i++)
        sum +=
          tokens.data[(point * count + token) * width + i]! *
          weights.data[i * 3 * width + of * width + head * d + k]!
      return sum
    }
    for (let point = 0; point < rows; point++)
      for (let token = 0; token < count; token++)
        for (let head = 0; head < heads; head++) {
          const affinity = Array.from({ length: count }, (_, other) => {
            let sum = 0
            for (let k = 0; k < d; k++) sum += part(0, point, token, head, k) * part(1, point, other, head, k)
            return Math.exp(sum / Math.sqrt(d))
          })
          const total = affinity.reduce((a, b) => a + b)
          for (let k = 0; k < d; k++) {
            const mean = affinity.reduce(
              (sum, a, other) => sum + (a / total) * part(2, point, other, head, k),
              0,
            )
            expect(found[(point * count + token) * width + head * d + k]).toBeCloseTo(mean, 8)
          }
        }
  })

  test('has heads of some 64 numbers', () => {
    expect([16, 64, 96, 128, 192, 256].map(headsOf)).toEqual([1, 1, 1, 2, 3, 4])
  })
})

test('a magnitude-preserving block keeps unit size unit size, whatever the length of its filters', () => {
  const parameters = magnitudePreservingBlock.parameters({ from: 24, to: 16, axes: 2, embedding: 0 })
  const names = Object.keys(parameters)
  const x = named('x', [8, 24, 6, 6])
  for (const scale of [1, 7]) {
    const weights = names.map((name) => {
      const weight = named(name, parameters[name]!.shape)
      return { ...weight, data: weight.data.map((value) => scale * value) }
    })
    const made = valuesOf(
      (t, ...values) =>
        magnitudePreservingBlock.apply(
          Object.fromEntries(names.map((name, i) => [name, values[i]!])),
          t,
          undefined,
        ),
      x,
      ...weights,
    )
    const size = made.reduce((sum, value) => sum + value ** 2, 0) / made.length
    // Zeros beyond the border take some of it.
    expect(size).toBeGreaterThan(0.8)
    expect(size).toBeLessThan(1.1)
  }
})
