import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gaussianMixture } from '../src/density/index.ts'
import { curves, nodeDocument } from '../src/report/picture/index.node.ts'
import type { Bench, BenchResult } from './harness.ts'
import {
  drawnBy,
  eightGaussians,
  energyDistance,
  type Target,
  unevenPair,
  type Way,
  waysOf,
  worstShare,
} from './sampler-ways.ts'

/** Evaluations of the network that a row may take; the targets are of the last. */
const budgets = [8, 16, 32, 64, 128]
const largest = budgets.at(-1)!
/** Rows of one energy distance, and how many of these. */
const [rows, repetitions] = [2000, 2]
/** Difference of a mode's share from its weight, and of the energy distance from 0 in units of exact draws' own. */
const [shareLimit, distanceLimit] = [0.02, 2]
/** Those that the picture shows. */
const shown = ['heun', 'dpmpp-2m', 'euler', 'sde-dpmpp-2m', 'adaptive-sde', 'annealed-langevin']

interface Measured {
  readonly way: Way
  readonly evaluations: number
  readonly distance: number
  readonly share: number
}

/** How near each sampler comes to a known mixture for its work, where the score is exact: what is left is the sampler's own error. */
export const samplersBench: Bench = {
  name: 'samplers',
  summary: 'quality against evaluations for every sampler, on two mixtures with the exact score',
  async *run({ folder, only }) {
    const all: Measured[] = []
    for (const target of [eightGaussians, unevenPair]) {
      const exact = exactDraws(target)
      const floor = rootMeanSquare(
        Array.from({ length: 20 }, (_, k) => energyDistance(exact(100 + k), exact(200 + k))),
      )
      for (const budget of target === eightGaussians ? budgets : [largest])
        for (const way of waysOf(budget, largest).filter(({ name }) => !only || name.includes(only))) {
          const count = rows * repetitions
          const drawn = await drawnBy(way, target, { seed: 1, count })
          const distance = meanOf(
            Array.from({ length: repetitions }, (_, k) =>
              energyDistance(drawn.rows.subarray(2 * rows * k, 2 * rows * (k + 1)), exact(1 + k)),
            ),
          )
          const { evaluations } = drawn
          const measured = { way, evaluations, distance, share: worstShare(drawn.rows, target) }
          if (target === eightGaussians) all.push(measured)
          yield result(target, measured, floor, budget === largest && evaluations <= largest)
        }
    }
    if (folder !== undefined) writeFileSync(join(folder, 'samplers.svg'), await picture(all))
  },
}

function exactDraws({ centres, weights, std }: Target): (seed: number) => Float64Array {
  const density = gaussianMixture({ means: centres, covariances: centres.map(() => std ** 2), weights })
  return (seed) => density.sample({ seed, first: 0, count: rows })
}

/** One figure; judged at the largest budget. */
function result(
  target: Target,
  { way, evaluations, distance, share }: Measured,
  floor: number,
  isJudged: boolean,
): BenchResult {
  const told = Object.entries(way.told).map(([name, value]) => `${name} ${value}`)
  const name = [target.name, way.name, `${Math.round(evaluations)} evaluations`, ...told].join(', ')
  const atMost = distanceLimit * floor
  const met = isJudged ? distance <= atMost && share <= shareLimit : null
  const note = `largest error of a mode’s share ${(100 * share).toFixed(1)} points of at most ${100 * shareLimit}`
  return {
    ...{ name, unit: 'energy distance', ours: distance, peers: {}, ratio: null },
    ...{ target: isJudged ? { atMost } : null, met, note },
  }
}

/** Quality against evaluations; what is below what exact draws show cannot be told from 0. */
async function picture(all: readonly Measured[]): Promise<string> {
  return curves({
    title: 'Energy distance to eight Gaussians, exact score',
    xLabel: 'evaluations a row',
    yLabel: 'energy distance',
    logX: true,
    logY: true,
    series: shown.map((name) => {
      const own = all.filter(({ way }) => way.name === name).sort((a, b) => a.evaluations - b.evaluations)
      return {
        name,
        x: own.map(({ evaluations }) => evaluations),
        y: own.map(({ distance }) => Math.max(distance, 5e-4)),
        dots: true,
      }
    }),
    document: await nodeDocument(),
  })
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(meanOf(values.map((value) => value ** 2)))
}
