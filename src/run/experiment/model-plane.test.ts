import { expect, test } from 'vitest'
import { plainEncoding, tableOfObjects } from '../../data/index.ts'
import { gaussian } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import type { Model } from '../../family/index.ts'
import { FittedModel } from './fitted-model.ts'
import { modelPlane } from './model-plane.ts'

const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 }
const rows = Float64Array.from(
  gaussian({ mean: [5, -100], covariance: [4, 0, 0, 900] }).sample({ seed: 1, count: 400 }),
)
const { table } = tableOfObjects(
  Array.from({ length: 400 }, (_, i) => ({ 'length (m)': rows[2 * i]!, 'depth (mm)': rows[2 * i + 1]! })),
)
/** z = (x − mean)/scale: the density of x above is N(0, I) of z. */
const encoding = plainEncoding(['length (m)', 'depth (mm)'], { shift: [5, -100], scale: [2, 30] })

function fitted(can: Model['can']): FittedModel {
  return new FittedModel({
    model: { event: [2], levels: 'one', parameters: {}, can },
    values: {},
    range,
    runtime: f.referenceRuntime,
  })
}
const squares = (x: f.Tensor): f.Tensor => f.mul(f.sum(f.square(x), { axes: [1] }), 0.5)
const exact = gaussian({ mean: [5, -100], covariance: [4, 0, 0, 900] })

test('the plane is in the units of the data: the log-density is theirs, and arrows are steps in them', async () => {
  const logDensity = (_: unknown, { x }: { x: f.Tensor }): f.Tensor =>
    f.add(f.neg(squares(x)), -Math.log(2 * Math.PI))
  const plane = (await modelPlane({ encoding, fitted: fitted({ logDensity }) }, table, { side: 5 }))!
  expect(plane.columns.map(({ name }) => name)).toEqual(['length (m)', 'depth (mm)'])
  const cells = [...plane.ys].flatMap((y) => [...plane.xs].map((x) => [x, y] as const))
  const truth = exact.logDensity(Float64Array.from(cells.flat()))
  cells.forEach(([x, y], cell) => {
    expect(plane.logDensity![cell]).toBeCloseTo(truth[cell]!, 4)
    // s = −z, and a step of z is 2 of x and 30 of y: −(x − 5), −(y + 100).
    expect(plane.score![2 * cell]).toBeCloseTo(-(x - 5), 3)
    expect(plane.score![2 * cell + 1]).toBeCloseTo(-(y + 100), 2)
  })
})

test('an energy gives the density up to a constant; a score alone gives arrows alone; neither gives nothing', async () => {
  const energy = (_: unknown, { x }: { x: f.Tensor }): f.Tensor => f.add(squares(x), 70)
  const byEnergy = (await modelPlane({ encoding, fitted: fitted({ energy }) }, table, { side: 4 }))!
  const cells = [...byEnergy.ys].flatMap((y) => [...byEnergy.xs].flatMap((x) => [x, y]))
  const truth = exact.logDensity(Float64Array.from(cells))
  const offset = byEnergy.logDensity![0]! - truth[0]!
  byEnergy.logDensity!.forEach((value, cell) => {
    expect(value - truth[cell]!).toBeCloseTo(offset, 3)
  })
  const score = (_: unknown, { x }: { x: f.Tensor }): f.Tensor => f.neg(x)
  const byScore = (await modelPlane({ encoding, fitted: fitted({ score }) }, table, { side: 4 }))!
  expect(byScore.logDensity).toBeUndefined()
  expect(byScore.score!.every(Number.isFinite)).toBe(true)
  expect(await modelPlane({ encoding, fitted: fitted({}) }, table)).toBeUndefined()
})

test('other columns have no plane', async () => {
  const three = plainEncoding(['a', 'b', 'c'])
  const score = (_: unknown, { x }: { x: f.Tensor }): f.Tensor => f.neg(x)
  expect(await modelPlane({ encoding: three, fitted: fitted({ score }) }, table)).toBeUndefined()
})
