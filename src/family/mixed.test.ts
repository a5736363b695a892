import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { type Network, residualMlp, zeros } from '../nn/index.ts'
import { hostDenoiser, normals, someValues } from './family.test-helper.ts'
import { denoiserOf, mixedDenoiser } from './mixed.ts'
import { preconditioned } from './preconditioned.ts'
import type { RowPart } from './row-part.ts'

/** A network that says 0 whatever it is asked. */
const silent: Network = {
  name: 'silent',
  summary: '',
  source: '',
  takes: () => true,
  defaultSize: () => ({}),
  build: ({ event, outputs = event }) => ({
    parameters: {},
    apply: (_, { x }) => f.broadcastTo(f.constant(0), [x.shape[0]!, ...outputs]),
  }),
}

const triangle = [Float64Array.of(1, 0), Float64Array.of(-0.7, 0.9), Float64Array.of(-0.2, -1.1)]
const words: RowPart = { kind: 'words', vectors: triangle, spread: 0.3, shares: [0.6, 0.3, 0.1] }
const sigmas = Float32Array.of(0.01, 0.1, 0.5, 1, 3, 20)

/** log N(x; mean, variance I). */
function logNormal(x: ArrayLike<number>, mean: ArrayLike<number>, variance: number): number {
  let squares = 0
  for (let k = 0; k < x.length; k++) squares += (x[k]! - mean[k]!) ** 2
  return -0.5 * (squares / variance + x.length * Math.log(2 * Math.PI * variance))
}

describe('a part alone, before the network knows anything', () => {
  test('words: the exact posterior mean of the mixture, at every noise level', async () => {
    const model = mixedDenoiser({ network: silent, parts: [words], size: {}, sigmaData: 1 })
    const denoise = await hostDenoiser(model, sigmas.length)
    const x = normals('x', 2 * sigmas.length).map((z, i) => z * Math.hypot(1, sigmas[i >> 1]!))
    const found = await denoise({}, { x, sigma: sigmas })
    sigmas.forEach((sigma, row) => {
      const at = x.subarray(2 * row, 2 * row + 2)
      const variance = words.spread ** 2 + sigma ** 2
      const weights = triangle.map(
        (vector, k) => words.shares[k]! * Math.exp(logNormal(at, vector, variance)),
      )
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      for (let k = 0; k < 2; k++) {
        // Of a normal around v: E[x₀ | x, v] = v + s²/(s² + σ²) (x − v).
        const exact = triangle.reduce(
          (sum, v, word) =>
            sum + (weights[word]! / total) * (v[k]! + (words.spread ** 2 / variance) * (at[k]! - v[k]!)),
          0,
        )
        expect(found[2 * row + k]).toBeCloseTo(exact, 4)
      }
    })
    await denoise.dispose()
  })

  test('numbers that mean something beside a word: the mean over both', async () => {
    const parts: RowPart[] = [words, { kind: 'numbers', width: 1, within: { part: 0, words: [0, 2] } }]
    const model = mixedDenoiser({ network: silent, parts, size: {}, sigmaData: 0.5 })
    const denoise = await hostDenoiser(model, sigmas.length)
    const x = normals('x', 3 * sigmas.length)
    const found = await denoise({}, { x, sigma: sigmas })
    sigmas.forEach((sigma, row) => {
      const at = x.subarray(3 * row, 3 * row + 2)
      const weights = triangle.map(
        (vector, k) => words.shares[k]! * Math.exp(logNormal(at, vector, words.spread ** 2 + sigma ** 2)),
      )
      const present = (weights[0]! + weights[2]!) / weights.reduce((sum, weight) => sum + weight, 0)
      const value = x[3 * row + 2]!
      const exact =
        present * (0.25 / (0.25 + sigma ** 2)) * value + ((1 - present) * value) / (1 + sigma ** 2)
      expect(found[3 * row + 2]).toBeCloseTo(exact, 4)
    })
    await denoise.dispose()
  })
})

/**
 * A word k of two, and a number of mean ±1 and deviation 0.5 beside it. What a network must add to what the word's own
 * coordinate says is known: log N(y; mean_k, 0.25 + σ²).
 */
describe('a word and a number that depend on each other', () => {
  const means = [1, -1]
  const parts: RowPart[] = [
    { kind: 'words', vectors: [Float64Array.of(1), Float64Array.of(-1)], spread: 0.25, shares: [0.7, 0.3] },
    { kind: 'numbers', width: 1 },
  ]
  const sigmaData = 1
  /** Gives what the exact posterior asks for, plus a parameter that shifts it. */
  const knowing: Network = {
    ...silent,
    build: () => ({
      parameters: { shift: zeros([3]) },
      apply: ({ shift }, { x, noise }) => {
        const sigma = f.exp(f.mul(noise!, 4))
        const column = (tensor: f.Tensor, at: number): f.Tensor =>
          f.reshape(f.slice(tensor, { axis: 1, start: at, end: at + 1 }), [tensor.shape[0]!])
        const scale = f.sqrt(f.add(f.square(sigma), sigmaData ** 2))
        const [own, y] = [f.mul(column(x, 0), scale), f.mul(column(x, 1), scale)]
        const variance = f.add(f.square(sigma), 0.25)
        const added = means.map((mean) => f.mul(f.div(f.square(f.sub(y, mean)), variance), -0.5))
        const alone = f.add(f.square(sigma), 0.25 ** 2)
        const logits = [1, -1].map((v, k) =>
          f.add(f.add(f.mul(f.div(own, alone), v), Math.log([0.7, 0.3][k]!)), added[k]!),
        )
        const first = f.reciprocal(f.add(f.exp(f.sub(logits[1]!, logits[0]!)), 1))
        const chances = [first, f.add(f.neg(first), 1)]
        const mean = means
          .map((m, k) => f.mul(chances[k]!, f.add(f.mul(f.div(f.sub(y, m), variance), 0.25), m)))
          .reduce((sum, part) => f.add(sum, part))
        const cSkip = f.mul(f.reciprocal(f.square(scale)), sigmaData ** 2)
        const cOut = f.div(f.mul(sigma, sigmaData), scale)
        const raw = f.div(f.sub(mean, f.mul(cSkip, y)), cOut)
        const outputs = f.concat(
          [...added, raw].map((tensor) => f.reshape(tensor, [tensor.shape[0]!, 1])),
          { axis: 1 },
        )
        return f.add(outputs, f.broadcastTo(shift!, outputs.shape))
      },
    }),
  }
  const model = mixedDenoiser({ network: knowing, parts, size: {}, sigmaData })

  test('D is the posterior mean of the joint', async () => {
    const denoise = await hostDenoiser(model, sigmas.length)
    const x = normals('joint', 2 * sigmas.length)
    const found = await denoise({ shift: new Float32Array(3) }, { x, sigma: sigmas })
    sigmas.forEach((sigma, row) => {
      const [own, y] = [x[2 * row]!, x[2 * row + 1]!]
      const [vWord, vNumber] = [0.25 ** 2 + sigma ** 2, 0.25 + sigma ** 2]
      const weights = [1, -1].map(
        (v, k) =>
          [0.7, 0.3][k]! * Math.exp(logNormal([own], [v], vWord) + logNormal([y], [means[k]!], vNumber)),
      )
      const total = weights[0]! + weights[1]!
      const word = [1, -1].reduce(
        (sum, v, k) => sum + (weights[k]! / total) * (v + (0.25 ** 2 / vWord) * (own - v)),
        0,
      )
      const number = means.reduce(
        (sum, m, k) => sum + (weights[k]! / total) * (m + (0.25 / vNumber) * (y - m)),
        0,
      )
      expect(found[2 * row]).toBeCloseTo(word, 3)
      expect(found[2 * row + 1]).toBeCloseTo(number, 3)
    })
    await denoise.dispose()
  })

  test('the error is least there: its gradient in the shift is 0 within the noise of the draws', async () => {
    const count = 20_000
    const uniforms = new RandomStream({ seed: 3, name: 'words' }).uniform({ first: 0, count, width: 1 })
    const [z, noise] = [normals('clean', 2 * count), normals('noise', 2 * count)]
    const clean = Float32Array.from({ length: 2 * count }, (_, i) => {
      const word = uniforms[i >> 1]! < 0.7 ? 1 : -1
      return word + (i % 2 === 0 ? 0.25 : 0.5) * z[i]!
    })
    const sigma = Float32Array.from({ length: count }, (_, row) => Math.exp(-2 + (4 * (row % 97)) / 97))
    const x = clean.map((value, i) => value + sigma[i >> 1]! * noise[i]!)
    const rows = (width: number): f.TensorType => ({ shape: [count, width], dtype: 'float32' })
    const program = await f.compile({
      name: 'gradient of the error',
      shared: model.parameters,
      inputs: { x: rows(2), clean: rows(2), sigma: { shape: [count], dtype: 'float32' } },
      step: ({ shared, inputs }) => {
        const error = f.mean(
          model.error!(shared, { x: inputs['x']!, sigma: inputs['sigma']! }, inputs['clean']!),
        )
        return { outputs: { error, gradient: f.grad(error, [shared['shift']!])[0]! } }
      },
    })
    const gradientAt = async (...shift: readonly number[]): Promise<f.HostArray> => {
      program.setShared({ shift: Float32Array.from(shift) })
      return (await program.run({ x, clean, sigma }))['gradient']!
    }
    for (const slope of await gradientAt(0, 0, 0)) expect(Math.abs(slope)).toBeLessThan(0.015) // four standard errors
    // Away from it the error rises in the direction moved.
    expect((await gradientAt(0.5, 0, 0))[0]).toBeGreaterThan(0.01)
    expect((await gradientAt(-0.5, 0, 0))[0]).toBeLessThan(-0.01)
    expect((await gradientAt(0, 0, 0.5))[2]).toBeGreaterThan(0.1)
    await program.dispose()
  })
})

describe('a real network', () => {
  const size = { width: 32, blocks: 2, embedding: 16 }
  const parts: RowPart[] = [
    { kind: 'numbers', width: 1 },
    words,
    { kind: 'numbers', width: 2, within: { part: 1, words: [1] } },
  ]

  test('a row depends on itself only', async () => {
    const model = mixedDenoiser({ network: residualMlp, parts, size, sigmaData: 1 })
    const values = someValues(model.parameters)
    const denoise = await hostDenoiser(model, sigmas.length)
    const x = normals('rows', 5 * sigmas.length)
    const before = await denoise(values, { x, sigma: sigmas })
    const after = await denoise(values, {
      x: x.map((value, i) => (Math.floor(i / 5) === 2 ? value + 1 : value)),
      sigma: sigmas,
    })
    for (let row = 0; row < sigmas.length; row++) {
      const part = (of: f.HostArray): f.HostArray => of.subarray(5 * row, 5 * row + 5)
      if (row === 2) expect(part(after)).not.toEqual(part(before))
      else expect(part(after)).toEqual(part(before))
    }
    await denoise.dispose()
  })

  test('plain numbers get the plain denoiser, to the bit', async () => {
    const plain = denoiserOf({
      network: residualMlp,
      parts: [
        { kind: 'numbers', width: 2 },
        { kind: 'numbers', width: 1 },
      ],
      size,
      sigmaData: 0.7,
    })
    const shape = { event: [3] }
    const same = preconditioned({ network: residualMlp, shape, size, sigmaData: 0.7 })
    const x = normals('plain', 3 * sigmas.length)
    const results = await Promise.all(
      [plain, same].map(async (model) => {
        const denoise = await hostDenoiser(model, sigmas.length)
        return denoise(someValues(model.parameters), { x, sigma: sigmas })
      }),
    )
    expect(results[0]).toEqual(results[1])
    expect(plain.error).toBeUndefined()
  })
})
