import { expect, test } from 'vitest'
import { samplingMethods } from '../../sampling/index.ts'
import { problemsOf } from '../config/problems.ts'
import { runOptionsSchema } from '../config/schema.ts'
import { drawingOf } from './drawing.ts'

const own = { sampler: 'ancestral', grid: 'karras', steps: 40, samplerOptions: { eta: 0.5 } }

test('a run is drawn from as it says, unless told', () => {
  expect(drawingOf(own, {})).toEqual(own)
  expect(drawingOf(own, { sampler: 'ancestral', steps: 3 })).toEqual({ ...own, steps: 3 })
  expect(drawingOf(own, { samplerOptions: { eta: 0 } })).toEqual({ ...own, samplerOptions: { eta: 0 } })
})

test('the grid’s options are those of the run, unless another grid is told', () => {
  const tuned = { ...own, gridOptions: { rho: 5, first: 0.5 } }
  expect(drawingOf(tuned, {})).toEqual(tuned)
  expect(drawingOf(tuned, { gridOptions: { rho: 3 } }).gridOptions).toEqual({ rho: 3, first: 0.5 })
  expect(drawingOf(tuned, { grid: 'log-snr' })).toEqual({ ...own, grid: 'log-snr' })
})

test('another sampler than the run’s takes none of its steps and options', () => {
  for (const { name, steps } of samplingMethods.filter((method) => method.name !== own.sampler))
    expect(drawingOf(own, { sampler: name })).toEqual({ ...own, sampler: name, steps, samplerOptions: {} })
})

test('a sampler is found by the names that others give it, none of which is that of two', () => {
  const others = samplingMethods.flatMap(({ name, also = [] }) => also.map((other) => [other, name] as const))
  const names = [...samplingMethods.map(({ name }) => name), ...others.map(([other]) => other)]
  expect(new Set(names).size).toBe(names.length)
  for (const [other, name] of others) {
    expect(drawingOf(own, { sampler: other }).sampler).toBe(name)
    const [problem] = problemsOf(runOptionsSchema, { sampling: { sampler: other } })
    expect(problem!.message).toContain(` "${other}" is called ${name} here.`)
  }
  expect(others).toContainEqual(['reverse-diffusion', 'euler-maruyama'])
})

test('options of one name have one range, as the configuration has one place for them', () => {
  const ranges = new Map<string, string>()
  for (const { settings } of samplingMethods)
    for (const [name, { from, to }] of Object.entries(settings)) {
      expect(ranges.get(name) ?? `${from} ${to}`).toBe(`${from} ${to}`)
      ranges.set(name, `${from} ${to}`)
      const problems = (value: number): string[] =>
        problemsOf(runOptionsSchema, { sampling: { samplerOptions: { [name]: value } } }).map(
          ({ path }) => path,
        )
      expect(problems(to)).toEqual([])
      expect(problems(to + 1)).toEqual([`sampling.samplerOptions.${name}`])
    }
  expect(ranges.size).toBeGreaterThan(3)
})
