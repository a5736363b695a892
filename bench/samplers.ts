import { toyByName } from '../src/density/index.ts'
import { metrics, rowsOf } from '../src/evaluation/index.ts'
import { evaluationsOf, karras, sampleAll, samplers } from '../src/sampling/index.ts'
import { exactDenoiser } from '../src/sampling/testing/exact.ts'
import type { Bench, BenchResult } from './harness.ts'

/** Evaluations of the denoiser that a row may take. */
const budgets = [8, 16, 32, 64, 128]
const [rows, repetitions] = [2000, 4]
/** As `train` proposes them for these data, whose standard deviation is 1.43. */
const range = { sigmaMin: 0.003, sigmaMax: 14, sigmaData: Math.sqrt(2 + 0.04) }
const places = Array.from({ length: 8 }, (_, k) => [
  2 * Math.cos((Math.PI * k) / 4),
  2 * Math.sin((Math.PI * k) / 4),
])
const exact = exactDenoiser(
  places.map((mean) => ({ weight: 1 / 8, mean, axes: [1, 0, 0, 1], variances: [0.04, 0.04] })),
)

/** How near each sampler comes to the eight Gaussians for its work, where the score is exact: what is left is the sampler's own error. */
export const samplersBench: Bench = {
  name: 'samplers',
  summary: 'quality against evaluations for every sampler, on eight Gaussians with the exact score',
  async *run() {
    const floor = Math.sqrt(
      mean(Array.from({ length: 20 }, (_, k) => energyDistance(drawn(20 + k), drawn(50 + k)) ** 2)),
    )
    for (const sampler of samplers)
      for (const budget of budgets) {
        const steps = 1 + Math.floor((budget - 1) / sampler.evaluationsPerStep)
        const levels = karras.levels({ ...range, steps })
        const made = []
        for (let k = 0; k < repetitions; k++)
          made.push(
            Float64Array.from(
              await sampleAll({
                ...{ fitted: exact, sampler, levels, seed: 1 + k, count: rows },
                priorStd: Math.hypot(range.sigmaMax, range.sigmaData),
              }),
            ),
          )
        const distance = mean(made.map((values, k) => energyDistance(values, drawn(1 + k))))
        const note = `largest error of a mode’s share ${(100 * worstShare(made)).toFixed(1)} %; exact draws ${floor.toExponential(1)} around 0`
        yield result(`${sampler.name}, ${evaluationsOf(sampler, levels)} evaluations`, distance, note)
      }
  },
}

function drawn(seed: number): Float64Array {
  return toyByName('eight-gaussians').sample({ seed, first: 0, count: rows })
}

function energyDistance(candidate: Float64Array, reference: Float64Array): number {
  const metric = metrics.find(({ name }) => name === 'energy-distance')!
  const sides = [candidate, reference].map((values) => rowsOf({ values, dimension: 2 }))
  return metric.measure({ candidate: sides[0]!, reference: sides[1]!, columns: ['x', 'y'], seed: 0 })[0]!
    .value
}

/** How far the share of rows nearest to a centre is from 1/8, as a share of it, at worst. */
function worstShare(made: readonly Float64Array[]): number {
  const counts = new Array<number>(8).fill(0)
  for (const values of made)
    for (let i = 0; i < values.length; i += 2)
      counts[(Math.round(Math.atan2(values[i + 1]!, values[i]!) / (Math.PI / 4)) + 8) % 8]! += 1
  return Math.max(...counts.map((count) => Math.abs((8 * count) / (rows * repetitions) - 1)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function result(name: string, ours: number, note: string): BenchResult {
  return { name, unit: 'energy distance', ours, peers: {}, ratio: null, target: null, met: null, note }
}
