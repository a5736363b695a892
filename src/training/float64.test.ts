import { describe, expect, test } from 'vitest'
import { expectExactGradient, valueAndGradient } from '../engine/float64.test-helper.ts'
import * as f from '../engine/index.ts'
import { someValues } from '../family/family.test-helper.ts'
import { weightings } from '../objective/index.ts'
import { adamw } from './adamw.ts'
import { BatchMaker } from './batches.ts'
import { coefficientNames } from './coefficients.ts'
import { batchInputs, batchLosses } from './learning.ts'
import { hundredRows, smallLearning, smallModel } from './training.test-helper.ts'
import { TrainingProgram } from './training-program.ts'

const model = smallModel()
const values = someValues(model.parameters)

/** The mean loss of a batch as a function of the parameters, and where it is evaluated. */
function batchLoss(weighting: string, batchSize: number) {
  const learning = smallLearning({ weighting, batchSize }, model)
  const batches = new BatchMaker({ source: hundredRows, learning, seed: 1, name: 'training' })
  return {
    of: {
      parameters: model.parameters,
      inputs: batchInputs(learning),
      value: (given: { parameters: f.Named<f.Tensor>; inputs: f.Named<f.Tensor> }) =>
        f.mean(batchLosses(learning, given.parameters, given.inputs).losses['all']!),
    },
    at: { parameters: values, inputs: batches.make(0, batchSize) },
  }
}

describe('the gradient of the denoising loss is exact in float64, and ONNX Runtime has it in float32', () => {
  test.each(weightings.map(({ name }) => ({ name })))('$name', async ({ name }) => {
    const { of, at } = batchLoss(name, 8)
    const { value } = await expectExactGradient(of, at)
    expect(value).toBeGreaterThan(0)
  })

  test('a wrong gradient is noticed', async () => {
    const { of, at } = batchLoss('edm', 8)
    const value: typeof of.value = (given) => {
      const loss = of.value(given)
      // Half of the loss is hidden from the derivative.
      return f.add(f.mul(0.5, loss), f.stopGradient(f.mul(0.5, loss)))
    }
    await expect(expectExactGradient({ ...of, value }, at)).rejects.toThrow('against')
  })
})

/** The state after some steps on batches of 16, at the learning rate 0.01. */
async function trained(runtime: f.Runtime, steps: number) {
  const learning = smallLearning({ batchSize: 16 }, model)
  const program = await TrainingProgram.compile({
    ...{ learning, optimiser: adamw, optimiserOptions: adamw.defaults, runtime },
  })
  const zeros = Object.fromEntries(Object.entries(values).map(([name, v]) => [name, v.map(() => 0)]))
  program.setState({ model: values, ema: values, first: zeros, second: zeros })
  const batches = new BatchMaker({ source: hundredRows, learning, seed: 1, name: 'training' })
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const named: Record<string, number> = {
      ...{ ...adamw.schedule(step + 1, 0.01, adamw.defaults), clipNorm: 1, averageRate: 0.1 },
    }
    const coefficients = Float64Array.from(coefficientNames(adamw), (name) => named[name]!)
    const { loss } = await program.run({ ...batches.make(16 * step, 16), coefficients })
    losses.push(Array.from(loss!).reduce((sum, value) => sum + value / 16, 0))
  }
  const state = await program.getState()
  await program.dispose()
  return { state, losses }
}

test('whole training steps run in float64, one after the other, and float32 follows', async () => {
  const exact = await trained(f.referenceRuntime, 4)
  const fast = await trained(f.nodeCpu({ threads: 1 }), 4)
  for (const [step, loss] of exact.losses.entries()) expect(fast.losses[step]! / loss).toBeCloseTo(1, 4)
  for (const [group, tensors] of Object.entries(exact.state)) {
    const all = (from: f.Groups<f.HostArray>): number[] =>
      Object.keys(tensors).flatMap((name) => Array.from(from[group]![name]!))
    const [precise, rounded] = [all(exact.state), all(fast.state)]
    const before =
      group === 'model' || group === 'ema' ? Object.values(values).flatMap((v) => Array.from(v)) : []
    const moved = Math.hypot(...precise.map((value, i) => value - (before[i] ?? 0)))
    const off = Math.hypot(...precise.map((value, i) => value - rounded[i]!))
    expect(off / moved, group).toBeLessThan(2e-5)
    // Nothing on the way was rounded to float32.
    expect(precise.filter((value) => value !== Math.fround(value)).length, group).toBeGreaterThan(
      precise.length / 2,
    )
  }
})

test('a value and its gradient, by hand', async () => {
  const of = {
    parameters: { w: { shape: [2], dtype: 'float32' as const } },
    inputs: { x: { shape: [2], dtype: 'float32' as const } },
    value: ({ parameters, inputs }: { parameters: f.Named<f.Tensor>; inputs: f.Named<f.Tensor> }) =>
      f.sum(f.exp(f.mul(parameters['w']!, inputs['x']!))),
  }
  const at = { parameters: { w: [0.1, -0.2] }, inputs: { x: Float64Array.of(0.3, 2) } }
  const { value, gradient } = await valueAndGradient(of, at)
  expect(value).toBeCloseTo(Math.exp(0.03) + Math.exp(-0.4), 14)
  expect(gradient['w']![0]).toBeCloseTo(0.3 * Math.exp(0.03), 14)
  expect(gradient['w']![1]).toBeCloseTo(2 * Math.exp(-0.4), 14)
})
