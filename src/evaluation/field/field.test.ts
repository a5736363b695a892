import { describe, expect, it } from 'vitest'
import * as f from '../../engine/index.ts'
import { someValues } from '../../family/family.test-helper.ts'
import { families, type Model } from '../../family/index.ts'
import { exactDenoiser, reflection, rotation } from '../../sampling/testing/exact.ts'
import { normalRows } from '../samples.test-helper.ts'
import { conservativity } from './conservativity.ts'
import { curlMap } from './curl.ts'
import type { FieldAsked } from './field.ts'

type Trained = FieldAsked['trained']
const runtime = f.referenceRuntime
const points = (count: number, dimension: number, name = 'points'): Float64Array =>
  normalRows({ name, count, dimension }).values

/** s(x) = A x + B tanh(x): J = A + B diag(1 − tanh²). */
function planted(a: readonly number[], b?: readonly number[]): Trained {
  const d = Math.sqrt(a.length)
  const matrix = (data: readonly number[]): f.Tensor => f.constant({ shape: [d, d], data })
  const model: Model<'score'> = {
    event: [d],
    levels: 'one',
    parameters: {},
    can: {
      score: (_, { x }) => {
        const linear = f.matmul(x, matrix(a), { transposeB: true })
        return b ? f.add(linear, f.matmul(f.tanh(x), matrix(b), { transposeB: true })) : linear
      },
    },
  }
  return { model, values: {} }
}

const familyOf = (name: string): (typeof families)[number] => families.find((family) => family.name === name)!
/** A small model of a family, with weights that are not zero. */
function untrained(name: string, d: number): Trained {
  const parts = [{ kind: 'numbers', width: d }] as const
  const facts = { event: [d], parts, sigmaData: 1, network: 'residual-mlp' }
  const size = familyOf(name).defaultSize({ event: [d], rows: Infinity, network: 'residual-mlp' })
  const model = familyOf(name).build({ ...facts, size: { ...size, width: 16, blocks: 1 } })
  return { model, values: someValues(model.parameters) }
}

describe('conservativity', () => {
  it('of x ↦ A x is ‖A − Aᵀ‖²/‖A‖², exactly', async () => {
    const a = [1, 2, 0, -1, 0.5, 3, 4, 0, -2]
    const { value, standardError, exact, directions } = await conservativity({
      trained: planted(a),
      x: points(5, 3),
      runtime,
    })
    // Above the diagonal A − Aᵀ is 3, −4, 3; each stands there twice.
    expect(value).toBeCloseTo((2 * (9 + 16 + 9)) / (1 + 4 + 1 + 0.25 + 9 + 16 + 4), 12)
    expect(standardError).toBeLessThan(1e-12)
    expect({ exact, directions }).toEqual({ exact: true, directions: 3 })
  })

  it('is 4 for a field that only turns, 2 where it turns as much as it draws, 0 where it only draws', async () => {
    const of = async (a: readonly number[]): Promise<number> =>
      (await conservativity({ trained: planted(a), x: points(3, 2), runtime })).value
    expect(await of([0, 1, -1, 0])).toBeCloseTo(4, 12)
    expect(await of([1, 1, -1, 1])).toBeCloseTo(2, 12)
    expect(await of([1, 5, 5, -2])).toBe(0)
  })

  it('is 0 for the score of an energy, and of the best denoiser at every level; not for a free network', async () => {
    const x = points(40, 3)
    const of = async (trained: Trained, sigma?: number): Promise<number> =>
      (await conservativity({ trained, x, sigma })).value
    expect(await of(untrained('energy', 3))).toBeLessThan(1e-8)
    const fitted = exactDenoiser([
      { weight: 0.4, mean: [1, 0, -1], axes: reflection([1, 2, -1]), variances: [1, 0.2, 0.5] },
      { weight: 0.6, mean: [-1, 1, 0], axes: reflection([2, 1, 1]), variances: [0.3, 0.8, 0.2] },
    ])
    const model: Model<'denoise'> = {
      event: [3],
      levels: 'each',
      parameters: {},
      can: { denoise: (values, { x, sigma }) => fitted.model.denoise(values, { x, sigma: sigma! }) },
    }
    for (const sigma of [0.1, 5]) expect(await of({ model, values: {} }, sigma)).toBeLessThan(1e-8)
    // Far below, float32 would round; the field itself is a gradient still.
    expect(
      (await conservativity({ trained: { model, values: {} }, x, sigma: 0.002, runtime })).value,
    ).toBeLessThan(1e-18)
    expect(await of(untrained('score-network', 3))).toBeGreaterThan(0.01)
    expect(await of(untrained('denoiser', 3), 0.5)).toBeGreaterThan(0.01)
  })

  it('by probes is within its standard error of the exact one', async () => {
    const d = 6
    const [a, b] = ['a', 'b'].map((name) => Array.from(points(d, d, name)))
    const trained = planted(a!, b)
    // Many points for the truth; few of their own for each estimate, whose error is then that of both draws.
    const truth = (await conservativity({ trained, x: points(4000, d, 'truth') })).value
    const z: number[] = []
    for (let seed = 0; seed < 24; seed++) {
      const x = points(100, d, `few ${seed}`)
      const found = await conservativity({ trained, x, probes: 3, seed })
      expect(found).toMatchObject({ exact: false, directions: 3, points: 100 })
      z.push((found.value - truth) / found.standardError)
    }
    const moment = (power: number): number => z.reduce((sum, value) => sum + value ** power, 0) / z.length
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(z.length))
    expect(moment(2)).toBeGreaterThan(0.4)
    expect(moment(2)).toBeLessThan(2.2)
  })

  it('refuses what has no answer', async () => {
    const a = planted([1, 2, 3, 4])
    const of = (asked: Partial<FieldAsked> & { probes?: number }): Promise<unknown> =>
      conservativity({ trained: a, x: points(3, 2), runtime, ...asked })
    for (const [asked, code] of [
      [{ x: [1, 2, 3] }, 'evaluation/shape'],
      [{ x: [1, 2] }, 'evaluation/too-few-rows'],
      [{ x: [1, 2, Number.NaN, 3] }, 'evaluation/not-finite'],
      [{ sigma: 1 }, 'evaluation/noise-level'],
      [{ probes: 0 }, 'evaluation/probes'],
      [{ trained: planted([0, 0, 0, 0]) }, 'evaluation/no-field'],
      [{ trained: planted([Infinity, 0, 0, 1]) }, 'evaluation/not-finite'],
      [{ trained: untrained('denoiser', 2) }, 'evaluation/noise-level'],
      [{ trained: { model: { ...a.model, can: {} }, values: {} } }, 'family/cannot'],
    ] as const)
      await expect(of(asked), code).rejects.toMatchObject({ code })
  })
})

describe('the curl of a field of the plane', () => {
  const [xs, ys] = [
    [-1, 0, 2],
    [0.5, 3],
  ]

  it('is ∂s₂/∂x₁ − ∂s₁/∂x₂ at each point of the grid', async () => {
    // s₁ = x + 2 tanh y, s₂ = 5 x + tanh x: curl 5 + sech² x − 2 sech² y.
    const trained = planted([1, 0, 5, 0], [0, 2, 1, 0])
    const found = await curlMap({ trained, xs, ys, runtime })
    const sech2 = (t: number): number => 1 / Math.cosh(t) ** 2
    const expected = ys.flatMap((y) => xs.map((x) => 5 + sech2(x) - 2 * sech2(y)))
    for (const [i, value] of expected.entries()) expect(found.curl[i]).toBeCloseTo(value, 12)
    expect(found.score.slice(0, 2)).toEqual(Float64Array.of(-1 + 2 * Math.tanh(0.5), -5 + Math.tanh(-1)))
  })

  it('is divided by σ² where the model is a denoiser', async () => {
    const turn = rotation(0.4)
    const model: Model<'denoise'> = {
      event: [2],
      levels: 'each',
      parameters: {},
      can: { denoise: (_, { x }) => f.matmul(x, f.constant({ shape: [2, 2], data: turn })) },
    }
    const { curl } = await curlMap({ trained: { model, values: {} }, xs, ys, sigma: 0.5, runtime })
    // D = x R, so that D₁ = c x + s y and D₂ = −s x + c y.
    expect(curl[0]).toBeCloseTo((-2 * Math.sin(0.4)) / 0.25, 12)
  })

  it('is of the plane only', async () => {
    const asked = curlMap({ trained: planted([1, 0, 0, 0, 1, 0, 0, 0, 1]), xs, ys, runtime })
    await expect(asked).rejects.toMatchObject({ code: 'evaluation/not-a-plane' })
  })
})
