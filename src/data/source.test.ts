import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import {
  type Examples,
  fixedSource,
  freshSource,
  orderedSource,
  roomFor,
  type Source,
  shuffledSource,
} from './source.ts'

/** Points whose values say which row they are: [10·row, 10·row + 1]. */
const numbered = (count: number): Float32Array =>
  Float32Array.from({ length: 2 * count }, (_, k) => 10 * Math.floor(k / 2) + (k % 2))
const event = [2]
const labelled = { event, conditions: { label: [], corners: [2, 2] } }
/** What the points of `numbered` are conditioned on: −row, and row times four corners. */
const labels = (count: number): Examples['conditions'] => ({
  label: Float32Array.from({ length: count }, (_, row) => -row),
  corners: Float32Array.from({ length: 4 * count }, (_, k) => Math.floor(k / 4) * (k % 4)),
})

/** Examples first … first + count − 1. */
function examples(source: Source, first: number, count: number): Examples {
  const room = roomFor(source.example, count)
  source.fill({ first, count }, room)
  return room
}

/** Which rows these examples are. */
function rowNumbers(source: Source, first: number, count: number): number[] {
  const { points } = examples(source, first, count)
  return Array.from({ length: count }, (_, i) => points[2 * i]! / 10)
}

const sources: Readonly<Record<string, () => Source>> = {
  fixedSource: () =>
    fixedSource({ example: labelled, points: numbered(37), conditions: labels(37), seed: 4 }),
  orderedSource: () => orderedSource({ example: labelled, points: numbered(37), conditions: labels(37) }),
  shuffledSource: () =>
    shuffledSource({
      ...{ example: { event, conditions: { label: [] } }, count: 37, seed: 4 },
      encode: (row, example, into) => {
        into.points.set([10 * row, example])
        into.conditions['label']!.set([-row])
      },
    }),
  freshSource: () => {
    const stream = new RandomStream({ seed: 1, name: 'rows' })
    return freshSource({ event: [1, 2, 1], sample: (range) => stream.normal({ ...range, width: 2 }) })
  },
}

describe.each(Object.entries(sources))('%s', (_, make) => {
  test('any split of the range, in any order, gives the same rows', () => {
    const whole = examples(make(), 0, 150)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(149), fc.integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 6 }),
        (requests) => {
          const source = make()
          for (const [first, wanted] of requests) {
            const count = Math.min(wanted, 150 - first)
            const part = examples(source, first, count)
            expect(part.points).toEqual(whole.points.subarray(2 * first, 2 * (first + count)))
            for (const [name, values] of Object.entries(whole.conditions)) {
              const width = values.length / 150
              expect(part.conditions[name]).toEqual(values.subarray(width * first, width * (first + count)))
            }
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('shuffled rows', () => {
  const source = fixedSource({ example: { event }, points: numbered(50), seed: 9 })
  const epoch = (of: Source, k: number): number[] => rowNumbers(of, 50 * k, 50)

  test('every row once an epoch', () => {
    for (const k of [0, 1, 2, 1000, 2 ** 33])
      expect(epoch(source, k).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, row) => row))
  })

  test('each epoch in an order of its own, each seed too', () => {
    const orders = [0, 1, 2, 3].map((k) => epoch(source, k).join())
    const otherSeed = fixedSource({ example: { event }, points: numbered(50), seed: 10 })
    expect(new Set([...orders, epoch(otherSeed, 0).join()]).size).toBe(5)
  })

  test('every row is equally often in every place', () => {
    const few = fixedSource({ example: { event }, points: numbered(4), seed: 2 })
    const counts = new Float64Array(16)
    const epochs = 4000
    for (let k = 0; k < epochs; k++)
      rowNumbers(few, 4 * k, 4).forEach((row, place) => {
        counts[4 * row + place]! += 1
      })
    // χ² of a 4 × 4 table with fixed margins has 9 degrees of freedom: 27.9 at 0.1 %.
    const chiSquared = counts.reduce((sum, count) => sum + (count - epochs / 4) ** 2 / (epochs / 4), 0)
    expect(chiSquared).toBeLessThan(27.9)
  })

  test('the encoder hears which example it is for, and conditions go with their row', () => {
    const { points, conditions } = examples(sources['shuffledSource']!(), 30, 20)
    for (let i = 0; i < 20; i++) {
      expect(points[2 * i + 1]).toBe(30 + i)
      expect(conditions['label']![i]).toBe(-points[2 * i]! / 10)
    }
  })

  test('one row is every example', () => {
    const one = fixedSource({ example: { event }, points: Float32Array.of(3, 4), seed: 0 })
    expect([...examples(one, 5, 2).points]).toEqual([3, 4, 3, 4])
  })
})

test('fixed order: one after the other, again and again', () => {
  expect(rowNumbers(sources['orderedSource']!(), 35, 5)).toEqual([35, 36, 0, 1, 2])
})

test.each([
  ['no rows', new Float32Array(0)],
  ['half a row', new Float32Array(5)],
])('%s: an error that says so', (_, points) => {
  const code = expect.objectContaining({ code: 'data/rows' })
  expect(() => fixedSource({ example: { event }, points, seed: 0 })).toThrow(code)
  expect(() => orderedSource({ example: { event }, points })).toThrow(code)
})

test('a condition that is missing or of another length: an error that names it', () => {
  const points = numbered(5)
  const { label, corners } = labels(5)
  for (const conditions of [{ label: label! }, { label: label!, corners: corners!.subarray(1) }])
    expect(() => orderedSource({ example: labelled, points, conditions })).toThrow(
      expect.objectContaining({ code: 'data/rows', message: expect.stringContaining('"corners"') }),
    )
})
