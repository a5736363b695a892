import { expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { denoising, type Objective } from '../objective/index.ts'
import { type EventOf, eventsOf, smallTask } from './training.test-helper.ts'
import { Watcher } from './watcher.ts'

const watch = {
  tell: 'size',
  isBad: (value: number) => value > 7,
  steps: 3,
  code: 'training/collapsed',
  message: (value: number) => `The size is ${value}.`,
}

function told(watcher: Watcher): string[] {
  return [...watcher.warnings()].map((event) => (event as EventOf<'warning'>).message)
}

test('warns once where enough steps in a row are bad, also across calls, and again after a recovery', () => {
  const watcher = new Watcher([watch])
  const add = (sizes: readonly number[], before: number): void =>
    watcher.add({ 'tell/size': Float32Array.from(sizes) }, before)
  add([1, 8, 8], 0)
  expect(told(watcher)).toEqual([])
  expect(watcher.bad).toBe(true)
  add([9, 9, 9, 9], 3)
  expect(told(watcher)).toEqual([
    'The size is 9. So it was in 3 steps up to 4; weights from before are kept.',
  ])
  expect(told(watcher)).toEqual([])
  add([1], 7)
  expect(watcher.bad).toBe(false)
  add([8, 8, 8], 8)
  expect(told(watcher)).toHaveLength(1)
})

/** Denoising that tells how many steps were done, and finds more than seven bad. */
const counting: Objective<'denoise'> = {
  ...denoising,
  heldOut: 'none',
  state: () => ({ steps: { shape: [], dtype: 'float32' } }),
  startState: () => ({ steps: new Float32Array(1) }),
  watches: [watch],
  losses: (given) => {
    const steps = f.add(given.state['steps']!, 1)
    return { ...denoising.losses(given), state: { steps }, tells: { size: steps } }
  },
}

test('a run that goes bad warns, goes on, and keeps the weights of the last good evaluation', async () => {
  const config = { steps: 24, evaluateEverySteps: 6, stepsPerCall: 5 }
  const bad = await eventsOf(smallTask({ config, objective: counting }))
  expect(bad.of('warning').map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'training/collapsed: The size is 10. So it was in 3 steps up to 10; weights from before are kept.',
  ])
  expect(bad.done.reason).toBe('finished')
  expect(bad.done.state.bestStep).toBe(6)
  const short = await eventsOf(
    smallTask({ config: { ...config, schedule: 'constant', steps: 6 }, objective: counting }),
  )
  const long = await eventsOf(smallTask({ config: { ...config, schedule: 'constant' }, objective: counting }))
  expect(long.done.state.best).toEqual(short.done.state.groups['ema'])
})

test('a run that goes bad after it was resumed keeps what it was resumed with', async () => {
  const config = { steps: 24, evaluateEverySteps: 20, checkpointEverySteps: 5 }
  const objective = counting
  const { of } = await eventsOf(smallTask({ config, objective }))
  const { state } = of('checkpoint').find(({ step }) => step === 5)!
  const resumed = await eventsOf(smallTask({ config, objective, resume: state }))
  expect(resumed.done.state.bestStep).toBe(5)
  expect(resumed.done.state.best).toEqual(state.groups['ema'])
})

test('of a run that stays good the last weights are kept', async () => {
  const good = { ...counting, watches: [{ ...watch, isBad: () => false }] }
  const { done, of } = await eventsOf(smallTask({ objective: good }))
  expect(of('warning')).toEqual([])
  // Without `best`, the averaged weights are used.
  expect(done.state.best).toBeUndefined()
})
