import { describe, expect, test } from 'vitest'
import { type Model, preconditioned } from '../family/index.ts'
import { parameterCount, residualMlp } from '../nn/index.ts'
import { learningOf } from './learning.ts'
import { batchSizeThatFits, stepBytes, stepsInCall } from './memory.ts'
import { shortRun, smallLearning, smallModel } from './training.test-helper.ts'

function wide(dimension: number): Model {
  const size = { width: 16, blocks: 1, embedding: 8 }
  return preconditioned({ network: residualMlp, shape: { event: [dimension] }, size, sigmaData: 1 })
}

describe('steps in a call', () => {
  test('as many as told, where batches are small', () => {
    expect(stepsInCall(smallLearning(), 25)).toBe(25)
    expect(stepsInCall(smallLearning(), 1)).toBe(1)
  })

  test.each([
    // A batch: points and noise, level and weight. 32 · (2d + 2) · 4 bytes into 64 MB.
    [20_000, 12],
    [5_000, 25],
    [300_000, 1],
  ])('of rows of %i numbers: %i', (dimension, steps) => {
    expect(stepsInCall(learningOf({ model: wide(dimension), config: shortRun }), 25)).toBe(steps)
  })
})

describe('bytes of a step', () => {
  test('weights, averages and two moments, before and after, and what a batch needs', () => {
    const model = wide(400)
    const at = (batchSize: number) => stepBytes({ model, config: { ...shortRun, batchSize } })
    expect(at(16)).toBeGreaterThan(2 * 4 * 4 * parameterCount(model.parameters))
    // Of each row at least its point, its noise and the difference of both networks' results.
    const perRow = (at(100_000) - at(50_000)) / 50_000
    expect(perRow).toBeGreaterThan(3 * 4 * 400)
    expect(perRow).toBeLessThan(20 * 4 * 400)
  })

  test('a batch that fits stays; one that does not is halved until it does, down to 16', () => {
    expect(batchSizeThatFits({ model: smallModel(), config: shortRun }).batchSize).toBe(32)
    const task = { model: wide(1000), config: { ...shortRun, batchSize: 4000 } }
    const bytesAt = (batchSize: number) => stepBytes({ ...task, config: { ...task.config, batchSize } })
    const { batchSize, askedBytes } = batchSizeThatFits(task, 2e7)
    expect(askedBytes).toBe(bytesAt(4000))
    expect([4000, 2000, 1000, 500, 250, 125]).toContain(batchSize)
    expect(bytesAt(batchSize)).toBeLessThan(2e7)
    expect(bytesAt(2 * batchSize)).toBeGreaterThan(2e7)
    expect(batchSizeThatFits(task, 1).batchSize).toBe(16)
  })
})
