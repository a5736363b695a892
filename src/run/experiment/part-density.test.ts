import { describe, expect, test } from 'vitest'
import { byName, RandomStream } from '../../base/index.ts'
import { gaussian } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import {
  buildModel,
  families,
  knownParts,
  type Model,
  partlyKnownShapes,
  partStates,
  type RowPart,
} from '../../family/index.ts'
import { startValues } from '../../nn/index.ts'
import { FittedModel } from './fitted-model.ts'
import { partLogDensity } from './part-density.ts'

/** Columns 0 and 1 are correlated, of deviation 1; column 2 stands alone. */
const rho = 0.8
const parts: readonly RowPart[] = [0, 1, 2].map(() => ({ kind: 'numbers', width: 1 }))

/** The exact denoiser of that Gaussian, told of parts that are known or absent. */
const exact: Model<'denoise'> = {
  event: [3],
  conditions: partlyKnownShapes(parts),
  partlyKnown: parts,
  levels: 'each',
  parameters: {},
  can: {
    denoise: (_, at) => {
      const states = at.conditions?.[knownParts] && partStates(at, parts)
      const all = at.x.shape
      const variance = f.broadcastTo(f.reshape(f.square(at.sigma!), [all[0]!, 1]), all)
      const shrunk = (x: f.Tensor, v: number): f.Tensor => f.div(f.mul(x, v), f.add(variance, v))
      const column = (x: f.Tensor, k: number): f.Tensor => f.slice(x, { axis: 1, start: k, end: k + 1 })
      const partner = (x: f.Tensor): f.Tensor =>
        f.concat([column(x, 1), column(x, 0), f.mul(column(x, 2), 0)], { axis: 1 })
      // (C + σ²I)⁻¹ has the eigenvectors (1, 1) and (1, −1).
      const sum = shrunk(f.mul(f.add(at.x, partner(at.x)), 0.5), 1 + rho)
      const difference = shrunk(f.mul(f.sub(at.x, partner(at.x)), 0.5), 1 - rho)
      const together = f.add(sum, difference)
      const alone = shrunk(at.x, 1)
      const third = f.constant({ shape: [1, 3], data: [0, 0, 1] })
      const withPartner = f.broadcastTo(f.sub(1, third), all)
      const apart = f.mul(f.broadcastTo(third, all), alone)
      if (!states) return f.add(f.mul(together, withPartner), apart)
      const mean = f.mul(partner(states.x), rho)
      const given = f.add(mean, shrunk(f.sub(at.x, mean), 1 - rho ** 2))
      const [noisy, known] = [partner(states.noisy), partner(states.known)]
      const absent = f.sub(1, f.add(noisy, known))
      const paired = f.add(f.add(f.mul(together, noisy), f.mul(given, known)), f.mul(alone, absent))
      return f.add(f.mul(paired, withPartner), apart)
    },
  },
}
const range = { sigmaMin: 0.05, sigmaMax: 40, sigmaData: 1 }
const moments = { mean: [0, 0, 0], covariance: [1, rho, 1, 0, 0, 1] }
const fitted = new FittedModel({ model: exact, values: {}, range, moments })
const x = new RandomStream({ seed: 5, name: 'points' }).normal({ first: 0, count: 12, width: 3 })

/** ln N(x; 0, C) of some columns, noised to σ_min. */
function logOf(columns: readonly number[], noise: number): Float64Array {
  const d = columns.length
  const covariance = columns.flatMap((i) => columns.map((j) => (i === j ? 1 + noise : i + j === 1 ? rho : 0)))
  const rows = Float64Array.from({ length: 12 * d }, (_, i) => x[3 * Math.floor(i / d) + columns[i % d]!]!)
  return gaussian({ mean: new Array(d).fill(0), covariance }).logDensity(rows)
}

describe('a model that is told what is known', () => {
  const noise = range.sigmaMin ** 2
  const method = { kind: 'even', tolerance: 1e-3 } as const
  const near = (found: ArrayLike<number>, wanted: ArrayLike<number>): void => {
    for (let row = 0; row < 12; row++) expect(Math.abs(found[row]! - wanted[row]!)).toBeLessThan(2e-3)
  }

  test('gives the density of some columns, the others integrated out', async () => {
    near((await partLogDensity(fitted, x, { of: [0], method })).logDensity, logOf([0], noise))
    near((await partLogDensity(fitted, x, { of: [1, 0], method })).logDensity, logOf([0, 1], noise))
  })

  test('gives the density of some columns given all others, which are clean', async () => {
    const { logDensity } = await partLogDensity(fitted, x, { of: [0, 2], given: [1], method })
    const wanted = Float64Array.from({ length: 12 }, (_, row) => {
      const [a, b, c] = x.subarray(3 * row, 3 * row + 3) as unknown as [number, number, number]
      const [first, second] = [1 - rho ** 2 + noise, 1 + noise]
      return (
        -0.5 * ((a - rho * b) ** 2 / first + Math.log(first) + c ** 2 / second + Math.log(second)) -
        Math.log(2 * Math.PI)
      )
    })
    near(logDensity, wanted)
  })

  test('gives p(a | b) with the rest left out as p(a, b)/p(b); what is left out may be anything', async () => {
    const holes = x.map((value, i) => (i % 3 === 2 ? Number.NaN : value))
    const { logDensity } = await partLogDensity(fitted, holes, { of: [0], given: [1], method })
    const [both, before] = [logOf([0, 1], noise), logOf([1], noise)]
    near(
      logDensity,
      both.map((value, row) => value - before[row]!),
    )
  })

  test('of all columns it is the joint density', async () => {
    const { logDensity } = await partLogDensity(fitted, x, { of: [0, 1, 2] })
    expect(logDensity).toEqual((await fitted.logDensity(x)).logDensity)
  })
})

describe('an autoregressive model', () => {
  const order = [2, 0, 1]
  const model = buildModel(byName(families, 'autoregressive', 'family'), {
    ...{ event: [3], parts, sigmaData: 1.3, network: 'residual-mlp', order },
    size: { components: 3, width: 12, layers: 1, order: 1 },
  })
  const values = Object.fromEntries(
    Object.entries(startValues(model.parameters, 4)).map(([name, own]) => [
      name,
      own.map((value, i) => value + 0.2 * Math.sin(3 * i)),
    ]),
  )
  const own = new FittedModel({ model, family: 'autoregressive', values, range })

  test('gives the first columns of its order, and the next ones given these: they sum to the joint', async () => {
    const log = async (of: number[], given: number[]): Promise<Float64Array> =>
      (await partLogDensity(own, x, { of, given })).logDensity
    const [first, second, third] = [await log([2], []), await log([0], [2]), await log([1], [0, 2])]
    const joint = (await own.logDensity(x)).logDensity
    for (let row = 0; row < 12; row++)
      expect(first[row]! + second[row]! + third[row]!).toBeCloseTo(joint[row]!, 4)
    const holes = x.map((value, i) => (i % 3 === 2 ? value : Number.NaN))
    expect((await partLogDensity(own, holes, { of: [2] })).logDensity).toEqual(first)
  })

  test('the first column’s density integrates to one', async () => {
    const points = Float32Array.from({ length: 3 * 2000 }, (_, i) => (i % 3 === 2 ? (i - 3000) / 150 : 0))
    const { logDensity } = await partLogDensity(own, points, { of: [2] })
    const total = logDensity.reduce((sum, value) => sum + Math.exp(value) * 0.02, 0)
    expect(total).toBeCloseTo(1, 3)
  })

  test('refuses what its order does not begin with, and says so', async () => {
    const asked = partLogDensity(own, x, { of: [1] })
    await expect(asked).rejects.toMatchObject({ kind: 'ability', code: 'sampling/part-density' })
    await expect(asked).rejects.toThrow(/order does not begin.*not trained with columns that may be given/)
  })
})
