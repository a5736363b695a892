import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { families } from '../../family/index.ts'
import type { RunOptions } from '../config/schema.ts'
import type { PreparedData } from '../data/kind.ts'
import { prepareVectors } from '../data/vectors.ts'
import { planOf, type RunPlan } from './plan.ts'
import { largestThatFits, withinMinutes } from './within-minutes.ts'

const records = { family: families[0]! }
const rows = new RandomStream({ seed: 1, name: 'rows' }).normal({ first: 0, count: 1500, width: 4 })
const prepared = prepareVectors({ rows, dimension: 4 }, { seed: 0, source: 'rows' })

function planned(given: RunOptions, data: PreparedData = prepared): RunPlan {
  const told: RunOptions = { ...given, data: { source: 'rows' } }
  return planOf({ given: told, prepared: data, records, kind: 'vectors', name: 'rows' })
}

describe('a training of so many minutes', () => {
  const quick = { batchSize: 32, stepsPerCall: 4 }

  test('has as many steps as the time allows, and more in more time', async () => {
    const stepsIn = async (minutes: number): Promise<number> => {
      const given: RunOptions = { training: { minutes, ...quick }, model: { size: { width: 8, blocks: 1 } } }
      const before = planned(given)
      const { config, prepared: ready } = await withinMinutes(before, { given, records })
      const { training, model } = config
      expect(model).toEqual(before.config.model)
      expect(training.patienceEvaluations).toBe(0)
      expect(training.warmUpSteps).toBeLessThanOrEqual(training.steps / 10)
      // Twelve evaluations, whatever the length.
      expect(Math.ceil(training.steps / training.evaluateEverySteps)).toBeLessThanOrEqual(12)
      expect(ready.notes.at(-1)).toMatch(/ steps \(.* ms each\), .* passes over the rows/)
      return training.steps
    }
    const [few, many] = [await stepsIn(1), await stepsIn(8)]
    expect(many).toBeGreaterThan(3 * few)
  })

  test('takes the larger a network the more work can be done, of those that see enough examples', () => {
    const pictures = prepareVectors(
      { rows: rows.subarray(0, 320), shape: [1, 4, 4] },
      { seed: 0, source: 'rows' },
    )
    for (const [data, size, all] of [
      [prepared, 'width', [64, 128, 256]],
      [pictures, 'channels', [16, 32, 48, 64, 96, 128]],
    ] as const) {
      const plan = planned({}, data)
      const chosen = (work: number): number =>
        largestThatFits(plan, { given: {}, records }, work).config.model.size[size]!
      const found = [1e6, 1e9, 1e11, 1e13, 1e15, 1e18].map(chosen)
      expect(found).toEqual([...found].sort((a, b) => a - b))
      expect([found[0], found.at(-1)]).toEqual([all[0], all.at(-1)])
      for (const one of found) expect(all).toContain(one)
      const told = { model: { size: { [size]: 24 } } }
      expect(largestThatFits(plan, { given: told, records }, 1e6)).toBe(plan)
    }
  })

  test('without minutes is as it was', async () => {
    const before = planned({})
    expect(await withinMinutes(before, { given: {}, records })).toBe(before)
  })

  test.each<[string, RunOptions['training'], string]>([
    ['steps as well', { minutes: 1, steps: 100 }, 'training/steps-and-minutes'],
    ['too few minutes', { minutes: 1e-6, ...quick }, 'training/too-few-minutes'],
  ])('%s are an error', async (_, training, code) => {
    const given: RunOptions = { training: training!, model: { size: { width: 8, blocks: 1 } } }
    await expect(withinMinutes(planned(given), { given, records })).rejects.toEqual(
      expect.objectContaining({ code, kind: 'usage' }),
    )
  })

  test('stops with its signal', async () => {
    const given = { training: { minutes: 1, ...quick } }
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(withinMinutes(planned(given), { given, records, signal })).rejects.toThrow('enough')
  })
})
