import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Named, Shape } from '../engine/index.ts'
import { asDenoiser, type FittedDenoiser, type Model, preconditioned } from '../family/index.ts'
import { residualMlp, startValues } from '../nn/index.ts'
import { classifierFree, karras, sampleAll, samplerNoise, samplers, startPoints } from '../sampling/index.ts'
import { denoiserToOnnx, type OnnxExport, samplerToOnnx, scoreToOnnx } from './onnx.ts'
import { onnxMetadata } from './onnx-metadata.ts'

/** A small network with weights that do something, trained for nothing. */
function network(conditions?: Named<Shape>): FittedDenoiser & { readonly whole: Model<'denoise'> } {
  const size = { width: 32, blocks: 2, embedding: 8 }
  const shape = { event: [3] }
  const model = preconditioned({ network: residualMlp, shape, conditions, size, sigmaData: 1 })
  const values: Record<string, Float32Array> = startValues(model.parameters, 1)
  values['out.weight'] = Float32Array.from(values['out.weight']!, (_, i) => 0.3 * Math.sin(7 * i))
  return { whole: model, model: asDenoiser(model), values }
}
const fitted = network()

const levels = karras.levels({ steps: 8, sigmaMin: 0.01, sigmaMax: 20 })

/** Runs a file in ONNX Runtime as it is, without anything of ours. */
async function run(file: OnnxExport, inputs: Record<string, Float32Array>): Promise<Float32Array> {
  const session = await InferenceSession.create(file.bytes)
  const feeds = Object.fromEntries(
    file.inputs.map(({ name, shape }) => [name, new Tensor('float32', inputs[name]!, shape)]),
  )
  const results = await session.run(feeds)
  expect(session.inputNames).toEqual(file.inputs.map(({ name }) => name))
  expect(session.outputNames).toEqual(file.outputs.map(({ name }) => name))
  return results[file.outputs[0]!.name]!.data as Float32Array
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

describe.each(samplers.map((sampler) => ({ name: sampler.name, sampler })))(
  'a sampler by $name',
  ({ sampler }) => {
    test('draws, in ONNX Runtime alone, the rows that sampling draws for the seed', async () => {
      const [rows, seed, first] = [40, 5, 64]
      const file = samplerToOnnx({ fitted, rows, sampler, levels, start: { std: 20.02 } })
      const { noise, stepNoise } = samplerNoise({
        seed,
        first,
        rows,
        dimension: 3,
        ...(sampler.stochastic && { levels }),
      })
      const found = await run(file, { noise, step_noise: stepNoise })
      const expected = await sampleAll({
        fitted,
        sampler,
        levels,
        start: { std: 20.02 },
        seed,
        first,
        count: rows,
      })
      expect(new Set(expected).size).toBe(120)
      // Kernels round by the shape of a batch, and eight steps carry it on.
      expect(farthest(found, expected)).toBeLessThan(2e-5)
    })
  },
)

describe('a network', () => {
  const rows = 5
  const x = Float32Array.from({ length: 15 }, (_, i) => Math.sin(3 * i))
  const sigma = Float32Array.of(0.1, 0.5, 1, 3, 9)

  test('is its denoiser, and the score is what follows from it', async () => {
    const denoised = await run(denoiserToOnnx({ fitted, rows }), { x, sigma })
    const score = await run(scoreToOnnx({ fitted, rows }), { x, sigma })
    const expected = Array.from(denoised, (value, i) => (value - x[i]!) / sigma[Math.floor(i / 3)]! ** 2)
    expect(farthest(score, expected)).toBeLessThan(2e-4)
    // At a huge noise level a denoiser of data about 0 gives about 0; at a tiny one, x itself.
    const far = await run(denoiserToOnnx({ fitted, rows }), { x, sigma: new Float32Array(5).fill(1e-4) })
    expect(farthest(far, x)).toBeLessThan(1e-3)
  })

  test('says in its metadata what it takes and gives', () => {
    const told = { columns: '["a","b"]', ünïcode: 'σ → 0', empty: '' }
    const { bytes } = denoiserToOnnx({ fitted, rows, metadata: told })
    expect(onnxMetadata(bytes)).toEqual({
      ...told,
      'port.x': '[5, 3] noised rows in the coordinates of the model',
      'port.sigma': '[5] noise level of each row, above 0',
      'port.denoised': '[5, 3] D(x; sigma), the mean of the clean rows',
    })
    const page = new TextEncoder().encode('<!doctype html><title>404</title>')
    for (const broken of [bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 40), page, new Uint8Array()])
      expect(() => onnxMetadata(broken)).toThrow(expect.objectContaining({ code: 'onnx/unreadable' }))
  })
})

test('of a model under conditions, takes those of each row', async () => {
  const under = network({ place: [2], label: [] })
  const [rows, seed] = [40, 5]
  const conditions = {
    place: Float32Array.from({ length: 80 }, (_, i) => Math.cos(i)),
    label: Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
  }
  const inputs = { 'condition/place': conditions.place, 'condition/label': conditions.label }
  const common = { levels, start: { std: 20.02 } }
  const file = samplerToOnnx({ fitted: under, rows, sampler: samplers[0]!, ...common })
  const { noise } = samplerNoise({ seed, rows, dimension: 3 })
  const found = await run(file, { noise, ...inputs })
  const sampled = { fitted: under, sampler: samplers[0]!, ...common, seed, count: rows }
  expect(farthest(found, await sampleAll({ ...sampled, conditions }))).toBeLessThan(2e-5)
  const other = { ...conditions, label: conditions.label.map((value) => value + 1) }
  expect(farthest(found, await sampleAll({ ...sampled, conditions: other }))).toBeGreaterThan(1e-3)

  const [x, sigma] = [noise.map((z) => 3 * z), new Float32Array(rows).fill(0.7)]
  const denoised = await run(denoiserToOnnx({ fitted: under, rows }), { x, sigma, ...inputs })
  const score = await run(scoreToOnnx({ fitted: under, rows }), { x, sigma, ...inputs })
  const expected = Array.from(denoised, (value, i) => (value - x[i]!) / 0.7 ** 2)
  expect(farthest(score, expected)).toBeLessThan(2e-4)
})

describe('a sampler that is guided and tells its walk', () => {
  const under = network({ label: [2] })
  const rows = 40
  const label = Float32Array.from({ length: 2 * rows }, (_, i) => (Math.floor(i / 2) % 2 === i % 2 ? 1 : 0))
  const levels = karras.levels({ steps: 4, sigmaMin: 0.01, sigmaMax: 20 })
  const common = { levels, start: { mean: [0.1, 0.2, 0.3], std: 20.02 }, sampler: samplers[0]! }
  const { noise } = samplerNoise({ seed: 5, rows, dimension: 3 })
  const weights = [1, 2.5, 0] as const
  let drawn: Float32Array
  let walk: Float32Array

  beforeAll(async () => {
    const file = samplerToOnnx({ ...common, fitted: under, rows, guided: true, walk: true })
    const session = await InferenceSession.create(file.bytes)
    const weightOfRow = Float32Array.from({ length: rows }, (_, row) => weights[row % 3]!)
    const results = await session.run({
      noise: new Tensor('float32', noise, [rows, 3]),
      'condition/label': new Tensor('float32', label, [rows, 2]),
      guidance: new Tensor('float32', weightOfRow, [rows]),
    })
    expect(file.outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['rows', rows, 3],
      ['walk', levels.length, rows, 3],
    ])
    expect(results['walk']!.dims).toEqual([levels.length, rows, 3])
    drawn = results['rows']!.data as Float32Array
    walk = results['walk']!.data as Float32Array
  })

  test.each(weights)('draws a row of weight %d as sampling guided by it does', async (weight) => {
    const model = asDenoiser(classifierFree(under.whole, { weight }, { zeroIsNone: true }))
    const asked = { fitted: { ...under, model }, ...common, seed: 5, count: rows }
    const expected = await sampleAll({ ...asked, conditions: { label } })
    const part = (of: Float32Array): Float32Array =>
      of.filter((_, i) => weights[Math.floor(i / 3) % 3] === weight)
    expect(farthest(part(drawn), part(expected))).toBeLessThan(5e-5)
  })

  test('walks from the start to its rows, as far at each level as sampling that stops there', async () => {
    const at = (k: number): Float32Array => walk.subarray(3 * rows * k, 3 * rows * (k + 1))
    expect(farthest(at(0), startPoints(noise, common.start))).toBeLessThan(1e-5)
    expect(at(levels.length - 1)).toEqual(drawn)
    // The row of weight 1 is not guided: half of the walk is that of the first levels alone.
    const half = levels.slice(0, 3)
    const asked = { fitted: under, ...common, levels: half, seed: 5, count: rows, conditions: { label } }
    const expected = await sampleAll(asked)
    expect(farthest(at(2).subarray(0, 3), expected.subarray(0, 3))).toBeLessThan(5e-5)
  })

  test('is refused of a model without conditions', () => {
    expect(() => samplerToOnnx({ ...common, fitted, rows, guided: true })).toThrow(
      expect.objectContaining({ code: 'family/cannot' }),
    )
  })
})
