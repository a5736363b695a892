import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { TrainingState } from '../../training/index.ts'
import { amendRun } from '../folder/amend.node.ts'
import { saveCheckpoint } from '../folder/checkpoint.node.ts'
import { createRun, openRun, type Run } from '../folder/folder.node.ts'
import { lockRun } from '../folder/lock.node.ts'
import { ownFolder, someDescription } from '../testing/runs.ts'
import { stateAt } from '../testing/states.ts'
import { continueRun } from './continue.node.ts'

const commandLine = ['train', '--resume', 'here']

/** A run of 100 steps in all that gives up after 4 evaluations, at this place. */
async function runAt(step: number, evaluationsWithoutBest: number): Promise<Run> {
  const training = { steps: 100, patienceEvaluations: 4 }
  const run = await createRun(join(await ownFolder(), 'run'), someDescription({ training }))
  await saveCheckpoint(run, placeAt(step, evaluationsWithoutBest))
  return run
}

const placeAt = (step: number, evaluationsWithoutBest: number): TrainingState => ({
  ...stateAt(step),
  evaluationsWithoutBest,
})

describe('where a run is', () => {
  test.each([
    [50, 3, undefined],
    [50, 4, 'early-stop'],
    [100, 0, 'finished'],
    [100, 4, 'finished'],
  ] as const)('step %i of 100, %i evaluations without a better loss: %s', async (step, without, ended) => {
    const run = await runAt(step, without)
    const continued = await continueRun(run, { commandLine })
    expect(continued).toMatchObject({ ended, change: undefined, run, state: { step } })
    expect(continued.state.evaluationsWithoutBest).toBe(without)
  })
})

test('more steps wake a run that stopped early, also if it was stopped again before its next checkpoint', async () => {
  const run = await runAt(50, 4)
  const longer = await continueRun(run, { steps: 200, commandLine })
  expect(longer).toMatchObject({ ended: undefined, state: { evaluationsWithoutBest: 0 } })
  expect(longer.run.config.training).toMatchObject({ steps: 200, patienceEvaluations: 8 })
  await amendRun(longer.run)
  const again = await openRun(run.folder)
  expect(again).toEqual(longer.run)
  expect(await continueRun(again, { commandLine })).toMatchObject({
    ...{ ended: undefined, change: undefined, state: { evaluationsWithoutBest: 0 } },
  })
  await saveCheckpoint(again, placeAt(60, 8))
  expect(await continueRun(again, { commandLine })).toMatchObject({
    ...{ ended: 'early-stop', state: { evaluationsWithoutBest: 8 } },
  })
})

test('each change is told beside those before it', async () => {
  const run = await runAt(50, 0)
  await amendRun((await continueRun(run, { steps: 200, commandLine })).run)
  await amendRun((await continueRun(await openRun(run.folder), { steps: 80, commandLine })).run)
  const { history, config } = await openRun(run.folder)
  expect(config.training).toMatchObject({ steps: 80, patienceEvaluations: 8 })
  expect(history!.map(({ changed }) => changed['training.steps'])).toEqual([
    { from: 100, to: 200 },
    { from: 200, to: 80 },
  ])
})

test.each([49, 50])('%i steps in all leave nothing to do after 50', async (steps) => {
  const continued = continueRun(await runAt(50, 0), { steps, commandLine })
  await expect(continued).rejects.toMatchObject({ code: 'training/fewer-steps', kind: 'usage' })
})

test('a run that is being trained is not written to', async () => {
  const run = await runAt(50, 0)
  const before = readFileSync(join(run.folder, 'run.json'))
  const longer = await continueRun(run, { steps: 200, commandLine })
  const lock = await lockRun(run)
  await expect(amendRun(longer.run)).rejects.toMatchObject({ code: 'run/locked' })
  await lock.release()
  expect(readFileSync(join(run.folder, 'run.json'))).toEqual(before)
})
