import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  leastLossOf,
  type TrainingSteps,
  trainingSentences,
  turningPointOf,
  turningText,
  weightsSentence,
} from './steps.ts'

/** A log of evaluations every so many steps, losses of few values so that some are equal, and the weights of any step. */
const trainings = fc
  .record({
    every: fc.integer({ min: 1, max: 500 }),
    losses: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
    more: fc.integer({ min: 0, max: 3000 }),
    reason: fc.option(fc.constantFrom('finished', 'early-stop', 'interrupted'), { nil: undefined }),
    kind: fc.constantFrom('best', 'ema', 'model'),
    of: fc.nat(12),
  })
  .map(({ every, losses, more, reason, kind, of }) => {
    const step = losses.map((_, i) => (i + 1) * every)
    const steps = losses.length * every + more
    return {
      steps,
      ...(reason && { reason }),
      weights: { kind, step: step[of] ?? steps } as TrainingSteps['weights'],
      heldOut: { step, loss: losses.map((loss) => loss / 10), standardError: losses.map(() => 0.01) },
    }
  })

describe('what is told of steps', () => {
  it('holds together: each step is said to be what it is in the log', () =>
    fc.assert(
      fc.property(trainings, (training) => {
        const [end = '', used = ''] = trainingSentences(training)
        const numbers = (text: string): number[] =>
          [...text.matchAll(/steps? ([\d,]+)/g)].map(([, number]) => Number(number!.replaceAll(',', '')))
        const { heldOut, weights, steps, reason } = training
        const least = heldOut.step[heldOut.loss.indexOf(Math.min(...heldOut.loss))]
        const [ofWeights, ...others] = numbers(used)
        expect(ofWeights).toBe(weights.step)
        expect(used).toContain(`of ${steps.toLocaleString('en-US')}`)
        // The step of the least loss is told once where it is that of the weights, and apart where it is another.
        expect(others).toEqual(least === undefined || least === weights.step ? [] : [least])
        expect(used.includes('where the held-out loss was least')).toBe(least === weights.step)
        if (reason === 'early-stop' && least !== undefined) expect(numbers(end)).toEqual([least])
        expect(end).toMatch(new RegExp(`\\b${steps.toLocaleString('en-US')} steps?\\b`))
      }),
      { numRuns: 300 },
    ))

  it('is not the step of the checkpoint that holds the weights', () => {
    const least = leastLossOf({
      step: [1000, 2000, 2100],
      loss: [0.9, 0.8, 0.85],
      standardError: [0.1, 0.02, 0.1],
    })!
    expect(least).toEqual({ step: 2000, loss: 0.8, standardError: 0.02, evaluations: 3, after: 1 })
    expect(weightsSentence({ steps: 2100, weights: { kind: 'best', step: 2000 }, least })).toBe(
      'The run uses the averaged weights of step 2,000 of 2,100, where the held-out loss was least: 0.8000 ± 0.0200, of 3 evaluations.',
    )
  })
})

describe('the turning point', () => {
  const log = (loss: readonly number[], error: number | null = 0.1) => ({
    step: loss.map((_, i) => 100 * (i + 1)),
    loss,
    standardError: loss.map(() => error),
  })
  it('is where the held-out loss is least, and is one of learning by heart where the loss rose by more than its error', () => {
    expect(turningPointOf(log([3, 1, 1.05, 2]))).toEqual({ step: 200, loss: 1, learnsByHeart: true })
    expect(turningPointOf(log([3, 1, 2, 1.05]))).toEqual({ step: 200, loss: 1, learnsByHeart: false })
    expect(turningPointOf(log([3, 1]))).toMatchObject({ step: 200, learnsByHeart: false })
    expect(turningPointOf(log([1, 1.01], null))).toMatchObject({ step: 100, learnsByHeart: true })
    expect(turningPointOf(log([]))).toBeUndefined()
  })
  it('says so in words', () => {
    expect(turningText({ step: 1500, loss: 1, learnsByHeart: true })).toBe(
      'best at step 1,500; later the model learns rows by heart',
    )
    expect(turningText({ step: 200, loss: 1, learnsByHeart: false })).toBe('best at step 200')
  })
})
