import { describe, expect, test } from 'vitest'
import * as f from '../../engine/index.ts'
import { buildModel, endPointsOf, families, type Model, perPoint, withDerived } from '../../family/index.ts'
import { startValues } from '../../nn/index.ts'
import { likelihoodKind } from '../likelihood/methods/index.ts'
import { drawAll, methodFor, usualMethod } from './index.ts'

const denoiser = families.find(({ name }) => name === 'denoiser')!
const [mean, deviation] = [0.4, 0.7]
const range = { sigmaMin: 0.01, sigmaMax: 20, sigmaData: deviation, mean: [mean, mean] }

/** The end of the flow of N(m, s² I), exact. */
const known: Model<'flowEnd'> = {
  event: [2],
  levels: 'each',
  parameters: {},
  can: {
    flowEnd: (_, { x, sigma }) => {
      const shrunk = f.mul(f.reciprocal(f.sqrt(f.add(f.square(sigma!), deviation ** 2))), deviation)
      return f.add(f.mul(f.sub(x, mean), perPoint(shrunk, x)), mean)
    },
  },
}

test.each([1, 2, 4])('%i steps by the exact function of a Gaussian draw that Gaussian', async (steps) => {
  const method = methodFor('consistency', known, 'known')
  const sampler = await method.open({ trained: { model: known, values: {}, range }, steps })
  const rows = await drawAll(sampler, { seed: 3, count: 4000 })
  const again = await drawAll(sampler, { seed: 3, first: 1234, count: 2 })
  expect(again).toEqual(rows.slice(2468, 2472))
  await sampler.dispose()
  const m = rows.reduce((sum, value) => sum + value, 0) / rows.length
  const v = rows.reduce((sum, value) => sum + (value - m) ** 2, 0) / rows.length
  const error = 1 / Math.sqrt(rows.length)
  expect(Math.abs(m - mean)).toBeLessThan(4 * deviation * error)
  expect(Math.abs(v / deviation ** 2 - 1)).toBeLessThan(4 * Math.SQRT2 * error)
})

describe('a network read as a consistency function', () => {
  const facts = { event: [2], parts: [{ kind: 'numbers', width: 2 }] as const, network: 'residual-mlp' }
  const size = { ...denoiser.defaultSize({ event: [2], rows: 100, network: 'residual-mlp' }), width: 16 }
  const built = buildModel(denoiser, { ...facts, size, sigmaData: 1 })
  const student = withDerived(endPointsOf(built))

  test('has neither denoiser nor score nor density, and is drawn from in few steps', () => {
    expect(Object.keys(student.can).filter((name) => student.can[name as 'score'])).toEqual(['flowEnd'])
    expect(likelihoodKind(student)).toBe('none')
    expect(usualMethod(student)?.name).toBe('consistency')
    expect(() => methodFor('heun', student, 'denoiser')).toThrow(
      expect.objectContaining({ code: 'sampling/cannot', hint: 'It can be by: consistency.' }),
    )
    expect(endPointsOf(student).can.flowEnd).toBe(student.can.flowEnd)
  })

  test('f(x; σ) goes to x as σ goes to 0, whatever its weights', async () => {
    const values = Object.fromEntries(
      Object.entries(startValues(student.parameters, 1)).map(([name, v]) => [name, v.map((w) => w + 0.1)]),
    )
    const program = await f.compile({
      name: 'ends',
      shared: student.parameters,
      inputs: { x: { shape: [16, 2], dtype: 'float32' }, sigma: { shape: [16], dtype: 'float32' } },
      step: ({ shared, inputs }) => ({
        outputs: { y: student.can.flowEnd!(shared, { x: inputs['x']!, sigma: inputs['sigma']! }) },
      }),
    })
    program.setShared(values)
    const x = Float32Array.from({ length: 32 }, (_, i) => Math.sin(i))
    const off = async (sigma: number): Promise<number> => {
      const { y } = await program.run({ x, sigma: new Float32Array(16).fill(sigma) })
      return Math.max(...y!.map((value, i) => Math.abs(value - x[i]!)))
    }
    expect(await off(1)).toBeGreaterThan(0.1)
    expect(await off(1e-6)).toBeLessThan(1e-4)
    await program.dispose()
  })

  test('what has no such function is an error that says why', () => {
    const mixed: Model = { ...built, error: () => f.constant(0) }
    expect(() => endPointsOf(mixed)).toThrow(expect.objectContaining({ code: 'family/end-points' }))
    expect(() => endPointsOf({ ...built, can: {} })).toThrow(
      expect.objectContaining({ code: 'family/cannot' }),
    )
  })
})
