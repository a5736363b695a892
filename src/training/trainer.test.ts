import { describe, expect, test } from 'vitest'
import { freshSource } from '../data/index.ts'
import { exactDenoiser, gaussianMixture } from '../density/index.ts'
import * as f from '../engine/index.ts'
import { hostDenoiser } from '../family/family.test-helper.ts'
import { preconditioned } from '../family/index.ts'
import { parameterCount, residualMlp, startValues } from '../nn/index.ts'
import { learningOf } from './learning.ts'
import { measureScale, proposeNoiseRange } from './measure.ts'
import { afterEvaluation, type BestSoFar, startState } from './state.ts'
import {
  bytesOf,
  countingRuntime,
  eventsOf,
  moons,
  shortRun,
  smallLearning,
  smallModel,
  smallTask,
} from './training.test-helper.ts'

const heldOut = { rows: moons(50, 2) }

describe('events', () => {
  const run = eventsOf(smallTask({ heldOut }))

  test('come in order', async () => {
    const { all } = await run
    const told = all.map(({ type, step }: { type: string; step?: number }) => `${type} ${step}`)
    expect(told.join(', ')).toBe(
      'start 0, step 5, step 6, evaluation 6, step 9, checkpoint 9, step 12, evaluation 12, ' +
        'step 17, step 18, evaluation 18, checkpoint 18, step 23, step 24, evaluation 24, checkpoint 24, done 24',
    )
  })

  test('start: what will be done', async () => {
    const [start] = (await run).of('start')
    const parameters = Object.values(smallModel().parameters).map(({ shape }) => f.sizeOf(shape))
    expect(start).toMatchObject({ steps: 24, parameters: parameters.reduce((a, b) => a + b) })
    // A step's matrix products alone take 2 · 3 operations an example and a weight of the middle block.
    expect(start!.flopsPerStep).toBeGreaterThan(32 * 6 * 3 * 16 * 16)
  })

  test('an evaluation fetches the averaged weights and nothing else, a checkpoint everything', async () => {
    const { runtime, taken } = countingRuntime()
    const fetched: Record<string, number[]> = {}
    await eventsOf(smallTask({ heldOut, runtime }), ({ type }) => {
      const kept = fetched[type] ?? []
      fetched[type] = [...kept, taken()]
    })
    const all = parameterCount(smallModel().parameters)
    expect(fetched['step']).toEqual(fetched['step']!.map(() => 0))
    expect(fetched['evaluation']).toEqual([all, all, all, all])
    // Model, averages and two moments.
    expect(fetched['checkpoint']).toEqual([4 * all, 4 * all, 4 * all])
    expect(fetched['done']).toEqual([0])
  })

  test('losses by noise level cover every example since the evaluation before', async () => {
    const { of } = await run
    const steps = of('step')
    let before = 0
    for (const { step, lossByNoiseLevel } of of('evaluation')) {
      const { count, loss } = lossByNoiseLevel!
      expect(count.reduce((a, b) => a + b)).toBe((step - before) * shortRun.batchSize)
      // Their sum is that of the steps told.
      const calls = steps.filter((event) => event.step > before && event.step <= step)
      const told = calls.reduce((sum, call, i) => {
        const from = i === 0 ? before : calls[i - 1]!.step
        return sum + call.loss * (call.step - from) * shortRun.batchSize
      }, 0)
      const sum = loss.reduce<number>((total, mean, i) => total + (mean ?? 0) * count[i]!, 0)
      expect(sum / told).toBeCloseTo(1, 10)
      before = step
    }
  })

  test('done: finished, with the last checkpoint’s state', async () => {
    const { of, done } = await run
    expect(done.reason).toBe('finished')
    expect(of('checkpoint').at(-1)!.state).toBe(done.state)
    expect(done.secondsInRuntime).toBeGreaterThan(0)
    expect(done.secondsElapsed).toBeGreaterThan(done.secondsInRuntime)
  })

  test('without held-out rows, or with none, there is no held-out loss', async () => {
    const none = { rows: new Float32Array(0) }
    for (const task of [smallTask(), smallTask({ heldOut: none })]) {
      const { of } = await eventsOf({ ...task, config: { ...task.config, patienceEvaluations: 1 } })
      for (const event of of('evaluation'))
        expect(event).toMatchObject({ heldOutLoss: null, heldOutStandardError: null, best: false })
    }
  })

  test('a run with nothing left to do says so', async () => {
    const { state } = (await run).done
    const { all, done } = await eventsOf({ ...smallTask({ heldOut }), resume: state })
    expect(all.map(({ type }) => type)).toEqual(['start', 'checkpoint', 'done'])
    expect(done.reason).toBe('finished')
    expect(bytesOf(done.state)).toEqual(bytesOf(state))
  })

  test('an abort before the first step keeps the start', async () => {
    const task = smallTask({ signal: AbortSignal.abort() })
    const { done } = await eventsOf(task)
    expect(done).toMatchObject({ reason: 'interrupted', step: 0 })
    expect(bytesOf(done.state)).toEqual(bytesOf(startState(learningOf(task), task.config)))
  })
})

describe('early stopping', () => {
  test('stops after so many evaluations without a better one', async () => {
    // Nothing is learned, so no evaluation is better than the first.
    const config = { learningRate: 0, patienceEvaluations: 2, checkpointEverySteps: 0 }
    const task = smallTask({ heldOut, config })
    const { of, done } = await eventsOf(task)
    expect(of('evaluation').map(({ best }) => best)).toEqual([true, true, true])
    expect(done).toMatchObject({ reason: 'early-stop', step: 18 })
    expect(done.state).toMatchObject({ bestStep: 18, evaluationsWithoutBest: 2 })
    // Resumed, it is still stopped; with more patience, it goes on.
    const again = await eventsOf({ ...task, resume: done.state })
    expect(again.done).toMatchObject({ reason: 'early-stop', step: 18 })
    expect(bytesOf(again.done.state)).toEqual(bytesOf(done.state))
    const patient = { ...task, config: { ...task.config, patienceEvaluations: 5 } }
    expect((await eventsOf({ ...patient, resume: done.state })).done).toMatchObject({ reason: 'finished' })
  })

  test('keeps the latest averaged weights within a standard error of the least loss', async () => {
    const config = {
      ...{ learningRate: 0.3, schedule: 'constant', warmUpSteps: 0, emaHalfLifeSteps: 1, steps: 60 },
      ...{ checkpointEverySteps: 6, patienceEvaluations: 3 },
    }
    const { of, done } = await eventsOf(smallTask({ heldOut, config }))
    const evaluations = of('evaluation')
    const losses = evaluations.map(({ heldOutLoss }) => heldOutLoss!)
    const { bestLoss, bestStep, best } = done.state
    expect(bestLoss).toBe(Math.min(...losses))
    const within = evaluations.filter(({ heldOutLoss }, i) => {
      const before = evaluations.slice(0, i + 1)
      const least = before.reduce((a, b) => (b.heldOutLoss! < a.heldOutLoss! ? b : a))
      return heldOutLoss! <= least.heldOutLoss! + least.heldOutStandardError!
    })
    expect(bestStep).toBe(within.at(-1)!.step)
    expect(within.length).toBeLessThan(evaluations.length)
    expect(best).toEqual(of('checkpoint').find(({ step }) => step === bestStep)!.state.groups['ema'])
  })

  test('keeps no weights by which a few points are lost, large as the error of their loss may be', () => {
    const weights = (value: number) => ({ w: Float32Array.of(value) })
    const start: BestSoFar = { bestLoss: null, bestStep: 0, evaluationsWithoutBest: 0 }
    const good = afterEvaluation(start, { step: 1, loss: 0.3, standardError: 0.02, weights: weights(1) })
    const lost = afterEvaluation(good, { step: 2, loss: 3, standardError: 2.8, weights: weights(2) })
    expect(lost).toMatchObject({ bestStep: 1, bestLoss: 0.3, best: weights(1), evaluationsWithoutBest: 1 })
    const later = afterEvaluation(lost, { step: 3, loss: 0.31, standardError: 0.001, weights: weights(3) })
    expect(later).toMatchObject({ bestStep: 3, bestLoss: 0.3, best: weights(3) })
  })
})

describe('usage', () => {
  test.each([
    [{ optimiser: 'adam' }, 'usage/unknown-name'],
    [{ schedule: 'cosinus' }, 'usage/unknown-name'],
    [{ objective: 'edn' }, 'usage/unknown-name'],
    [{ optimiserOptions: { beta3: 1 } }, 'training/unknown-option'],
    [{ optimiserOptions: { toString: 1 } }, 'training/unknown-option'],
  ])('%j is refused', async (config, code) => {
    await expect(eventsOf(smallTask({ config }))).rejects.toThrow(expect.objectContaining({ code }))
  })

  test('a state of another model is refused, and what was opened is closed', async () => {
    let closed = 0
    const counting: f.Runtime = {
      ...f.referenceRuntime,
      load: async (...of) => {
        const executor = await f.referenceRuntime.load(...of)
        return Object.assign(executor, { dispose: async () => void closed++ })
      },
    }
    const state = startState(smallLearning({}, smallModel({ conditions: { label: [1] } })), shortRun)
    await expect(eventsOf(smallTask({ heldOut, runtime: counting, resume: state }))).rejects.toThrow()
    expect(closed).toBe(2)
  })
})

test('learns: the relative Fisher error falls, most of the time is spent in the runtime', async () => {
  const density = gaussianMixture({
    means: [
      [-2, 0],
      [1, 1.5],
      [1, -1.5],
    ],
    covariances: [0.1, 0.3, 0.2],
  })
  const data = freshSource({ event: [2], sample: (range) => density.sample({ seed: 1, ...range }) })
  const scale = proposeNoiseRange(measureScale(density.sample({ seed: 2, first: 0, count: 1000 }), 2))
  const size = { width: 64, blocks: 2, embedding: 32 }
  const shape = { event: [2] }
  const model = preconditioned({ network: residualMlp, shape, size, sigmaData: scale.sigmaData })
  const config = {
    ...{ ...shortRun, ...scale, batchSize: 256, steps: 450, learningRate: 5e-3, warmUpSteps: 20 },
    ...{ emaHalfLifeSteps: 20, evaluateEverySteps: 0, checkpointEverySteps: 150, stepsPerCall: 25 },
  }
  const rows = 512
  const denoise = await hostDenoiser(model, rows)

  /** E‖s_θ − s‖²/E‖s‖² over the noised density, the mean of four levels. */
  const fisherError = async (values: f.Named<ArrayLike<number>>): Promise<number> => {
    let total = 0
    const levels = [0.1, 0.3, 1, 3]
    for (const sigma of levels) {
      const noised = density.noised!({ alpha: 1, std: sigma })
      const x = noised.sample({ seed: 3, first: 0, count: rows })
      const truth = exactDenoiser(density, { sigma })(x)
      const said = await denoise(values, { x, sigma: new Float32Array(rows).fill(sigma) })
      let error = 0
      let size = 0
      truth.forEach((value, k) => {
        error += (said[k]! - value) ** 2
        size += (x[k]! - value) ** 2
      })
      total += error / size / levels.length
    }
    return total
  }

  const errors = [await fisherError(startValues(model.parameters, config.seed))]
  const { of, done } = await eventsOf({ model, data, config })
  for (const { state } of of('checkpoint')) errors.push(await fisherError(state.groups['ema']!))
  await denoise.dispose()
  expect(errors).toHaveLength(4)
  for (let i = 1; i < errors.length; i++) expect(errors[i]!).toBeLessThan(errors[i - 1]!)
  expect(errors.at(-1)!).toBeLessThan(0.1 * errors[0]!)
  const wall = done.secondsElapsed - of('start')[0]!.compileSeconds
  // 0.9 on a quiet machine; the bound leaves room for others on it.
  expect(done.secondsInRuntime / wall).toBeGreaterThan(0.6)
})
