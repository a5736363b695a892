import { expect, test } from 'vitest'
import { RandomStream, type ScorefieldError } from '../../base/index.ts'
import { fit } from './fit.ts'

const quick = { steps: 60, batchSize: 64, size: { width: 16, blocks: 1 }, seed: 1 } as const

/** x | c ~ N(mean of the word + 3 c, 0.5²), in units of a hundred. */
function conditioned(count = 4000): { rows: number[][]; kind: string[]; dose: number[] } {
  const z = new RandomStream({ seed: 8, name: 'normal' }).normal({ first: 0, count, width: 2 })
  const u = new RandomStream({ seed: 8, name: 'uniform' }).uniform({ first: 0, count, width: 1 })
  const kind = Array.from(u, (value) => (value < 0.5 ? 'alpha' : 'beta'))
  const dose = Array.from({ length: count }, (_, row) => 20 + 5 * z[2 * row]!)
  const rows = kind.map((word, row) => [100 * meanOf(word, dose[row]!) + 150 * z[2 * row + 1]!])
  return { rows, kind, dose }
}

function meanOf(kind: string, dose: number): number {
  return (kind === 'alpha' ? -2 : 2) + (3 * (dose - 20)) / 5
}

test('samples and log-densities follow their conditions, words and numbers alike', async () => {
  const { rows, kind, dose } = conditioned()
  const model = await fit(rows, {
    ...{ steps: 1500, batchSize: 256, size: { width: 64, blocks: 2 }, seed: 1 },
    conditions: { kind, dose },
  })
  for (const [word, amount] of [
    ['alpha', 20],
    ['beta', 20],
    ['alpha', 26],
  ] as const) {
    const drawn = await model.sample({ count: 1000, seed: 4, conditions: { kind: word, dose: amount } })
    const mean = drawn.reduce((sum, value) => sum + value / 1000, 0)
    expect(Math.abs(mean / 100 - meanOf(word, amount))).toBeLessThan(0.3)
  }
  const asked = [[-200], [100], [50]]
  const given = { kind: ['alpha', 'beta', 'alpha'], dose: [20, 20, 21] }
  const { logDensity } = await model.logDensity(asked, { conditions: given })
  asked.forEach(([x], row) => {
    const apart = (x! - 100 * meanOf(given.kind[row]!, given.dose[row]!)) / 150
    const exact = -0.5 * apart ** 2 - Math.log(150 * Math.sqrt(2 * Math.PI))
    expect(Math.abs(logDensity[row]! - exact)).toBeLessThan(0.25)
  })
  // A row is a function of its seed, its index and its conditions: with one for all, or one each.
  const both = await model.sample({ count: 2, conditions: { kind: ['alpha', 'beta'], dose: [20, 20] } })
  const ones = await model.sample({ count: 2, conditions: { kind: 'beta', dose: 20 } })
  expect(both[1]).toBe(ones[1])
  await model.dispose()
}, 120_000)

test.each([
  { what: 'missing', conditions: { kind: 'alpha' }, says: /"dose" is missing/ },
  { what: 'unknown', conditions: { kind: 'alpha', dose: 1, dosis: 2 }, says: /no condition "dosis"/ },
  {
    what: 'a word that was not learned',
    conditions: { kind: 'alpa', dose: 1 },
    says: /"alpa" is no value.*Did you mean alpha/s,
  },
  { what: 'a word for a number', conditions: { kind: 'alpha', dose: 'much' }, says: /"dose" has words/ },
  {
    what: 'too few',
    conditions: { kind: ['alpha'], dose: 1 },
    says: /one entry for each of the 2 rows; it has 1/,
  },
  { what: 'not finite', conditions: { kind: 'alpha', dose: Number.NaN }, says: /not finite/ },
])('conditions of a sample: $what', async ({ conditions, says }) => {
  const { rows, kind, dose } = conditioned(100)
  const model = await fit(rows, { ...quick, conditions: { kind, dose } })
  const asked = model.sample({ count: 2, conditions: conditions as { kind: string; dose: number } })
  await expect(asked).rejects.toMatchObject({ code: 'data/conditions' })
  const { message, hint } = (await asked.catch((error: unknown) => error)) as ScorefieldError
  expect(`${message} ${hint}`).toMatch(says)
  await model.dispose()
})

test('conditions of rows are checked before work begins', async () => {
  const { rows, kind } = conditioned(50)
  const short = { ...quick, conditions: { kind: kind.slice(1) } }
  await expect(fit(rows, short)).rejects.toMatchObject({ code: 'data/conditions' })
  await expect(
    fit(rows, { ...quick, conditions: { kind: [...kind.slice(1), 5] as string[] } }),
  ).rejects.toThrow(/several kinds/)
})
