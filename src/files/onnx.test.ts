import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import type { Named, Shape } from '../engine/index.ts'
import { asDenoiser, type FittedDenoiser, preconditioned } from '../family/index.ts'
import { residualMlp, startValues } from '../nn/index.ts'
import { karras, sampleAll, samplerNoise, samplers } from '../sampling/index.ts'
import { denoiserToOnnx, type OnnxExport, samplerToOnnx, scoreToOnnx } from './onnx.ts'

/** A small network with weights that do something, trained for nothing. */
function network(conditions?: Named<Shape>): FittedDenoiser {
  const size = { width: 32, blocks: 2, embedding: 8 }
  const shape = { event: [3] }
  const model = preconditioned({ network: residualMlp, shape, conditions, size, sigmaData: 1 })
  const values: Record<string, Float32Array> = startValues(model.parameters, 1)
  values['out.weight'] = Float32Array.from(values['out.weight']!, (_, i) => 0.3 * Math.sin(7 * i))
  return { model: asDenoiser(model), values }
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
    const text = Buffer.from(
      denoiserToOnnx({ fitted, rows, metadata: { columns: '["a","b"]' } }).bytes,
    ).toString('latin1')
    for (const part of ['port.x', 'noise level of each row', 'columns', '["a","b"]'])
      expect(text).toContain(part)
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
