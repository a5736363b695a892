import { expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { evaluate, grid, integral } from './evaluate.test-helper.ts'
import { normals, someValues } from './family.test-helper.ts'
import { maskedAffine, stackedReversed } from './masked-affine.ts'
import { maskedFlowModel } from './masked-flow.ts'

const size = { columns: 4, width: 16, layers: 2 }
const flow = stackedReversed([maskedAffine(size), maskedAffine(size), maskedAffine(size)])
const values = tame(flow.parameters)

/** Values half as large as usual, the direct ones a tenth: the scales stay within what training makes. */
function tame(parameters: f.Named<f.TensorType>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(someValues(parameters)).map(([name, numbers]) => [
      name,
      numbers.map((v) => v * (name.endsWith('direct.weight') ? 0.1 : 0.5)),
    ]),
  )
}

test.each([
  { runtime: f.referenceRuntime, tolerance: 1e-10 },
  { runtime: f.nodeCpu(), tolerance: 1e-5 },
])('x → z → x, near and far: $runtime.name', async ({ runtime, tolerance }) => {
  const near = Array.from(normals('near', 4 * 40), (value) => 2 * value)
  const far = Array.from(normals('far', 4 * 10), (value) => 50 * value)
  const data = Float32Array.from([...near, ...far])
  const { back } = await evaluate({
    parameters: flow.parameters,
    values,
    inputs: { x: { shape: [50, 4], data } },
    of: (p, { x }) => ({ back: flow.inverse(p, flow.forward(p, x!).z) }),
    runtime,
  })
  // float32 keeps what is small beside the row's largest number only to that number's rounding; far out, where the scales
  // reach e³, the maps make the rounding of one layer as much larger in the next.
  for (let row = 0; row < 50; row++) {
    const largest = Math.max(1, ...data.subarray(4 * row, 4 * row + 4).map(Math.abs))
    for (let i = 4 * row; i < 4 * row + 4; i++)
      expect(Math.abs(back![i]! - data[i]!) / largest).toBeLessThan(row < 40 ? tolerance : 20 * tolerance)
  }
})

test('the log-determinant is that of the Jacobian, by finite differences', async () => {
  const step = 1e-6
  const x = Float64Array.from(normals('x', 4))
  // Row 0 is x, rows 1 … 8 are x ± h along each axis.
  const data = Float64Array.from({ length: 9 * 4 }, (_, i) => {
    const [row, k] = [Math.floor(i / 4), i % 4]
    const axis = (row - 1) >> 1
    return x[k]! + (row > 0 && axis === k ? (row % 2 === 1 ? step : -step) : 0)
  })
  const { z, logDet } = await evaluate({
    parameters: flow.parameters,
    values,
    inputs: { x: { shape: [9, 4], data } },
    of: (p, given) => flow.forward(p, given['x']!),
  })
  const jacobian = Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: 4 }, (_, k) => (z![(2 * k + 1) * 4 + i]! - z![(2 * k + 2) * 4 + i]!) / (2 * step)),
  )
  expect(logDet![0]).toBeCloseTo(Math.log(Math.abs(determinant(jacobian))), 6)
})

function determinant(matrix: readonly (readonly number[])[]): number {
  if (matrix.length === 1) return matrix[0]![0]!
  return matrix[0]!.reduce((sum, value, k) => {
    const minor = matrix.slice(1).map((row) => row.filter((_, column) => column !== k))
    return sum + (k % 2 === 0 ? 1 : -1) * value * determinant(minor)
  }, 0)
}

test.each([1, 3])('the density integrates to one, base of %i components', async (components) => {
  const model = maskedFlowModel({ columns: 2, blocks: 2, components, width: 8, layers: 1, sigmaData: 2 })
  const points = grid(2, 30, 250)
  const { log } = await evaluate({
    parameters: model.parameters,
    values: tame(model.parameters),
    inputs: { x: points },
    of: (p, { x }) => ({ log: model.can.logDensity(p, { x: x! }) }),
  })
  expect(integral(log!, points.cell)).toBeCloseTo(1, 4)
})

test('a made row has the log-density that its draws say', async () => {
  // K = 1: z = μ + s ε column by column, so log p(x) = Σ log N(ε; 0, 1) − Σ ln s − log|det ∂z/∂x|; with no base of its own, s = 1.
  const model = maskedFlowModel({ columns: 3, blocks: 2, components: 1, width: 8, layers: 2, sigmaData: 1.5 })
  const values = tame(model.parameters)
  const noise = Float64Array.from(normals('noise', 3))
  const step = 1e-6
  const data = Float64Array.from({ length: 7 * 3 }, (_, i) => {
    const [row, k] = [Math.floor(i / 3), i % 3]
    return noise[k]! + (row > 0 && (row - 1) >> 1 === k ? (row % 2 === 1 ? step : -step) : 0)
  })
  const { made, log } = await evaluate({
    parameters: model.parameters,
    values,
    inputs: {
      choice: { shape: [7, 3], data: new Float64Array(21).fill(0.5) },
      noise: { shape: [7, 3], data },
    },
    of: (p, given) => {
      const rows = model.can.generate(p, given)
      return { made: rows, log: model.can.logDensity(p, { x: rows }) }
    },
  })
  const jacobian = Array.from({ length: 3 }, (_, i) =>
    Array.from(
      { length: 3 },
      (_, k) => (made![(2 * k + 1) * 3 + i]! - made![(2 * k + 2) * 3 + i]!) / (2 * step),
    ),
  )
  const ofNoise = noise.reduce((sum, e) => sum - 0.5 * e * e - 0.5 * Math.log(2 * Math.PI), 0)
  expect(log![0]).toBeCloseTo(ofNoise - Math.log(Math.abs(determinant(jacobian))), 6)
})
