import { expect, test } from 'vitest'
import { startValues } from '../nn/index.ts'
import { learningOf } from './learning.ts'
import { startState } from './state.ts'
import {
  bytesOf,
  eventsOf,
  failureOf,
  moons,
  shortRun,
  smallModel,
  smallTask,
} from './training.test-helper.ts'

const heldOut = { rows: moons(50, 2) }

test('a warm start from the values of the seed is the cold start, byte for byte', async () => {
  const task = smallTask({ heldOut })
  const start = startValues(task.model.parameters, task.config.seed)
  const [cold, warm] = [await eventsOf(task), await eventsOf({ ...task, start })]
  expect(bytesOf(warm.done.state)).toEqual(bytesOf(cold.done.state))
})

test('weights and their average start from what is given, all else as new', async () => {
  const task = smallTask()
  const { done } = await eventsOf(task)
  const start = done.state.groups['model']!
  const stopped = await eventsOf({ ...task, start, signal: AbortSignal.abort() })
  const { groups, ...others } = startState(learningOf(task), shortRun)
  const expected = { ...others, groups: { ...groups, model: start, ema: start } }
  expect(bytesOf(stopped.done.state)).toEqual(bytesOf(expected))
})

test('after one step at a tiny learning rate the held-out loss is that of the weights given', async () => {
  const task = smallTask({ heldOut })
  const first = await eventsOf(task)
  const { best, bestLoss } = first.done.state
  const config = {
    steps: 1,
    learningRate: 1e-12,
    optimiserOptions: { weightDecay: 0 },
    evaluateEverySteps: 1,
  }
  const warm = await eventsOf(smallTask({ heldOut, start: best, config }))
  const cold = await eventsOf(smallTask({ heldOut, config }))
  const of = (told: typeof warm): number => told.of('evaluation')[0]!.heldOutLoss!
  // The best weights may be later ones than those of the least loss, within its standard error.
  const kept = first.of('evaluation').find(({ step }) => step === first.done.state.bestStep)!.heldOutLoss!
  expect(of(warm)).toBeCloseTo(kept, 5)
  expect(Math.abs(of(cold) - bestLoss!)).toBeGreaterThan(0.01)
})

test.each([
  ['in.weight', new Float32Array(5), /"in\.weight" it has \[2, 16\], 32 numbers; given is \[5\]/],
  ['in.weight', undefined, /"in\.weight" it has \[2, 16\], 32 numbers; given is nothing/],
  ['stray', new Float32Array(3), /"stray" it has no such parameter; given is \[3\]/],
])('a start that does not fit names the parameter and both shapes: %s', async (name, values, message) => {
  const { [name]: _, ...others } = startValues(smallModel().parameters, 1)
  const start = values ? { ...others, [name]: values } : others
  const { error, before } = await failureOf(smallTask({ start: start as Record<string, Float32Array> }))
  expect(error).toMatchObject({ code: 'training/start-does-not-fit', kind: 'usage', where: name })
  expect((error as Error).message).toMatch(message)
  expect(before).toEqual([])
})
