import { expect, test } from 'vitest'
import { orderedSource, roomFor, type Source } from './source.ts'
import { type StrayOptions, withStrays } from './stray-rows.ts'

const count = 40_000
const zeros: Source = orderedSource({
  example: { event: [3], conditions: { label: [1] } },
  points: new Float32Array(3),
  conditions: { label: Float32Array.of(7) },
})
const usual: StrayOptions = { share: 0.05, std: 2, coordinates: [0, 2], seed: 1 }

function examples(options: StrayOptions, first: number, wanted: number) {
  const room = roomFor(zeros.example, wanted)
  withStrays(zeros, options).fill({ first, count: wanted }, room)
  return { rows: room.points, labels: room.conditions['label']! }
}

test('each example is a stray with chance ε; its numbers have normal noise of deviation s, nothing else has', () => {
  const { rows, labels } = examples(usual, 0, count)
  const strays: number[] = []
  for (let i = 0; i < count; i++) {
    const [a, b, c] = rows.subarray(3 * i, 3 * i + 3)
    expect(b).toBe(0)
    expect(a === 0).toBe(c === 0)
    if (a !== 0) strays.push(a!, c!)
  }
  expect(new Set(labels)).toEqual(new Set([7]))
  const found = strays.length / 2
  // Four standard deviations of a binomial count, and of a mean of squares of normals.
  expect(Math.abs(found - 0.05 * count)).toBeLessThan(4 * Math.sqrt(0.05 * 0.95 * count))
  const meanSquare = strays.reduce((sum, value) => sum + value ** 2, 0) / strays.length
  expect(Math.abs(meanSquare / usual.std ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / strays.length))
})

test('any split of the range gives the same rows; another seed gives others', () => {
  const whole = examples(usual, 0, 400).rows
  for (const [first, wanted] of [
    [0, 1],
    [17, 100],
    [399, 1],
  ] as const)
    expect(examples(usual, first, wanted).rows).toEqual(whole.subarray(3 * first, 3 * (first + wanted)))
  expect(examples({ ...usual, seed: 2 }, 0, 400).rows).not.toEqual(whole)
})

test('a share of 0 leaves the source as it is', () => {
  expect(withStrays(zeros, { ...usual, share: 0 })).toBe(zeros)
})
