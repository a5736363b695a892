import { expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { fit } from '../library/fit.ts'

/** Rows near a line: the second number is the first but for a deviation of 0.05. */
function nearALine(count: number): Float32Array {
  const z = new RandomStream({ seed: 3, name: 'rows' }).normal({ first: 0, count, width: 2 })
  return z.map((value, k) => (k % 2 === 0 ? value : z[k - 1]! + 0.05 * value))
}

test('a row like no other is unlikely, and not impossible: the law of strays', async () => {
  const rows = nearALine(2000)
  const usual = { steps: 1000, batchSize: 256, size: { width: 64, blocks: 2 }, seed: 1 }
  const share = 0.01
  const odd = [
    [1.5, -1.5],
    [-2, 0],
    [0, 2.5],
  ]
  const meanOdd = async (strayShare: number): Promise<number> => {
    const model = await fit({ rows, dimension: 2 }, { ...usual, strayShare })
    const { logDensity } = await model.logDensity(odd.flat())
    await model.dispose()
    return logDensity.reduce((sum, value) => sum + value, 0) / odd.length
  }
  // A stray is x₀ + z: along the line of variance 2·1 + 1, across it 1 and a trifle.
  const exact =
    odd.reduce((sum, [x, y]) => sum - 0.5 * (((x! + y!) / 2) ** 2 * (2 / 3) + (x! - y!) ** 2 / 2), 0) /
      odd.length +
    Math.log(share / (2 * Math.PI * Math.sqrt(3)))
  const [without, withThem] = [await meanOdd(0), await meanOdd(share)]
  expect(withThem).toBeGreaterThan(exact - 3)
  expect(withThem).toBeLessThan(exact + 3)
  expect(without).toBeLessThan(exact - 30)
}, 60_000)
