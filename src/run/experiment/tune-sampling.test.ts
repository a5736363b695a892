import { expect, test } from 'vitest'
import { exactLevels } from '../../sampling/testing/exact.ts'
import { FittedModel } from './fitted-model.ts'
import { type TriedWay, tuneSampling } from './tune-sampling.ts'

const components = [
  { weight: 0.4, mean: [-1, 0.5], axes: [1, 0, 0, 1], variances: [0.05, 0.2] },
  { weight: 0.6, mean: [1.5, -0.5], axes: [1, 0, 0, 1], variances: [0.1, 0.02] },
]
const fitted = new FittedModel({
  model: exactLevels(components),
  values: {},
  range: { sigmaMin: 0.002, sigmaMax: 20, sigmaData: 1 },
})
const own = { sampler: 'heun', grid: 'karras', steps: 25 }

/** The error of a way by what `sample` draws. */
async function errorOf({ sampling }: TriedWay, seed: number, count: number): Promise<number> {
  const [rows, ends] = await Promise.all([
    fitted.sample({ ...sampling, seed, count }),
    fitted.sample({ seed, count, steps: 100, sampler: 'heun' }),
  ])
  return Math.sqrt(rows.reduce((sum, value, i) => sum + (value - ends[i]!) ** 2, 0) / rows.length)
}

test('the best is never worse than the run’s own on the noise of the search, and is told on other noise', async () => {
  const steps: number[] = []
  const onProgress = (done: number, total: number): void => {
    steps.push(done / total)
  }
  const found = await tuneSampling(fitted, { evaluations: 8, own, rows: 64, seed: 3, onProgress })
  const { best, usual, tried, judged, curve } = found
  expect(usual.sampling).toEqual({ sampler: 'heun', grid: 'karras', steps: 4 })
  expect(best.error).toBeLessThanOrEqual(usual.error)
  expect(tried[0]).toBe(best)
  expect(tried.length).toBeGreaterThan(25)
  for (const [k, way] of tried.entries()) {
    expect(way.evaluations).toBeLessThanOrEqual(8)
    expect(way.error).toBeGreaterThanOrEqual(tried[Math.max(0, k - 1)]!.error)
  }
  // What is found is what `sample` does.
  for (const way of [best, usual]) expect(await errorOf(way, 3, 64)).toBeCloseTo(way.error, 5)
  expect(await errorOf(best, 4, 64)).toBeCloseTo(judged.best.error, 5)
  // On this mixture a better grid is worth much, on any noise.
  expect(judged.best.error).toBeLessThan(judged.usual.error / 2)
  expect(judged.best.distance.value).toBeLessThan(judged.usual.distance.value)
  expect(curve.map((at) => at.best.evaluations)).toEqual(
    [...curve.map((at) => at.best.evaluations)].sort((a, b) => a - b),
  )
  expect(curve.at(-1)!.usual.error).toBeLessThan(curve[0]!.usual.error)
  expect(steps.at(-1)).toBe(1)
})

test('an own way that is best already stays', async () => {
  const asked = { evaluations: 6, rows: 40, seed: 1 }
  const { best } = await tuneSampling(fitted, { ...asked, own })
  const again = await tuneSampling(fitted, { ...asked, own: best.sampling })
  expect(again.best.error).toBeLessThanOrEqual(best.error)
  expect(again.usual).toEqual(best)
})

test('what cannot be searched is told', async () => {
  await expect(tuneSampling(fitted, { evaluations: 1, own })).rejects.toMatchObject({
    code: 'tune/evaluations',
  })
  const stopped = AbortSignal.abort(new Error('stop'))
  await expect(tuneSampling(fitted, { evaluations: 4, own, signal: stopped })).rejects.toThrow('stop')
})
