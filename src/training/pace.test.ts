import { describe, expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** What is told of a training of 100 steps in two minutes, from `from` on, of which each step takes so many seconds. */
function told(secondsPerStep: (step: number) => number, { from = 0, minutes = 2 } = {}): string[] {
  const pace = new Pace({ minutes, steps: 100 }, from)
  let seconds = 0
  const messages: string[] = []
  for (let step = from + 1; step <= 100; step++) {
    seconds += secondsPerStep(step)
    for (const warning of pace.warnings(step, seconds))
      if (warning.type === 'warning') messages.push(`${step}: ${warning.message}`)
  }
  return messages
}

describe('a machine that becomes slower', () => {
  test('is told once, after a tenth of the steps, with the time that it will take', () => {
    expect(told(() => 1.2)).toEqual([])
    expect(told(() => 3)).toEqual([expect.stringMatching(/^10: All steps will take about 5 minutes, not 2/)])
    expect(told((step) => (step < 50 ? 1.2 : 4)).length).toBe(1)
  })

  test('counts a part that was resumed by itself', () => {
    expect(told(() => 1.2, { from: 60 })).toEqual([])
    expect(told(() => 3, { from: 60 })).toEqual([expect.stringMatching(/^70: .* about 5 minutes/)])
  })

  test('is nothing where no time was told', () => {
    const pace = new Pace({ steps: 100 }, 0)
    expect([...pace.warnings(50, 1e6)]).toEqual([])
  })
})
