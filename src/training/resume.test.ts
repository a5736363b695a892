import { describe, expect, test } from 'vitest'
import { byName } from '../base/index.ts'
import { fixedSource, freshSource } from '../data/index.ts'
import { toyByName } from '../density/index.ts'
import type { Named, Shape } from '../engine/index.ts'
import { families, type Model } from '../family/index.ts'
import type { TrainingEvent, TrainingState } from './events.ts'
import { learningOf } from './learning.ts'
import { startState } from './state.ts'
import { bytesOf, eventsOf, moons, smallTask } from './training.test-helper.ts'

const heldOut = { rows: moons(50, 2) }
const toy = toyByName('two-moons')
const fresh = freshSource({ event: [2], sample: (range) => toy.sample({ seed: 5, ...range }) })

/** A small energy of rows of two columns. */
function smallEnergy(conditions?: Named<Shape>): Model {
  const size = { width: 16, blocks: 1 }
  const facts = { event: [2], parts: [], conditions, sigmaData: 1, network: 'residual-mlp', size }
  return byName(families, 'energy', 'family').build(facts)
}

/** The rows of `hundredRows`, each under its first number. */
function underConditions(): Pick<ReturnType<typeof smallTask>, 'model' | 'data'> {
  const conditions = { first: [] }
  const points = moons(100, 1)
  const first = Float32Array.from({ length: 100 }, (_, row) => points[2 * row]!)
  const example = { event: [2], conditions }
  return {
    model: smallEnergy(conditions),
    data: fixedSource({ example, points, conditions: { first }, seed: 11 }),
  }
}

test('weights that are told on the way are those of their step, and change nothing', async () => {
  const task = smallTask({ heldOut })
  let asked = 0
  const tellWeights = (): boolean => ++asked === 2
  const [plain, told] = [await eventsOf(task), await eventsOf({ ...task, tellWeights })]
  expect(bytesOf(told.done.state)).toEqual(bytesOf(plain.done.state))
  const [{ step, weights }] = told.of('weights') as [Extract<TrainingEvent, { type: 'weights' }>]
  const stopped = await eventsOf({ ...task, signal: AbortSignal.abort() })
  expect(Object.keys(weights)).toEqual(Object.keys(stopped.done.state.groups['ema']!))
  const until = await interrupted(task, step)
  expect(until.state.step).toBe(step)
  expect(weights).toEqual(until.state.groups['ema'])
  expect(told.of('weights')).toHaveLength(1)
})

/** Runs until step `stop`, as Ctrl-C would stop it. */
async function interrupted(task: ReturnType<typeof smallTask>, stop: number) {
  const controller = new AbortController()
  const { done } = await eventsOf({ ...task, signal: controller.signal }, (event) => {
    if (event.type === 'step' && event.step >= stop) controller.abort()
  })
  return done
}

describe.each([
  [
    '100 rows, held-out rows, patience',
    smallTask({ heldOut, config: { patienceEvaluations: 4, evaluateEverySteps: 12 } }),
  ],
  ['fresh rows', smallTask({ data: fresh })],
  [
    'chains that the objective keeps',
    smallTask({
      model: smallEnergy(),
      config: {
        objective: 'persistent-contrastive-divergence',
        objectiveOptions: { steps: 2, restarts: 0.2 },
      },
    }),
  ],
  [
    'chains that keep their conditions',
    smallTask({
      ...underConditions(),
      config: {
        objective: 'persistent-contrastive-divergence',
        objectiveOptions: { steps: 2, restarts: 0.2 },
      },
    }),
  ],
])('%s: the same bytes', (_, task) => {
  const straight = eventsOf(task)
  const expected = straight.then(({ done }) => bytesOf(done.state))

  test('from a second run', async () => {
    expect(bytesOf((await eventsOf(task)).done.state)).toEqual(await expected)
  })

  test.each([1, 24])('with %i steps a call', async (stepsPerCall) => {
    const config = { ...task.config, stepsPerCall }
    expect(bytesOf((await eventsOf({ ...task, config })).done.state)).toEqual(await expected)
  })

  test.each([
    [7, 3],
    [18, 5],
  ])('interrupted after step %i and resumed with %i steps a call', async (stop, stepsPerCall) => {
    const first = await interrupted(task, stop)
    expect(first.reason).toBe('interrupted')
    expect(first.step).toBeGreaterThanOrEqual(stop)
    expect(first.step).toBeLessThan(stop + task.config.stepsPerCall)
    const config = { ...task.config, stepsPerCall }
    const second = await eventsOf({ ...task, config, resume: first.state })
    expect(second.all[0]).toMatchObject({ type: 'start', step: first.step })
    expect(second.done.reason).toBe('finished')
    expect(bytesOf(second.done.state)).toEqual(await expected)
  })

  test('resumed from a checkpoint on the way', async () => {
    const checkpoints = (await straight).of('checkpoint')
    expect(checkpoints.map(({ step }) => step)).toEqual([9, 18, 24])
    for (const { state } of checkpoints.slice(0, 2)) {
      const again = await eventsOf({ ...task, resume: state })
      expect(bytesOf(again.done.state)).toEqual(await expected)
    }
  })

  test('stopped again and again', async () => {
    let state: TrainingState = startState(learningOf(task), task.config)
    const config = { ...task.config, stepsPerCall: 4 }
    while (state.step < config.steps)
      state = (await interrupted({ ...task, config, resume: state }, state.step + 5)).state
    expect(bytesOf(state)).toEqual(await expected)
  })
})

test('a resumed run leaves the state it was given as it was', async () => {
  const { state } = await interrupted(smallTask(), 5)
  const before = bytesOf(state)
  await eventsOf({ ...smallTask(), resume: state })
  expect(bytesOf(state)).toEqual(before)
})

test('another seed gives other weights', async () => {
  const one = await eventsOf(smallTask())
  const two = await eventsOf(smallTask({ config: { seed: 12 } }))
  expect(bytesOf(one.done.state)).not.toEqual(bytesOf(two.done.state))
})
