import { describe, expect, test } from 'vitest'
import type { Source } from '../data/index.ts'
import { ScorefieldError } from '../engine/index.ts'
import type { TrainingEvent, TrainingState } from './events.ts'
import { startState } from './state.ts'
import {
  bytesOf,
  eventsOf,
  failureOf,
  hundredRows,
  moons,
  shortRun,
  smallLearning,
  smallTask,
} from './training.test-helper.ts'

/** The hundred rows, but for one number of one example. */
function planted(example: number, value: number): Source {
  return {
    ...hundredRows,
    fill: (range, into) => {
      hundredRows.fill(range, into)
      const at = example - range.first
      if (at >= 0 && at < range.count) into.points[2 * at + 1] = value
    },
  }
}

/** A run that fails: its error, checked for its code, and the last checkpoint before. */
async function notFinite(task: ReturnType<typeof smallTask>) {
  const { error, before } = await failureOf(task)
  expect(error).toBeInstanceOf(ScorefieldError)
  expect(error).toMatchObject({ code: 'training/not-finite' })
  const { message, where } = error as ScorefieldError
  return { message, where, before, last: lastCheckpoint(before) }
}

function lastCheckpoint(events: readonly TrainingEvent[]): TrainingState | undefined {
  return events.reduce<TrainingState | undefined>(
    (last, event) => (event.type === 'checkpoint' ? event.state : last),
    undefined,
  )
}

/** A copy of a state with one number replaced. */
function poisoned(state: TrainingState, group: string, name: string, value: number): TrainingState {
  const values = state.groups[group]![name]!.slice()
  values[3] = value
  return {
    ...state,
    groups: { ...state.groups, [group]: { ...state.groups[group]!, [name]: values } },
  }
}

describe('a value in the data', () => {
  // Example 500 is in step 16 (15 × 32 = 480 examples before), the first of a call of 3 with the checkpoint at 9.
  const example = 500

  test.each([1e38, Infinity, NaN])('%f: step, layer, noise level and example', async (value) => {
    const { message, where } = await notFinite(smallTask({ data: planted(example, value) }))
    const [, layer, sigma] =
      /^Training stopped at step 16: (.+) is not finite for noise level σ = ([\d.e-]+), example 500\.$/.exec(
        message,
      )!
    expect(layer).toMatch(/\((square|input|matmul|add|mul)\)$/)
    expect(Number(sigma)).toBeGreaterThanOrEqual(shortRun.sigmaMin)
    expect(Number(sigma)).toBeLessThanOrEqual(shortRun.sigmaMax)
    expect(where).toBe('step 16, examples 480 to 511')
  })

  test('the last checkpoint is as good as if nothing had happened', async () => {
    const { last } = await notFinite(smallTask({ data: planted(example, 1e38) }))
    expect(last!.step).toBe(9)
    const healed = await eventsOf(smallTask({ resume: last! }))
    expect(bytesOf(healed.done.state)).toEqual(bytesOf((await eventsOf(smallTask())).done.state))
  })

  test('named alike however many steps a call has', async () => {
    const messages = await Promise.all(
      [1, 24].map(async (stepsPerCall) => {
        const config = { stepsPerCall, evaluateEverySteps: 0, checkpointEverySteps: 0 }
        return (await notFinite(smallTask({ data: planted(example, 1e38), config }))).message
      }),
    )
    expect(messages[0]).toMatch(/example 500/)
    expect(messages[1]).toBe(messages[0])
  })

  test('a value whose gradient alone overflows', async () => {
    // Its loss, about value²/100 at most, is finite; the gradient's square is not.
    const { message, before } = await notFinite(smallTask({ data: planted(example, 1e17) }))
    expect(message).toMatch(
      /^Training stopped at step 16: the gradient \(largest loss\) is not finite .*, example 500\.$/,
    )
    expect(before.every((event) => event.type !== 'step' || event.step < 16)).toBe(true)
  })

  test('among the held-out rows', async () => {
    const rows = moons(50, 2)
    rows[2 * 7] = 1e38
    const { message, last } = await notFinite(smallTask({ heldOut: { rows } }))
    expect(message).toMatch(/^Training stopped at step 6: .* σ = [\d.e-]+, held-out example 7\.$/)
    expect(last).toBeUndefined()
  })
})

describe('a learning rate far too large', () => {
  test('stops with the layer named, seen from the weights at that step, however many a call has', async () => {
    const messages = await Promise.all(
      [1, 24].map(async (stepsPerCall) => {
        const config = { learningRate: 1e30, schedule: 'constant', warmUpSteps: 0, stepsPerCall }
        return (await notFinite(smallTask({ config }))).message
      }),
    )
    expect(messages[0]).toMatch(
      /^Training stopped at step 2: .+ is not finite for noise level σ = [\d.e-]+, example \d+\.$/,
    )
    // The first weights, with which the call began, see no overflow.
    expect(messages[0]).not.toMatch(/loss \(sum\)/)
    expect(messages[1]).toBe(messages[0])
  })

  test('that overflows in the very last update leaves no state to keep', async () => {
    const config = { learningRate: 1e39, schedule: 'constant', warmUpSteps: 0, steps: 1 }
    const { message, last } = await notFinite(smallTask({ config }))
    expect(message).toMatch(
      /^Training stopped after step 1: its update made model\/[\w.]+ infinite or NaN\.$/,
    )
    expect(last).toBeUndefined()
  })
})

describe('a state that is not finite', () => {
  const task = smallTask()
  const start = startState(smallLearning(), shortRun)

  test('a parameter is named', async () => {
    const resume = poisoned(start, 'model', 'block0.in.weight', NaN)
    const { message } = await notFinite({ ...task, resume })
    expect(message).toBe('Training stopped at step 1: parameter block0.in.weight is not finite.')
  })

  test.each(['ema', 'second'])('%s: never kept', async (group) => {
    const resume = poisoned(start, group, 'in.weight', Infinity)
    const { message, last } = await notFinite({ ...task, resume })
    expect(message).toBe(`Training stopped after step 9: its update made ${group}/in.weight infinite or NaN.`)
    expect(last).toBeUndefined()
  })
})
