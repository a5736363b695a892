import { describe, expect, test } from 'vitest'
import { byName, RandomStream } from '../../base/index.ts'
import { fixedSource } from '../../data/index.ts'
import { buildModel, families } from '../../family/index.ts'
import { type TrainingConfig, train } from '../../training/index.ts'
import { defaultTraining } from '../config/defaults.ts'
import { FittedModel } from './fitted-model.ts'

/** x | c ~ N(A c + b, S), c ~ N(0, I): A [2, 2] row by row, S = L Lᵀ. */
const a = [0.9, -0.4, 0.3, 0.6]
const b = [0.5, -0.3]
const l = [0.5, 0, 0.25, 0.4]

/** Conditions and rows of them, [n, 2] each. */
function drawn(seed: number, count: number): { c: Float32Array; x: Float32Array } {
  const c = new RandomStream({ seed, name: 'c' }).normal({ first: 0, count, width: 2 })
  const z = new RandomStream({ seed, name: 'z' }).normal({ first: 0, count, width: 2 })
  const x = Float32Array.from({ length: 2 * count }, (_, i) => {
    const [row, k] = [i - (i % 2), i % 2]
    const mean = a[2 * k]! * c[row]! + a[2 * k + 1]! * c[row + 1]! + b[k]!
    return mean + l[2 * k]! * z[row]! + l[2 * k + 1]! * z[row + 1]!
  })
  return { c, x }
}

/** ln N(x; A c + b, S) of each row, noised by σ in the first place: S + σ² I. */
function exactLogDensity(x: Float32Array, c: Float32Array, sigma: number): Float64Array {
  const [p, q, r] = [l[0]! ** 2 + sigma ** 2, l[0]! * l[2]!, l[2]! ** 2 + l[3]! ** 2 + sigma ** 2]
  const determinant = p * r - q ** 2
  return Float64Array.from({ length: x.length / 2 }, (_, row) => {
    const [u, v] = [0, 1].map(
      (k) => x[2 * row + k]! - a[2 * k]! * c[2 * row]! - a[2 * k + 1]! * c[2 * row + 1]! - b[k]!,
    ) as [number, number]
    const square = (r * u * u - 2 * q * u * v + p * v * v) / determinant
    return -0.5 * square - Math.log(2 * Math.PI) - 0.5 * Math.log(determinant)
  })
}

/** Least squares of y on (1, c₁, c₂), where c is standard normal: [intercept, slopes]. */
function regression(y: (row: number) => number, c: Float32Array): number[] {
  const count = c.length / 2
  const columns = [() => 1, (row: number) => c[2 * row]!, (row: number) => c[2 * row + 1]!]
  const rows = Array.from({ length: count }, (_, row) => row)
  const dot = (f: (row: number) => number, g: (row: number) => number): number =>
    rows.reduce((sum, row) => sum + f(row) * g(row), 0)
  const m = columns.map((f) => [...columns.map((g) => dot(f, g)), dot(f, y)])
  for (let k = 0; k < 3; k++)
    for (let i = 0; i < 3; i++) {
      if (i === k) continue
      const factor = m[i]![k]! / m[k]![k]!
      m[i] = m[i]!.map((value, j) => value - factor * m[k]![j]!)
    }
  return m.map((row, k) => row[3]! / row[k]!)
}

const training = drawn(1, 20_000)
const fresh = drawn(2, 400)
const sizes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  denoiser: { width: 48, blocks: 2, embedding: 32, frequencies: 0 },
  'real-nvp': { layers: 4, width: 24, blocks: 1, embedding: 1 },
  autoregressive: { width: 32, layers: 1, components: 2, order: 1 },
}

async function trained(family: string): Promise<FittedModel> {
  const record = byName(families, family, 'family')
  const conditions = { c: [2] }
  const network = 'residual-mlp'
  const parts = [{ kind: 'numbers', width: 2 }] as const
  const scale = { sigmaData: 1, largestDistance: 8 }
  const config: TrainingConfig = {
    ...defaultTraining({ family: record, dimension: 2, rows: 20_000, heldOutRows: 0, scale, seed: 3 }),
    ...{ steps: 1200, batchSize: 256, learningRate: 4e-3 },
  }
  const size = sizes[family]!
  const { sigmaData } = config
  const model = buildModel(record, { event: [2], parts, conditions, sigmaData, network, size })
  const example = { event: [2], conditions }
  const data = fixedSource({ example, points: training.x, conditions: { c: training.c }, seed: 3 })
  for await (const event of train({ model, config, data, family }))
    if (event.type === 'done')
      return new FittedModel({ model, family, values: event.state.groups['ema']!, range: config })
  throw new Error('no end')
}

describe.each(Object.keys(sizes))('x | c ~ N(A c + b, S) by %s', (family) => {
  test('log-densities are near, samples follow their conditions, scores point to the mean', async () => {
    const model = await trained(family)
    const sigma = model.model.levels === 'each' ? model.range.sigmaMin : 0

    const exact = exactLogDensity(fresh.x, fresh.c, sigma)
    const { logDensity } = await model.logDensity(fresh.x, { conditions: { c: fresh.c } })
    const divergence = exact.reduce((sum, value, i) => sum + (value - logDensity[i]!) / exact.length, 0)
    expect(divergence).toBeGreaterThan(-0.03)
    expect(divergence).toBeLessThan(0.06)
    // Told of other rows' conditions it is far off: what is near above is not the density of all rows.
    const shuffled = Float32Array.from(fresh.c, (_, i) => fresh.c[(i + 200) % fresh.c.length]!)
    const other = await model.logDensity(fresh.x, { conditions: { c: shuffled } })
    const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v / values.length, 0)
    expect(mean(logDensity) - mean(other.logDensity)).toBeGreaterThan(1)

    const { c } = drawn(7, 4000)
    const samples = await model.sample({ count: 4000, seed: 5, conditions: { c } })
    for (const k of [0, 1]) {
      const [intercept, first, second] = regression((row) => samples[2 * row + k]!, c) as number[]
      // Four standard errors of 4,000 rows are 0.03; the rest is the model's.
      expect(Math.abs(intercept! - b[k]!)).toBeLessThan(0.06)
      expect(Math.abs(first! - a[2 * k]!)).toBeLessThan(0.06)
      expect(Math.abs(second! - a[2 * k + 1]!)).toBeLessThan(0.06)
    }

    // One condition for all rows: the spread that is left is S.
    const here = await model.sample({ count: 4000, seed: 6, conditions: { c: [1.5, -1] } })
    const column = Float64Array.from({ length: 4000 }, (_, row) => here[2 * row]!)
    const centre = mean(column)
    const spread = Math.sqrt(mean(column.map((value) => (value - centre) ** 2)))
    expect(Math.abs(centre - (1.5 * a[0]! - a[1]! + b[0]!))).toBeLessThan(0.15)
    expect(Math.abs(spread - l[0]!)).toBeLessThan(0.06)

    const at = Float32Array.of(1.5 * a[0]! - a[1]! + b[0]! + 0.5, 1.5 * a[2]! - a[3]! + b[1]!)
    const score = await model.score(at, { sigma: 0.2, conditions: { c: [1.5, -1] } })
    expect(score[0]).toBeLessThan(-0.8) // towards the mean
    await model.dispose()
  }, 120_000)
})
