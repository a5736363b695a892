import { describe, expect, test } from 'vitest'
import { byName } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { largestDifference } from '../family/ability.test-helper.ts'
import { someValues } from '../family/family.test-helper.ts'
import { families } from '../family/index.ts'
import { adamw } from './adamw.ts'
import { BatchMaker } from './batches.ts'
import { coefficientNames } from './coefficients.ts'
import { batchInputs, batchLosses, learningOf } from './learning.ts'
import { hundredRows, shortRun, smallLearning, smallModel } from './training.test-helper.ts'
import { TrainingProgram } from './training-program.ts'

const model = smallModel()
const values = someValues(model.parameters)
const zeros = Object.fromEntries(
  Object.entries(values).map(([name, v]) => [name, new Float32Array(v.length)]),
)
const batches = new BatchMaker({
  ...{ source: hundredRows, learning: smallLearning(), seed: 1, name: 'training' },
})

/** One step from `values`, moments zero and averages half of the values. */
async function stepped(options: {
  first: number
  batchSize: number
  clipNorm: number
  averageRate?: number
  runtime?: f.Runtime
}) {
  const { first, batchSize, clipNorm, averageRate = 0.25, runtime } = options
  const optimiserOptions = { ...adamw.defaults, weightDecay: 0.1 }
  const program = await TrainingProgram.compile({
    ...{ learning: smallLearning({ batchSize }, model), optimiser: adamw, optimiserOptions, runtime },
  })
  const half = Object.fromEntries(Object.entries(values).map(([name, v]) => [name, v.map((p) => p / 2)]))
  program.setState({ model: values, ema: half, first: zeros, second: zeros })
  const named: Record<string, number> = {
    ...{ ...adamw.schedule(1, 0.01, optimiserOptions), clipNorm, averageRate },
  }
  const coefficients = Float64Array.from(coefficientNames(adamw), (name) => named[name]!)
  const outputs = await program.run({ ...batches.make(first, batchSize), coefficients })
  const state = await program.getState()
  await program.dispose()
  return { state, loss: outputs['loss']!, gradientNorm: outputs['gradientNorm']![0]! }
}

/** The gradient of the batch's mean loss, and its length, straight from `grad`. */
async function plainGradient(first: number, batchSize: number) {
  const names = Object.keys(model.parameters)
  const learning = smallLearning({ batchSize }, model)
  const program = await f.compile(
    {
      name: 'gradient',
      inputs: batchInputs(learning),
      shared: model.parameters,
      step: ({ inputs, shared }) => {
        const loss = f.mean(batchLosses(learning, shared, inputs).losses['all']!)
        const gradients = f.grad(
          loss,
          names.map((name) => shared[name]!),
        )
        return { outputs: Object.fromEntries(names.map((name, i) => [`d ${name}`, gradients[i]!])) }
      },
    },
    { runtime: f.referenceRuntime },
  )
  program.setShared(values)
  const outputs = await program.run(batches.make(first, batchSize))
  const gradient = Object.fromEntries(names.map((name) => [name, outputs[`d ${name}`]!]))
  return { gradient, norm: length(gradient) }
}

const length = (tensors: f.Named<f.HostArray>): number =>
  Math.hypot(...Object.values(tensors).flatMap((tensor) => Array.from(tensor)))

describe('clipping', () => {
  const runtime = f.referenceRuntime

  test('the norm told is the one before; what is used has the clipping norm', async () => {
    const { gradient, norm } = await plainGradient(0, 8)
    const clipNorm = norm / 3
    const { state, gradientNorm } = await stepped({ first: 0, batchSize: 8, clipNorm, runtime })
    expect(gradientNorm / norm).toBeCloseTo(1, 12)
    // The first moment after the first step is the gradient used, the second its square.
    expect(length(state['first']!) / clipNorm).toBeCloseTo(1, 12)
    for (const [name, moment] of Object.entries(state['first']!))
      moment.forEach((value, k) => {
        expect(Math.abs(value - gradient[name]![k]! / 3)).toBeLessThan(1e-13 * norm)
        expect(Math.abs(state['second']![name]![k]! - value ** 2)).toBeLessThan(1e-13 * norm ** 2)
      })
  })

  test('the update is that of the scaled gradient', async () => {
    const { gradient, norm } = await plainGradient(0, 8)
    const { state } = await stepped({ first: 0, batchSize: 8, clipNorm: norm / 1e8, runtime })
    for (const [name, value] of Object.entries(state['model']!))
      value.forEach((p, k) => {
        const g = gradient[name]![k]! / 1e8
        const before = values[name]![k]! * (model.parameters[name]!.shape.length >= 2 ? 1 - 0.01 * 0.1 : 1)
        expect(Math.abs(p - (before - (0.01 * g) / (Math.abs(g) + 1e-8)))).toBeLessThan(1e-12)
      })
  })

  test('a shorter gradient is left alone', async () => {
    const { gradient, norm } = await plainGradient(0, 8)
    for (const clipNorm of [norm * 1.001, 3e38]) {
      const { state } = await stepped({ first: 0, batchSize: 8, clipNorm, runtime })
      for (const [name, moment] of Object.entries(state['first']!))
        moment.forEach((value, k) => {
          expect(Math.abs(value - gradient[name]![k]!)).toBeLessThan(1e-13 * norm)
        })
    }
  })
})

test('a batch of 8 has the mean gradient of 8 batches of 1, and their losses', async () => {
  const whole = await stepped({ first: 90, batchSize: 8, clipNorm: 3e38 })
  const single: Awaited<ReturnType<typeof stepped>>[] = []
  for (let i = 0; i < 8; i++) single.push(await stepped({ first: 90 + i, batchSize: 1, clipNorm: 3e38 }))
  single.forEach(({ loss }, i) => {
    expect(loss[0]! / whole.loss[i]!).toBeCloseTo(1, 4)
  })
  for (const [name, gradient] of Object.entries(whole.state['first']!))
    gradient.forEach((value, k) => {
      const mean = single.reduce((sum, { state }) => sum + state['first']![name]![k]! / 8, 0)
      expect(Math.abs(value - mean)).toBeLessThan(1e-5 * whole.gradientNorm)
    })
})

test('the average moves by its share towards the new weights', async () => {
  for (const averageRate of [0, 0.25, 1]) {
    const { state } = await stepped({
      first: 0,
      batchSize: 4,
      clipNorm: 1,
      averageRate,
      runtime: f.referenceRuntime,
    })
    for (const [name, average] of Object.entries(state['ema']!))
      average.forEach((value, k) => {
        const expected =
          (1 - averageRate) * (values[name]![k]! / 2) + averageRate * state['model']![name]![k]!
        expect(Math.abs(value - expected)).toBeLessThan(1e-14)
      })
  }
})

test('node/cpu and the reference agree', async () => {
  const given = { first: 0, batchSize: 16, clipNorm: 1 }
  const exact = await stepped({ ...given, runtime: f.referenceRuntime })
  const actual = await stepped(given)
  expect(actual.gradientNorm / exact.gradientNorm).toBeCloseTo(1, 5)
  actual.loss.forEach((loss, i) => {
    expect(loss / exact.loss[i]!).toBeCloseTo(1, 4)
  })
})

// An exact trace uses the first weights in another shape than their own.
test.each(['score-network', 'energy'])(
  '%s: the gradient of an exact trace reaches all of each parameter',
  async (name) => {
    const family = byName(families, name, 'family')
    const built = family.build({
      event: [2],
      parts: [{ kind: 'numbers', width: 2 }],
      sigmaData: 1,
      network: 'residual-mlp',
      size: { width: 6, blocks: 1, embedding: 4 },
    })
    const learning = learningOf({
      model: built,
      config: { ...shortRun, objective: 'implicit-score-matching', batchSize: 8 },
    })
    const { parameters } = learning.facts.model
    const names = Object.keys(parameters)
    const runtime = f.referenceRuntime
    const plain = await f.compile(
      {
        ...{ name: 'gradient', inputs: batchInputs(learning), shared: parameters },
        step: ({ inputs, shared }) => {
          const loss = f.mean(batchLosses(learning, shared, inputs).losses['all']!)
          const wrt = names.map((parameter) => shared[parameter]!)
          const gradients = f.grad(loss, wrt).map((gradient, i) => [names[i]!, gradient] as const)
          return { outputs: Object.fromEntries(gradients.map(([of, gradient]) => [`d ${of}`, gradient])) }
        },
      },
      { runtime },
    )
    const start = someValues(parameters)
    const batch = new BatchMaker({ source: hundredRows, learning, seed: 1, name: 'training' }).make(0, 8)
    plain.setShared(start)
    const expected = await plain.run(batch)
    const program = await TrainingProgram.compile({
      ...{ learning, optimiser: adamw, optimiserOptions: adamw.defaults, runtime },
    })
    const none = Object.fromEntries(names.map((of) => [of, new Float32Array(start[of]!.length)]))
    program.setState({ model: start, ema: start, first: none, second: none })
    const named: Record<string, number> = {
      ...adamw.schedule(1, 0.01, adamw.defaults),
      clipNorm: 3e38,
      averageRate: 1,
    }
    await program.run({
      ...batch,
      coefficients: Float64Array.from(coefficientNames(adamw), (of) => named[of]!),
    })
    const { first } = await program.getState() // After the first step, the gradient.
    for (const of of names)
      expect(largestDifference(first![of]!, expected[`d ${of}`]!), of).toBeLessThan(1e-12)
  },
)
