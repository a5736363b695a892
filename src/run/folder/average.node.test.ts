import { expect, test } from 'vitest'
import { powerGroup, powerRate, type TrainingState } from '../../training/index.ts'
import { ownFolder } from '../testing/runs.ts'
import { loadAverage } from './average.node.ts'
import { saveCheckpoint } from './checkpoint.node.ts'
import type { Run } from './folder.node.ts'

/** A weight that goes a known way, and its averages kept step by step. */
const wayOf = (step: number): number => 2 * (1 - Math.exp(-step / 40)) + 0.2 * Math.sin(step / 5)

function averaged(step: number, width: number): number {
  let average = 0
  for (let t = 1; t <= step; t++) average += powerRate(t, width) * (wayOf(t) - average)
  return average
}

function stateAt(step: number, widths: readonly number[]): TrainingState {
  const of = (value: number): Record<string, Float32Array> => ({ theta: Float32Array.of(value) })
  const averages = widths.map((width) => [powerGroup(width), of(averaged(step, width))])
  return {
    ...{ step, bestLoss: null, bestStep: 0, evaluationsWithoutBest: 0 },
    groups: { model: of(wayOf(step)), ema: of(0), ...Object.fromEntries(averages) },
  }
}

async function runWith(states: readonly TrainingState[]): Promise<Run> {
  const run = { folder: await ownFolder() } as Run
  for (const state of states) await saveCheckpoint(run, state)
  return run
}

test('an average of another width is made of those that the checkpoints of a run hold', async () => {
  const run = await runWith([100, 110, 120].map((step) => stateAt(step, [0.05, 0.1])))
  for (const width of [0.05, 0.06, 0.08, 0.1]) {
    const { value, step, warnings } = await loadAverage(run, width)
    expect([value.kind, value.step, step, warnings]).toEqual(['ema', 120, 120, []])
    // Of a way of more than 2, the profile being within 1 % of the one wanted.
    expect(Math.abs(value.weights['theta']![0]! - averaged(120, width))).toBeLessThan(0.02)
  }
  expect((await loadAverage(run, 0.25)).warnings).toEqual([
    expect.objectContaining({
      code: 'run/average-far',
      message: expect.stringContaining('between 0.05 and 0.1'),
    }),
  ])
  await expect(loadAverage(run, 0.5)).rejects.toThrow(/0.5 is no width of an average/)
})

test('a run without averages says how to keep them', async () => {
  const run = await runWith([stateAt(10, [])])
  await expect(loadAverage(run, 0.07)).rejects.toEqual(
    expect.objectContaining({ code: 'run/no-averages', hint: expect.stringContaining('powerAverages') }),
  )
})
