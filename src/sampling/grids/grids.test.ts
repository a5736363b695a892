import { describe, expect, it } from 'vitest'
import { noiseProcesses, variancePreserving } from '../../noise/index.ts'
import { checkedLevels } from './grid.ts'
import { timeGridByName, timeGrids } from './index.ts'
import { karras } from './karras.ts'
import { logSnr } from './log-snr.ts'
import { samplingRange } from './range.ts'
import { uniform } from './uniform.ts'

const edmRange = { sigmaMin: 0.002, sigmaMax: 80 }

describe.each(timeGrids.map((grid) => ({ name: grid.name, grid })))('$name', ({ grid }) => {
  it.each([1, 2, 3, 18, 500])('falls from σ_max to σ_min in %i steps, then to 0', (steps) => {
    const levels = grid.levels({ ...edmRange, steps })
    expect(levels).toHaveLength(steps + 1)
    expect(levels[0]).toBe(80)
    if (steps > 1) expect(levels[steps - 1]).toBe(0.002)
    expect(levels[steps]).toBe(0)
  })

  it.each(noiseProcesses.map((process) => ({ name: process.name, process })))(
    'serves the process $name',
    ({ process }) => {
      const range = samplingRange(process)
      expect(range.priorStd).toBeGreaterThan(0.9 * range.sigmaMax)
      expect(() => checkedLevels(grid.levels({ ...range, steps: 40 }))).not.toThrow()
    },
  )

  it('is found by its name', () => expect(timeGridByName(grid.name)).toBe(grid))
})

it('gives the golden levels of EDM for N = 18', () => {
  const golden = [
    80, 57.585984721, 40.785573797, 28.374584604, 19.35245298, 12.910082381, 8.4009353091, 5.3151945218,
    3.2568215198, 1.923339837, 1.0881706365, 0.58534812319, 0.29644228448, 0.13951646873, 0.059947311235,
    0.022934518372, 0.0075280199628, 0.002, 0,
  ]
  const levels = karras.levels({ ...edmRange, steps: 18 })
  golden.forEach((level, i) => {
    expect(Math.abs(levels[i]! - level)).toBeLessThanOrEqual(1e-9 * level)
  })
})

it('goes by other roots than the seventh, and from and to other levels, where that is told', () => {
  const told = karras.levels({ ...edmRange, steps: 3, gridOptions: { rho: 1, first: 0.5, last: 10 } })
  expect(Array.from(told)).toEqual([40, (40 + 0.02) / 2, 0.02, 0])
  const root = karras.levels({ ...edmRange, steps: 3, gridOptions: { rho: 3 } })
  expect(root[1]).toBeCloseTo(((80 ** (1 / 3) + 0.002 ** (1 / 3)) / 2) ** 3, 12)
  for (const grid of timeGrids)
    expect(grid.levels({ ...edmRange, steps: 2, gridOptions: { first: 0.1, last: 2 } })).toEqual(
      Float64Array.of(8, 0.004, 0),
    )
  expect(() => logSnr.levels({ ...edmRange, steps: 3, gridOptions: { rho: 5 } })).toThrow(
    expect.objectContaining({
      code: 'sampling/unknown-option',
      message: 'The time grid "log-snr" has no option "rho".',
    }),
  )
  expect(() => karras.levels({ ...edmRange, steps: 3, gridOptions: { first: 2 } })).toThrow(
    expect.objectContaining({ code: 'sampling/option' }),
  )
})

it('spaces log-snr evenly in ln σ', () => {
  const levels = logSnr.levels({ ...edmRange, steps: 11 })
  const ratios = Array.from({ length: 10 }, (_, i) => levels[i]! / levels[i + 1]!)
  for (const ratio of ratios) expect(ratio).toBeCloseTo(40000 ** 0.1, 10)
})

it.each(
  noiseProcesses.filter(({ name }) => name !== 'edm').map((process) => ({ name: process.name, process })),
)('spaces $name evenly in the time of that process, whatever the range', ({ name, process }) => {
  const levels = timeGridByName(name).levels({ sigmaMin: 0.02, sigmaMax: 9, steps: 11 })
  const times = Array.from(levels.subarray(0, 11), (sigma) => process.timeOfSigma(sigma))
  times.forEach((t, i) => {
    expect(t).toBeCloseTo(times[0]! + (i / 10) * (times[10]! - times[0]!), 9)
  })
})

it('spaces uniform evenly in the time of its process, or in σ', () => {
  const process = variancePreserving()
  const range = samplingRange(process)
  const times = Array.from(uniform.levels({ ...range, steps: 11 }).subarray(0, 11), process.timeOfSigma)
  const [last, first] = [process.sampleMin, process.trainRange[1]]
  times.forEach((t, i) => {
    expect(t).toBeCloseTo(first + (i / 10) * (last - first), 9)
  })
  expect(uniform.levels({ sigmaMin: 1, sigmaMax: 3, steps: 5 })).toEqual(
    Float64Array.of(3, 2.5, 2, 1.5, 1, 0),
  )
})

it('has the prior of a process in x̄: 1/α(1) for the variance-preserving one', () => {
  const { priorStd, sigmaMax } = samplingRange(variancePreserving())
  expect(priorStd).toBeCloseTo(1 / 6.5715864949e-3, 5)
  expect(sigmaMax).toBeCloseTo(152.166970264, 6)
})

it('refuses what is no grid', () => {
  expect(() => karras.levels({ sigmaMin: 0, sigmaMax: 1, steps: 4 })).toThrow(/no range/)
  expect(() => karras.levels({ sigmaMin: 2, sigmaMax: 1, steps: 4 })).toThrow(/no range/)
  expect(() => karras.levels({ ...edmRange, steps: 0 })).toThrow(/0 steps/)
  expect(() => karras.levels({ ...edmRange, steps: 2.5 })).toThrow(/2.5 steps/)
  expect(() => checkedLevels([3, 3, 0])).toThrow(/level 1 is 3 after 3/)
  expect(() => checkedLevels([3, -1])).toThrow(/level 1 is -1/)
  expect(() => checkedLevels([Number.NaN, 1])).toThrow(/level 0 is NaN/)
  expect(() => checkedLevels([3])).toThrow(/are 1 noise levels/)
})
