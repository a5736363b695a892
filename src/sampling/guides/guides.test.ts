import { describe, expect, it } from 'vitest'
import * as f from '../../engine/index.ts'
import { conditionalDraws } from '../testing/conditional.ts'
import { covarianceOf, type ExactComponent, exactDenoiser, reflection } from '../testing/exact.ts'
import { conjugateGradient } from './conjugate-gradient.ts'
import {
  differentiableMap,
  type Guide,
  guides,
  knownCoordinates,
  linearMap,
  type Operator,
  tmpd,
  twistedParticles,
} from './index.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

const axes = reflection([1, -2, 0.5])
const gaussian: ExactComponent = { weight: 1, mean: [0.5, -1, 0], axes, variances: [1.6, 0.5, 0.1] }
const range = { sigmaMin: 0.01, sigmaMax: 30, sigmaData: 0.9 }
const matrix = [
  [1, 0.5, -0.5],
  [0, 1, 1],
]

interface Asked {
  readonly operator: Operator
  readonly noise?: number
  readonly observed: readonly number[]
  readonly known?: readonly number[]
  readonly components?: readonly ExactComponent[]
  readonly count: number
  readonly first?: number
  readonly guideOptions?: Readonly<Record<string, number>>
  readonly steps?: number
  readonly batchSize?: number
}

async function drawn(guide: Guide, asked: Asked): Promise<Float32Array> {
  const { components = [gaussian], operator, noise, count, first = 0, observed, known } = asked
  const { guideOptions, steps = 12, batchSize = 16 } = asked
  const sampler = await guide.open({
    ...{ fitted: exactDenoiser(components), range, operator, noise, steps, guideOptions, batchSize },
  })
  const d = sampler.dimension
  const rows = new Float32Array(count * d)
  const given = known ? { given: { known } } : {}
  for await (const event of sampler.draw({ seed: 3, first, count, observed, ...given }))
    if (event.type === 'samples') rows.set(event.rows, (event.first - first) * d)
  await sampler.dispose()
  return rows
}

function momentsOf(rows: ArrayLike<number>, d: number): { mean: number[]; covariance: number[] } {
  const n = rows.length / d
  const mean = Array.from({ length: d }, (_, k) => {
    let sum = 0
    for (let i = k; i < rows.length; i += d) sum += rows[i]! / n
    return sum
  })
  const covariance = Array.from({ length: d * d }, (_, at) => {
    const [a, b] = [Math.floor(at / d), at % d]
    let sum = 0
    for (let i = 0; i < rows.length; i += d)
      sum += ((rows[i + a]! - mean[a]!) * (rows[i + b]! - mean[b]!)) / n
    return sum
  })
  return { mean, covariance }
}

describe.each(guides)('$name', (guide) => {
  const asked: Asked = {
    ...{ operator: knownCoordinates(3), observed: [1, 0, 0], known: [1, 0, 0], steps: 3, count: 40 },
    guideOptions: Object.fromEntries(Object.keys(guide.settings).map((name) => [name, 2])),
  }

  it('draws point i by the seed and i alone', async () => {
    const all = await drawn(guide, asked)
    expect(all.every(Number.isFinite)).toBe(true)
    expect(await drawn(guide, { ...asked, first: 21, count: 5 })).toEqual(all.subarray(21 * 3, 26 * 3))
    expect(new Set(all).size).toBeGreaterThan(40)
  })

  it('comes to what is observed as noise vanishes', async () => {
    const told = guide.name === 'dps' ? { strength: 2 } : {}
    const rows = await drawn(guide, { ...asked, guideOptions: told, steps: 20, count: 16 })
    for (let i = 0; i < rows.length; i += 3) expect(Math.abs(rows[i]! - 1)).toBeLessThan(0.15)
  })

  it('refuses an operator of other points', async () => {
    await expect(drawn(guide, { ...asked, operator: knownCoordinates(2) })).rejects.toMatchObject({
      code: 'sampling/operator',
      message: expect.stringContaining('2 coordinates; the model’s have 3'),
    })
    await expect(drawn(guide, { ...asked, observed: [1, 0] })).rejects.toMatchObject({
      code: 'sampling/condition',
    })
    await expect(drawn(guide, { ...asked, noise: -1 })).rejects.toMatchObject({ code: 'sampling/operator' })
  })
})

describe('the law of Gaussians: tmpd knows the conditional exactly', () => {
  it.each([0, 0.4])(
    'of a linear map with noise %s',
    async (noise) => {
      const observed = [0.7, -0.4]
      const operator = linearMap(matrix)
      const rows = await drawn(tmpd, { operator, noise, observed, count: 1024, steps: 20, batchSize: 512 })
      const exact = conditionalDraws([gaussian], { matrix, observed, noise }, { seed: 1, count: 20_000 })
      const [own, true_] = [momentsOf(rows, 3), momentsOf(exact, 3)]
      // Four standard errors of 1,024 draws.
      for (let k = 0; k < 3; k++) {
        const deviation = Math.sqrt(true_.covariance[4 * k]!)
        expect(Math.abs(own.mean[k]! - true_.mean[k]!)).toBeLessThan(0.01 + (4 * deviation) / 32)
      }
      for (let k = 0; k < 9; k++)
        expect(Math.abs(own.covariance[k]! - true_.covariance[k]!)).toBeLessThan(0.08)
    },
    30_000,
  )
})

describe('the law of twisted particles', () => {
  const components: ExactComponent[] = [
    { weight: 0.5, mean: [-1, -1], axes: [1, 0, 0, 1], variances: [0.1, 0.05] },
    { weight: 0.5, mean: [1, 1], axes: [1, 0, 0, 1], variances: [0.4, 0.05] },
  ]
  const observed = [0, 0]

  it('the share of a mode comes out right with enough of them, for each draw alone or for several together', async () => {
    const exact = conditionalDraws(
      components,
      { matrix: [[1, 0]], observed: [0], noise: 0 },
      { seed: 1, count: 20_000 },
    )
    const share = (rows: ArrayLike<number>): number => {
      let high = 0
      for (let i = 1; i < rows.length; i += 2) if (rows[i]! > 0) high++
      return high / (rows.length / 2)
    }
    const errors: number[] = []
    for (const guideOptions of [
      { particles: 1, together: 1 },
      { particles: 16, together: 1 },
      { particles: 1, together: 16 },
    ]) {
      const rows = await drawn(twistedParticles, {
        ...{
          components,
          operator: knownCoordinates(2),
          observed,
          known: [1, 0],
          steps: 14,
          count: 512,
          batchSize: 128,
        },
        guideOptions,
      })
      errors.push(Math.abs(share(rows) - share(exact)))
    }
    expect(errors[0]).toBeGreaterThan(0.1)
    expect(errors[1]).toBeLessThan(errors[0]! / 2)
    expect(errors[2]).toBeLessThan(errors[0]! / 2)
  }, 30_000)
})

describe('operators', () => {
  const rows = 2
  const evaluate = (build: () => f.Tensor): ArrayLike<number> => f.interpret([build()], new Map())[0]!
  const rowsOf = (data: readonly number[], width: number): f.Tensor =>
    f.constant({ shape: [rows, width], data })
  const numbers = (value: number): f.Tensor => f.broadcastTo(f.constant(value), [rows])

  it.each([
    ['known coordinates', knownCoordinates(3), { known: [1, 0, 1, 0, 1, 1] }],
    ['a linear map', linearMap(matrix), {}],
  ] as const)('of %s the closed form solves what it says', (_, operator, given) => {
    const tensors = Object.fromEntries(
      Object.entries(given).map(([name, data]) => [name, rowsOf(data as unknown as number[], 3)]),
    )
    const v = operator.apply(rowsOf([1, 2, -1, 0.5, -2, 3], 3), tensors)
    const solved = operator.solve!(v, { a: numbers(0.7), b: numbers(0.2) }, tensors)
    const x = f.input('x', { shape: [rows, 3], dtype: 'float32' })
    const adjoint = f.vjp([operator.apply(x, tensors)], [x], [solved])[0]!
    const back = f.add(f.mul(operator.apply(adjoint, tensors), 0.7), f.mul(solved, 0.2))
    const [found, wanted] = [evaluate(() => back), evaluate(() => v)]
    for (let i = 0; i < wanted.length; i++) expect(found[i]).toBeCloseTo(wanted[i]!, 6)
  })

  it('a map without closed form is inverted by conjugate gradients', () => {
    const product = (u: f.Tensor): f.Tensor =>
      f.matmul(u, f.constant({ shape: [2, 2], data: [2, 0.5, 0.5, 1] }))
    const u = conjugateGradient(rowsOf([1, 2, 0, 0], 2), product, 2)
    const found = evaluate(() => u)
    // With the inverse itself to precondition one step is enough.
    const inverse = f.constant({ shape: [2, 2], data: [4 / 7, -2 / 7, -2 / 7, 8 / 7] })
    const once = conjugateGradient(rowsOf([1, 2, 0, 0], 2), product, 1, (v) => f.matmul(v, inverse))
    const alike = evaluate(() => once)
    ;[0, 2, 0, 0].forEach((value, i) => {
      expect(alike[i]).toBeCloseTo(value, 6)
      expect(found[i]).toBeCloseTo(value, 6)
    })
  })

  it('a differentiable map draws near to what is observed', async () => {
    const operator = differentiableMap({
      ...{ dimension: 3, width: 1 },
      apply: (x) => f.sum(f.square(x), { axes: [1], keepDims: true }),
    })
    const found = await drawn(tmpd, { operator, noise: 0.05, observed: [2], count: 16, steps: 24 })
    for (let i = 0; i < found.length; i += 3)
      expect(found[i]! ** 2 + found[i + 1]! ** 2 + found[i + 2]! ** 2).toBeCloseTo(2, 0)
  })

  it('eigenvectors put a symmetric matrix together again', () => {
    const covariance = covarianceOf(gaussian)
    const square = [0, 3, 6].map((at) => covariance.slice(at, at + 3))
    const { values, vectors } = symmetricEigen(square)
    expect([...values].sort((a, b) => a - b)).toEqual([0.1, 0.5, 1.6].map((v) => expect.closeTo(v, 10)))
    square.forEach((row, i) => {
      row.forEach((value, j) => {
        const made = values.reduce((sum, v, k) => sum + v * vectors[i]![k]! * vectors[j]![k]!, 0)
        expect(made).toBeCloseTo(value, 10)
      })
    })
  })

  it('rows of different widths are no matrix', () => {
    expect(() => linearMap([[1, 2], [1]])).toThrow(/rows of 2, 1 numbers/)
  })
})
