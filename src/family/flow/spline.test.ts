import { expect, test } from 'vitest'
import * as f from '../../engine/index.ts'
import { normals } from '../family.test-helper.ts'
import { differences, hostMap } from './flow.test-helper.ts'
import { rationalQuadratic } from './spline.ts'

const [bins, bound] = [4, 2.5]
const map = rationalQuadratic({ bins, bound })

/** y and dy/dx of one point, straight from Durkan et al. 2019, equations 4 and 5, bin by bin. */
function published(x: number, raw: readonly number[]): { y: number; slope: number } {
  if (Math.abs(x) > bound) return { y: x, slope: 1 }
  const shares = (logits: readonly number[]): number[] => {
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
    return logits.map((logit) => 2 * bound * (1e-3 + ((1 - 1e-3 * bins) * Math.exp(logit)) / total))
  }
  const knots = (sizes: readonly number[]): number[] =>
    [0, ...sizes.keys()].map((_, k) => sizes.slice(0, k).reduce((sum, part) => sum + part, -bound))
  const inner = raw
    .slice(2 * bins)
    .map((logit) => 1e-3 + Math.log1p(Math.exp(logit + Math.log(Math.expm1(1 - 1e-3)))))
  const slopes = [1, ...inner, 1]
  const [xs, ys] = [knots(shares(raw.slice(0, bins))), knots(shares(raw.slice(bins, 2 * bins)))]
  const k = Math.min(bins - 1, Math.max(0, xs.findIndex((knot) => x < knot) - 1))
  const [width, height] = [xs[k + 1]! - xs[k]!, ys[k + 1]! - ys[k]!]
  const [s, xi, d0, d1] = [height / width, (x - xs[k]!) / width, slopes[k]!, slopes[k + 1]!]
  const below = s + (d1 + d0 - 2 * s) * xi * (1 - xi)
  return {
    y: ys[k]! + (height * (s * xi ** 2 + d0 * xi * (1 - xi))) / below,
    slope: (s ** 2 * (d1 * xi ** 2 + 2 * s * xi * (1 - xi) + d0 * (1 - xi) ** 2)) / below ** 2,
  }
}

const rows = 400
const raw = Array.from(normals('raw', 3 * bins - 1), (value) => 1.5 * value)
// Evenly over the box and beyond it.
const x = Float64Array.from({ length: rows }, (_, i) => (-1.4 + (2.8 * (i + 0.5)) / rows) * bound)
const tall = { rows, width: 1 }

/** The map, or its logarithmic slope, of all points by the same raw numbers. */
const compiled = (what: 'z' | 'logDet'): ReturnType<typeof hostMap> =>
  hostMap(
    { raw: { shape: [3 * bins - 1, 1, rows], dtype: 'float32' } },
    { raw: raw.flatMap((value) => Array<number>(rows).fill(value)) },
    ({ raw: held }, points) => f.reshape(map.forward(f.transpose(points), held!)[what], [rows, 1]),
    tall,
  )

test('agrees with the published formulas', async () => {
  const [y, logSlope] = [await (await compiled('z'))(x), await (await compiled('logDet'))(x)]
  x.forEach((value, i) => {
    const exact = published(value, raw)
    expect(y[i]).toBeCloseTo(exact.y, 9)
    expect(logSlope[i]).toBeCloseTo(Math.log(exact.slope), 8)
  })
})

test('rises everywhere, with a slope that has no jumps', async () => {
  const found = await compiled('z')
  const [y, slope] = [await found(x), await differences(found, x, { ...tall, step: 1e-6 })]
  expect(y.every((value, i) => i === 0 || value > y[i - 1]!)).toBe(true)
  expect(slope.every((value) => value > 0)).toBe(true)
  // Between neighbours 0.0175 apart a jump would stay, however near they are; close to each knot there is none.
  const logSlope = await compiled('logDet')
  const edges = Float64Array.from(
    { length: rows },
    (_, i) => (i % 2 === 0 ? 1 : -1) * bound * (1 + ((i >> 1) - 100) * 1e-9),
  )
  for (const value of await logSlope(edges)) expect(Math.abs(value)).toBeLessThan(1e-4)
})

test('holds raw numbers that are too large, and stays increasing and finite', async () => {
  const extreme = await hostMap(
    { raw: { shape: [3 * bins - 1, 1, rows], dtype: 'float32' } },
    { raw: raw.flatMap((value) => Array<number>(rows).fill(1e6 * value)) },
    ({ raw: held }, points) => f.transpose(map.forward(f.transpose(points), held!).z),
    { ...tall, runtime: f.nodeCpu() },
  )
  const y = await extreme(x)
  expect(y.every((value, i) => Number.isFinite(value) && (i === 0 || value >= y[i - 1]!))).toBe(true)
  await extreme.dispose()
})
