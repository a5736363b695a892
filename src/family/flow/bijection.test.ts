import { describe, expect, test } from 'vitest'
import * as f from '../../engine/index.ts'
import { residualMlp, startValues } from '../../nn/index.ts'
import { normals } from '../family.test-helper.ts'
import { type Bijection, chain } from './bijection.ts'
import { coupling, elementwise } from './coupling.ts'
import { additive, type ElementMap, scaledAndMoved } from './element-map.ts'
import { differences, filledValues, type HostMap, hostMap, logAbsDeterminant } from './flow.test-helper.ts'
import { affine, divided, linear } from './linear.ts'
import { rationalQuadratic } from './spline.ts'

const spline = rationalQuadratic({ bins: 5, bound: 3 })
const maps: Readonly<Record<string, ElementMap>> = { additive, affine: scaledAndMoved, spline }
const size = { width: 16, blocks: 1, embedding: 0 }
const couplings = Object.entries(maps).flatMap(([name, map]) =>
  [1, 2, 5].map((dimension) => ({
    name: `coupling, ${name}, d = ${dimension}`,
    dimension,
    bijection: coupling({ dimension, map, network: residualMlp, size }),
    swaps: Math.floor(dimension / 2),
  })),
)
const cases: { name: string; dimension: number; bijection: Bijection; swaps?: number }[] = [
  { name: 'divided', dimension: 3, bijection: divided(3, 2.5) },
  { name: 'affine', dimension: 3, bijection: affine(3), swaps: 0 },
  ...[1, 2, 6].map((d) => ({ name: `linear, d = ${d}`, dimension: d, bijection: linear(d), swaps: 0 })),
  { name: 'elementwise spline', dimension: 3, bijection: elementwise(3, spline), swaps: 0 },
  ...couplings,
  {
    name: 'chain',
    dimension: 3,
    bijection: chain({
      a: divided(3, 2.5),
      b: linear(3),
      c: coupling({ dimension: 3, map: spline, network: residualMlp, size }),
      d: affine(3),
    }),
  },
]
const rows = 12

/** Points about the middle, on the edges of the box, and far outside. */
function points(dimension: number): Float64Array {
  const far = [1, 1, 1, 1, 1, 1, 1, 3, 3, 30, 1000, 1e5]
  return Float64Array.from(normals('points', rows * dimension), (value, at) => {
    const row = Math.floor(at / dimension)
    return row === 7 ? 3 : row === 8 ? -3 : value * 1.5 * far[row]!
  })
}

const forward =
  (bijection: Bijection) =>
  (values: f.Named<f.Tensor>, x: f.Tensor): f.Tensor =>
    f.transpose(bijection.forward(values, f.transpose(x)).z)
const there = (bijection: Bijection) => (values: f.Named<f.Tensor>, x: f.Tensor) =>
  f.transpose(bijection.inverse(values, bijection.forward(values, f.transpose(x)).z))
const logDet = (bijection: Bijection) => (values: f.Named<f.Tensor>, x: f.Tensor) =>
  f.broadcastTo(bijection.forward(values, f.transpose(x)).logDet, [rows])

describe.each(cases)('$name', ({ dimension, bijection, swaps }) => {
  const values = filledValues(bijection.parameters)
  const x = points(dimension)
  const host = (
    of: (values: f.Named<f.Tensor>, x: f.Tensor) => f.Tensor,
    at = values,
    runtime = f.referenceRuntime,
  ): Promise<HostMap> => hostMap(bijection.parameters, at, of, { rows, width: dimension, runtime })

  test('x → z → x, also far outside', async () => {
    const back = await (await host(there(bijection)))(x)
    for (const [i, value] of x.entries())
      expect(Math.abs(back[i]! - value) / (1 + Math.abs(value))).toBeLessThan(1e-8)
  })

  test('the same in float32, as it runs', async () => {
    // Milder values: where a map is nearly flat, many x have the same rounded z.
    const map = await host(there(bijection), filledValues(bijection.parameters, 0.5), f.nodeCpu())
    const back = await map(x)
    const inner = x.subarray(0, 9 * dimension)
    for (const [i, value] of inner.entries()) expect(Math.abs(back[i]! - value)).toBeLessThan(1e-4)
    await map.dispose()
  })

  test('ln |det| is that of the Jacobian, found by finite differences', async () => {
    // Within the box and beyond it; rows on its edges have a slope to either side.
    const jacobian = await differences(await host(forward(bijection)), x, { rows, width: dimension })
    const found = await (await host(logDet(bijection)))(x)
    for (const row of [0, 1, 2, 3, 4, 5, 6, 9]) {
      const matrix = jacobian.subarray(row * dimension ** 2, (row + 1) * dimension ** 2)
      expect(found[row]).toBeCloseTo(logAbsDeterminant(matrix, dimension), 4)
    }
  })

  // Of maps that start as something else there is nothing to show here.
  if (swaps === undefined) return
  test('starts as the identity, but for the change of the halves', async () => {
    const start = startValues(bijection.parameters, 1)
    const z = await (await host(forward(bijection), start))(x)
    const kept = swaps
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < dimension; i++) {
        const from = x[row * dimension + ((i + kept) % dimension)]!
        expect(Math.abs(z[row * dimension + i]! - from)).toBeLessThan(1e-6 * (1 + Math.abs(from)))
      }
  })
})
