import { expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { type NoiseProcess, noiseProcesses, type PredictionKind, predictionKinds } from '../noise/index.ts'
import { perPoint, withDerived } from './model.ts'
import { predictedDenoiser } from './predicted.ts'

/** x₀ ~ N(mean, deviation²). */
const [mean, deviation] = [0.7, 0.5]

/** α(t), std(t), α′(t) and std′(t), traced, written anew from the papers. */
const closedForms: Readonly<
  Record<string, (t: f.Tensor) => readonly [f.Tensor, f.Tensor, f.Tensor, f.Tensor]>
> = {
  'variance-preserving': (t) => {
    const [low, high] = [0.1, 20]
    const beta = f.add(f.mul(t, high - low), low)
    const integral = f.add(f.mul(t, low), f.mul(f.square(t), (high - low) / 2))
    const alpha = f.exp(f.mul(integral, -0.5))
    const std = f.sqrt(f.neg(f.expm1(f.neg(integral))))
    return [alpha, std, f.mul(f.mul(alpha, beta), -0.5), f.div(f.mul(f.mul(beta, f.square(alpha)), 0.5), std)]
  },
  'rectified-flow': (t) => [f.sub(1, t), t, f.neg(f.add(f.mul(t, 0), 1)), f.add(f.mul(t, 0), 1)],
}

/** The exact prediction of each kind for the Gaussian, from x_t, α, std and their derivatives. */
function exact(
  kind: PredictionKind,
  x: f.Tensor,
  [alpha, std, alphaSlope, stdSlope]: readonly f.Tensor[],
): f.Tensor {
  const over = (values: f.Tensor): f.Tensor => perPoint(values, x)
  const variance = over(f.add(f.mul(f.square(alpha!), deviation ** 2), f.square(std!)))
  const score = f.div(f.sub(f.mul(over(alpha!), mean), x), variance)
  const epsilon = f.neg(f.mul(score, over(std!)))
  const clean = f.div(f.sub(x, f.mul(epsilon, over(std!))), over(alpha!))
  switch (kind) {
    case 'score':
      return score
    case 'epsilon':
      return epsilon
    case 'clean':
      return clean
    case 'v':
      return f.sub(f.mul(epsilon, over(alpha!)), f.mul(clean, over(std!)))
    case 'velocity':
      return f.add(f.mul(clean, over(alphaSlope!)), f.mul(epsilon, over(stdSlope!)))
  }
}

const sigmas = [0.01, 0.03, 0.2, 1, 3, 20, 60]
const processes = noiseProcesses.filter(({ name }) => name in closedForms)

test.each(
  processes.flatMap((process) =>
    (Object.keys(predictionKinds) as PredictionKind[]).map(
      (kind) => [process.name, kind, process] as [string, PredictionKind, NoiseProcess],
    ),
  ),
)('of %s, a network that predicts %s exactly is the exact denoiser', async (name, kind, process) => {
  const model = withDerived(
    predictedDenoiser({
      event: [2],
      parameters: {},
      process,
      predicts: kind,
      predict: (_, { x, t }) => exact(kind, x, closedForms[name]!(t)),
    }),
  )
  const rows = sigmas.length
  const program = await f.compile({
    name: 'denoise',
    inputs: { x: { shape: [rows, 2], dtype: 'float32' }, sigma: { shape: [rows], dtype: 'float32' } },
    step: ({ inputs }) => ({
      outputs: { y: model.can.denoise!({}, { x: inputs['x']!, sigma: inputs['sigma'] }) },
    }),
  })
  const x = Float32Array.from(
    { length: 2 * rows },
    (_, i) => mean + Math.sin(i + 1) * Math.hypot(deviation, sigmas[i >> 1]!),
  )
  const { y } = await program.run({ x, sigma: Float32Array.from(sigmas) })
  y!.forEach((value, i) => {
    const sigma = sigmas[i >> 1]!
    const wanted = mean + (deviation ** 2 / (deviation ** 2 + sigma ** 2)) * (x[i]! - mean)
    // ε tells x₀ to float32's digits times σ, x₀ itself to its own.
    const conditioning = kind === 'clean' ? 1 : Math.max(1, sigma)
    expect(Math.abs(value - wanted)).toBeLessThan(3e-5 * conditioning)
  })
  await program.dispose()
})

test('a level outside of the process is asked at its last time', async () => {
  const process = processes.find(({ name }) => name === 'rectified-flow')!
  const model = predictedDenoiser({
    event: [1],
    parameters: {},
    process,
    predicts: 'clean',
    predict: (_, { t, x }) => perPoint(t, x),
  })
  const program = await f.compile({
    name: 'time',
    inputs: { x: { shape: [4, 1], dtype: 'float32' }, sigma: { shape: [4], dtype: 'float32' } },
    step: ({ inputs }) => ({
      outputs: { y: model.can.denoise({}, { x: inputs['x']!, sigma: inputs['sigma'] }) },
    }),
  })
  const { y } = await program.run({ x: new Float32Array(4), sigma: Float32Array.of(1e-9, 1, 998, 1e6) })
  const [low, high] = process.trainRange
  const wanted = [low, 0.5, 998 / 999, high]
  y!.forEach((t, i) => {
    expect(t).toBeCloseTo(wanted[i]!, 5)
  })
  await program.dispose()
})
