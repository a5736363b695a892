import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { PictureEncoding, type Table } from '../../data/index.ts'
import * as f from '../../engine/index.ts'
import type { Model } from '../../family/index.ts'
import { isotropicMoments } from '../../sampling/index.ts'
import { FittedModel } from './fitted-model.ts'
import { bitsPerDimension, logProbabilities } from './log-densities.ts'

const encoding = new PictureEncoding({ height: 2, width: 2, channels: 1, levels: 256 })
const range = { sigmaMin: 1e-3, sigmaMax: 20, sigmaData: 0.5 }

function picturesOf(values: Uint8Array): { table: Table; rowIndices: Int32Array } {
  const count = values.length / 4
  const picture = { kind: 'picture' as const, name: 'picture', type: 'GREY8', levels: 256 }
  const shape = { height: 2, width: 2, channels: 1 as const }
  const table = { rowCount: count, source: 'made', columns: [], pictures: [{ ...picture, ...shape, values }] }
  return { table, rowIndices: Int32Array.from({ length: count }, (_, row) => row) }
}

/** A denoiser of pictures as they are shown to a network, [1, 2, 2], asked in float64. */
function fittedOf(
  denoise: (x: f.Tensor, sigma: f.Tensor) => f.Tensor,
  moments = isotropicMoments(4, range.sigmaData ** 2),
): FittedModel {
  const model: Model<'denoise'> = {
    event: encoding.event,
    levels: 'each',
    parameters: {},
    can: {
      denoise: (_, { x, sigma }) =>
        denoise(x, f.broadcastTo(f.reshape(sigma!, [x.shape[0]!, 1, 1, 1]), x.shape)),
    },
  }
  return new FittedModel({ model, values: {}, range, moments, runtime: f.referenceRuntime })
}

describe('bits a dimension of a density that is known', () => {
  test.each([
    { method: 'flow', noise: range.sigmaMin },
    { method: 'bound', noise: 0 },
  ])('of normal pixels, by $method, within the error that it tells', async ({ method, noise }) => {
    // In bytes the mean is 128 (m + 1) and the deviation 128 s.
    const [m, s] = [0.2, 0.05]
    const normal = fittedOf(
      (x, sigma) => {
        const square = f.square(sigma)
        return f.div(f.add(f.mul(square, m), f.mul(x, s ** 2)), f.add(square, s ** 2))
      },
      { mean: [m, m, m, m], covariance: [s ** 2, s ** 2, s ** 2, s ** 2] },
    )
    const z = new RandomStream({ seed: 3, name: 'pixels' }).normal({ first: 0, count: 40, width: 4 })
    const bytes = Uint8Array.from(z, (value) => Math.floor(128 * (m + 1 + s * value)))
    const { table, rowIndices } = picturesOf(bytes)
    const { logDensity, standardError } = await logProbabilities({ fitted: normal, encoding }, table, {
      ...{ rowIndices, by: method },
    })
    // E_u log N(v + u; μ, τ²), and E (v + u − μ)² = (v + ½ − μ)² + 1/12.
    const [mu, variance] = [128 * (m + 1), 128 ** 2 * (s ** 2 + noise ** 2)]
    const exact = (row: number): number =>
      [0, 1, 2, 3].reduce((sum, k) => {
        const square = (bytes[4 * row + k]! + 0.5 - mu) ** 2 + 1 / 12
        return sum - 0.5 * (Math.log(2 * Math.PI * variance) + square / variance)
      }, 0)
    let [off, squares, errors] = [0, 0, 0]
    rowIndices.forEach((row) => {
      off += bitsPerDimension(logDensity[row]! - exact(row), 4)
      squares += bitsPerDimension(logDensity[row]! - exact(row), 4) ** 2
      errors += bitsPerDimension(standardError[row]!, 4) ** 2
    })
    expect(Math.abs(off)).toBeLessThan(4 * Math.sqrt(errors))
    // What the rows are off is as much as their errors say: 40 squares against the sum of 40 estimates of three degrees each.
    expect(squares / errors).toBeGreaterThan(0.4)
    expect(squares / errors).toBeLessThan(2.2)
    expect(Math.sqrt(errors) / rowIndices.length).toBeLessThan(0.01)
  })

  test('independent uniform bytes have 8', async () => {
    const uniform = fittedOf(
      (x, sigma) => {
        // x + σ w, w a standard normal cut to the interval in which (x₀ − x)/σ lies.
        const [low, high] = [f.div(f.sub(f.neg(x), 1), sigma), f.div(f.sub(1, x), sigma)]
        const density = (at: f.Tensor): f.Tensor =>
          f.mul(f.exp(f.mul(f.square(at), -0.5)), 2 / Math.sqrt(2 * Math.PI))
        const below = (at: f.Tensor): f.Tensor => f.erf(f.mul(at, Math.SQRT1_2))
        const inside = f.div(f.sub(density(low), density(high)), f.sub(below(high), below(low)))
        return f.add(x, f.mul(sigma, inside))
      },
      isotropicMoments(4, 1 / 3),
    )
    const bytes = new RandomStream({ seed: 4, name: 'bytes' }).uniform({ first: 0, count: 6, width: 4 })
    const { table, rowIndices } = picturesOf(Uint8Array.from(bytes, (u) => Math.floor(256 * u)))
    const { logDensity, standardError } = await logProbabilities({ fitted: uniform, encoding }, table, {
      rowIndices,
    })
    rowIndices.forEach((row) => {
      const error = -bitsPerDimension(standardError[row]!, 4)
      expect(error).toBeLessThan(0.05)
      expect(Math.abs(bitsPerDimension(logDensity[row]!, 4) - 8)).toBeLessThan(4 * error + 0.002)
    })
  })
})
