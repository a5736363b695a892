import { describe, expect, test } from 'vitest'
import { schedules } from './schedule.ts'

const ends: Readonly<Record<string, number>> = { cosine: 0.001, constant: 1, trapezoid: 0.001 }

describe.each(schedules.map((schedule) => [schedule.name, schedule] as const))('%s', (name, schedule) => {
  const runs = [
    [1000, 100],
    [1000, 0],
    [50, 100],
    [1, 0],
    [1, 1],
    [7, 7],
  ] as const

  test.each(runs)('%i steps, %i to warm up: in (0, 1], never 0 at step 1', (steps, warmUp) => {
    for (let step = 1; step <= steps; step++) {
      const factor = schedule.factor(step, steps, warmUp)
      expect(factor).toBeGreaterThan(0)
      expect(factor).toBeLessThanOrEqual(1)
    }
  })

  test('rises in a straight line to the peak', () => {
    for (let step = 1; step <= 100; step++)
      expect(schedule.factor(step, 1000, 100)).toBeCloseTo(step / 100, 14)
  })

  test('then falls, if at all, without jumps, to the end value', () => {
    for (let step = 101; step <= 1000; step++) {
      const fall = schedule.factor(step - 1, 1000, 100) - schedule.factor(step, 1000, 100)
      expect(fall).toBeGreaterThanOrEqual(-1e-15)
      expect(fall).toBeLessThan(0.006)
    }
    expect(schedule.factor(1000, 1000, 100)).toBeCloseTo(ends[name]!, 14)
  })
})

test('half way down', () => {
  const at = (name: string, step: number): number =>
    schedules.find((schedule) => schedule.name === name)!.factor(step, 1100, 100)
  expect(at('cosine', 600)).toBeCloseTo(0.5005, 12)
  expect(at('trapezoid', 850)).toBe(1)
  expect(at('trapezoid', 1000)).toBeCloseTo(0.5, 12)
})
