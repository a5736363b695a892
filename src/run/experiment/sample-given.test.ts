import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { fixedSource, partlyKnownSource } from '../../data/index.ts'
import { families, type RowPart } from '../../family/index.ts'
import { type TrainingConfig, train } from '../../training/index.ts'
import { defaultTraining } from '../config/defaults.ts'
import { FittedModel } from './fitted-model.ts'
import { sampleGiven } from './sample-given.ts'

/** A word of two, and two numbers beside it: N(m_k, Σ), Σ the same for both. */
const shares = [0.6, 0.4]
const means = [
  [-1, -0.5],
  [1, 0.8],
] as const
const [deviation, correlation] = [0.6, 0.8]
const spread = 0.25
const parts: readonly RowPart[] = [
  { kind: 'words', vectors: [Float64Array.of(1), Float64Array.of(-1)], spread, shares },
  { kind: 'numbers', width: 1 },
  { kind: 'numbers', width: 1 },
]
const columns = parts.map((_, k) => ({ parts: [k], mayBeGiven: true }))

function drawn(count: number): Float32Array {
  const u = new RandomStream({ seed: 2, name: 'word' }).uniform({ first: 0, count, width: 1 })
  const z = new RandomStream({ seed: 2, name: 'z' }).normal({ first: 0, count, width: 3 })
  return Float32Array.from({ length: 3 * count }, (_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3]
    const k = u[row]! < shares[0]! ? 0 : 1
    const [a, b, c] = z.subarray(3 * row, 3 * row + 3) as unknown as [number, number, number]
    if (column === 0) return (k === 0 ? 1 : -1) + spread * a
    if (column === 1) return means[k]![0] + deviation * b
    return means[k]![1] + deviation * (correlation * b + Math.sqrt(1 - correlation ** 2) * c)
  })
}

/** Of which every third cell is not known to anybody, but for the words. */
function withGaps(rows: Float32Array): Float32Array {
  const u = new RandomStream({ seed: 4, name: 'gap' }).uniform({ first: 0, count: rows.length, width: 1 })
  return rows.map((value, i) => (i % 3 > 0 && u[i]! < 1 / 3 ? Number.NaN : value))
}

async function trained(rows: Float32Array): Promise<FittedModel> {
  const record = families[0]!
  const scale = { sigmaData: 1.1, largestDistance: 8 }
  const facts = { family: record, dimension: 3, rows: 20_000, heldOutRows: 0, scale, seed: 3 }
  const config: TrainingConfig = {
    ...defaultTraining(facts),
    ...{ steps: 1500, batchSize: 128, learningRate: 4e-3, strayShare: 0 },
  }
  const model = record.build({
    ...{ event: [3], parts, partlyKnown: true, network: 'residual-mlp', sigmaData: config.sigmaData },
    size: { width: 40, blocks: 2, embedding: 24, frequencies: 0 },
  })
  const source = fixedSource({ example: { event: [3] }, points: rows, seed: 3 })
  const data = partlyKnownSource(source, { parts, columns, seed: 3 })
  for await (const event of train({ model, config, data }))
    if (event.type === 'done')
      return new FittedModel({ model, values: event.state.groups['ema']!, range: config })
  throw new Error('no end')
}

const count = 2000
const asked = Number.NaN
const columnOf = (rows: ArrayLike<number>, k: number): number[] =>
  Array.from({ length: rows.length / 3 }, (_, row) => rows[3 * row + k]!)
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value / values.length, 0)
const stdOf = (values: readonly number[]): number => {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
}
/** Chance of the first word where the number of column k is x. */
const firstWord = (x: number): number => {
  const weights = means.map(([m], k) => shares[k]! * Math.exp(-0.5 * ((x - m) / deviation) ** 2))
  return weights[0]! / (weights[0]! + weights[1]!)
}

/** What the model may be off by: training of some seconds leaves that much, in units of about a standard deviation. */
const near = 0.12

describe('a model that was told random columns, of rows of which a third of the numbers was missing at random', () => {
  let model: FittedModel
  beforeAll(async () => {
    model = await trained(withGaps(drawn(20_000)))
  }, 120_000)
  afterAll(() => model.dispose())

  test.each([-1.2, 0.1, 1])('given a number, %f, the word and the other number follow', async (x) => {
    const rows = await sampleGiven(model, { count, seed: 1, known: [asked, x, asked] })
    expect(new Set(columnOf(rows, 1))).toEqual(new Set([Math.fround(x)]))
    const share = meanOf(columnOf(rows, 0).map((value) => (value > 0 ? 1 : 0)))
    expect(Math.abs(share - firstWord(x))).toBeLessThan(near)
    const slope = correlation
    const [first, second] = means.map(([m, n]) => n + slope * (x - m)) as [number, number]
    const mean = firstWord(x) * first + (1 - firstWord(x)) * second
    const between = firstWord(x) * (1 - firstWord(x)) * (first - second) ** 2
    const std = Math.sqrt(deviation ** 2 * (1 - correlation ** 2) + between)
    expect(Math.abs(meanOf(columnOf(rows, 2)) - mean)).toBeLessThan(near)
    expect(Math.abs(stdOf(columnOf(rows, 2)) - std)).toBeLessThan(near)
  })

  test('given the word, both numbers are its normal', async () => {
    const rows = await sampleGiven(model, { count, seed: 2, known: [-1, asked, asked] })
    for (const k of [1, 2]) {
      expect(Math.abs(meanOf(columnOf(rows, k)) - means[1]![k - 1]!)).toBeLessThan(near)
      expect(Math.abs(stdOf(columnOf(rows, k)) - deviation)).toBeLessThan(near)
    }
  })

  test('given nothing, the joint distribution of the complete rows', async () => {
    const rows = await model.sample({ count, seed: 3 })
    expect(rows.every(Number.isFinite)).toBe(true)
    const share = meanOf(columnOf(rows, 0).map((value) => (value > 0 ? 1 : 0)))
    expect(Math.abs(share - 0.6)).toBeLessThan(near / 2)
    for (const k of [0, 1]) {
      const mean = shares[0]! * means[0]![k]! + shares[1]! * means[1]![k]!
      expect(Math.abs(meanOf(columnOf(rows, k + 1)) - mean)).toBeLessThan(near)
      const std = Math.hypot(deviation, ...means.map((m, word) => Math.sqrt(shares[word]!) * (m[k]! - mean)))
      expect(Math.abs(stdOf(columnOf(rows, k + 1)) - std)).toBeLessThan(near)
    }
  })

  test('a row is a function of its seed, its index and what is known of it, whatever its batch mates', async () => {
    const known = [1, asked, asked, asked, 0.3, asked, asked, asked, asked]
    const together = await sampleGiven(model, { count: 3, seed: 5, known })
    const second = await sampleGiven(model, { count: 1, first: 1, seed: 5, known: known.slice(3, 6) })
    expect(together.slice(3, 6)).toEqual(second)
    const third = await model.sample({ count: 1, first: 2, seed: 5 })
    for (const [k, value] of third.entries()) expect(together[6 + k]).toBeCloseTo(value, 5)
  })
})
