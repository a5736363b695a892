import { describe, expect, test } from 'vitest'
import type * as f from '../../engine/index.ts'
import { normals } from '../family.test-helper.ts'
import type { FamilyFacts } from '../family.ts'
import { nice } from '../nice.ts'
import { realNvp } from '../real-nvp.ts'
import { splineFlow } from '../spline-flow.ts'
import { differences, filledValues, type HostMap, hostMap, logAbsDeterminant } from './flow.test-helper.ts'

const size = { layers: 3, width: 12, blocks: 1, embedding: 0, bins: 5 }
const facts = (dimension: number, sigmaData = 1): FamilyFacts => ({
  event: [dimension],
  parts: [{ kind: 'numbers', width: dimension }],
  sigmaData,
  network: 'residual-mlp',
  size,
})

/** The sum over cells of an even grid, [−reach, reach]ᵈ with n cells an axis, of e^(log-density) times the cell. */
async function mass(
  family: typeof nice,
  { dimension, reach, cells }: { dimension: number; reach: number; cells: number },
): Promise<number> {
  const model = family.build(facts(dimension))
  const rows = cells ** dimension
  const step = (2 * reach) / cells
  const x = Float64Array.from({ length: rows * dimension }, (_, at) => {
    const [row, axis] = [Math.floor(at / dimension), at % dimension]
    return (Math.floor(row / cells ** axis) % cells) * step + step / 2 - reach
  })
  const values = filledValues(model.parameters, 0.6)
  const density = await hostMap(
    model.parameters,
    values,
    (p, points) => model.can.logDensity!(p, { x: points }),
    { rows, width: dimension },
  )
  return (await density(x)).reduce((sum, value) => sum + Math.exp(value) * step ** dimension, 0)
}

describe.each([nice, realNvp, splineFlow])('$name', (family) => {
  test.each([
    { dimension: 1, reach: 20, cells: 4000 },
    { dimension: 2, reach: 11, cells: 140 },
  ])('its density integrates to one, d = $dimension', async (grid) => {
    expect(await mass(family, grid)).toBeCloseTo(1, 3)
  })

  const [rows, width] = [8, 3]
  const model = family.build(facts(width, 7))
  const values = filledValues(model.parameters, 0.6)
  const host = (of: (p: f.Named<f.Tensor>, x: f.Tensor) => f.Tensor): Promise<HostMap> =>
    hostMap(model.parameters, values, of, { rows, width })
  const z = Float64Array.from(normals('z', rows * width))

  test('what it generates from z has the density of z over the volume that z takes', async () => {
    const generate = await host((p, draw) => model.can.generate!(p, { z: draw }))
    const density = await host((p, x) => model.can.logDensity!(p, { x }))
    const x = await generate(z)
    const found = await density(x)
    const jacobian = await differences(generate, z, { rows, width })
    for (let row = 0; row < rows; row++) {
      const own = z.subarray(row * width, (row + 1) * width)
      const logNormal = own.reduce((sum, value) => sum - value ** 2 / 2, -1.5 * Math.log(2 * Math.PI))
      const volume = logAbsDeterminant(jacobian.subarray(row * width ** 2, (row + 1) * width ** 2), width)
      expect(found[row]).toBeCloseTo(logNormal - volume, 4)
    }
  })

  test('its score is the gradient of its log-density, and its energy the negative', async () => {
    const x = z.map((value) => 7 * value)
    const density = await host((p, points) => model.can.logDensity!(p, { x: points }))
    const score = await (await host((p, points) => model.can.score!(p, { x: points })))(x)
    const energy = await (await host((p, points) => model.can.energy!(p, { x: points })))(x)
    const slopes = await differences(density, x, { rows, width, step: 1e-6 })
    for (const [i, value] of score.entries()) expect(value).toBeCloseTo(slopes[i]!, 5)
    const found = await density(x)
    for (const [i, value] of energy.entries()) expect(value).toBeCloseTo(-found[i]!, 10)
  })
})
