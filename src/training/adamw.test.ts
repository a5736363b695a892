import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { adamw } from './adamw.ts'

const options = { beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.2 }
const steps = 50
const rate = (step: number): number => 0.2 / step

/** Some parameters; `gradientSize` so small that ε counts. */
const parameters = [
  { name: 'matrix', shape: [3, 4], gradientSize: 1 },
  { name: 'vector', shape: [5], gradientSize: 1e-6 },
  { name: 'number', shape: [], gradientSize: 10 },
].map(({ name, shape, gradientSize }) => {
  const size = f.sizeOf(shape)
  const stream = new RandomStream({ seed: 1, name })
  const gradients = stream.normal({ first: 1, count: steps, width: size })
  return {
    name,
    type: { shape, dtype: 'float32' } as const,
    decays: shape.length >= 2,
    start: stream.normal({ first: 0, count: 1, width: size }),
    /** [steps, size] */
    gradients: gradients.map((value) => value * gradientSize),
  }
})
const types = Object.fromEntries(parameters.map(({ name, type }) => [name, type]))

/** The textbook's formulas in plain float64. Loshchilov & Hutter 2019, algorithm 2. */
function textbook({ start, gradients, decays }: (typeof parameters)[number]): Float64Array {
  const { beta1, beta2, epsilon, weightDecay } = options
  return Float64Array.from(start, (first, k) => {
    let p = first
    let m = 0
    let v = 0
    for (let t = 1; t <= steps; t++) {
      const g = gradients[(t - 1) * start.length + k]!
      m = beta1 * m + (1 - beta1) * g
      v = beta2 * v + (1 - beta2) * g * g
      const direction = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon)
      p -= rate(t) * (direction + (decays ? weightDecay * p : 0))
    }
    return p
  })
}

/** What the program makes of the same start and gradients. */
async function trained(runtime: f.Runtime) {
  const program = await f.compile(
    {
      name: 'adamw',
      state: { model: types, ...Object.fromEntries(adamw.moments.map((moment) => [moment, types])) },
      inputs: {
        ...types,
        ...Object.fromEntries(adamw.coefficients.map((name) => [name, { shape: [], dtype: 'float32' }])),
      },
      step: ({ state, inputs }) => {
        const next: Record<string, Record<string, f.Tensor>> = { model: {}, first: {}, second: {} }
        for (const { name, decays } of parameters) {
          const moments = Object.fromEntries(adamw.moments.map((moment) => [moment, state[moment]![name]!]))
          const parameter = state['model']![name]!
          const updated = adamw.update({
            ...{ parameter, gradient: inputs[name]!, moments, coefficients: inputs, decays, options },
          })
          next['model']![name] = updated.parameter
          for (const moment of adamw.moments) next[moment]![name] = updated.moments[moment]!
        }
        return { state: next, outputs: {} }
      },
    },
    { runtime },
  )
  const zeros = Object.fromEntries(
    parameters.map(({ name, start }) => [name, new Float32Array(start.length)]),
  )
  const start = Object.fromEntries(parameters.map(({ name, start }) => [name, start]))
  program.setState({ model: start, first: zeros, second: zeros })
  const schedule = Array.from({ length: steps }, (_, k) => adamw.schedule(k + 1, rate(k + 1), options))
  const coefficients = adamw.coefficients.map((name) => [
    name,
    Float64Array.from(schedule, (named) => named[name]!),
  ])
  const gradients = parameters.map(({ name, gradients }) => [name, gradients])
  await program.run(Object.fromEntries([...coefficients, ...gradients]), steps)
  const { model } = await program.getState()
  await program.dispose()
  return model!
}

describe('50 steps against the textbook', () => {
  test.each([
    ['reference', () => f.referenceRuntime, 1e-12],
    ['node/cpu', () => f.nodeCpu(), 2e-5],
  ] as const)('%s', async (_, runtime, tolerance) => {
    const values = await trained(runtime())
    for (const parameter of parameters) {
      const expected = textbook(parameter)
      values[parameter.name]!.forEach((value, k) => {
        expect(Math.abs(value - expected[k]!)).toBeLessThan(tolerance)
        // The steps together moved every number by far more than that.
        expect(Math.abs(value - parameter.start[k]!)).toBeGreaterThan(100 * tolerance)
      })
    }
  })
})
