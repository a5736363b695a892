import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { evaluate } from './evaluate.test-helper.ts'
import { normals } from './family.test-helper.ts'
import { variationalAutoencoderModel } from './variational-autoencoder.ts'

/**
 * With silent networks the autoencoder is probabilistic principal components: x = a z + s ε, z one number, a and x in the plane.
 * Then log p(x) and the posterior of z are known. Tipping & Bishop 1999.
 */
const sigmaData = 2.5
const a = [1.2, -0.7] as const
const s = 0.4
const size = { width: 4, blocks: 1, embedding: 4 }
const model = variationalAutoencoderModel({ event: [2], latent: 1, network: 'residual-mlp', size, sigmaData })

/** Parameters of that model, with q(z | x) = N(e·x, t²). */
function linear(e: readonly number[], t: number): Record<string, ArrayLike<number>> {
  const silent = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, new Float64Array(f.sizeOf(shape))]),
  )
  return {
    ...silent,
    'decoder/linear.weight': a,
    deviation: [Math.log(s - 1e-3), Math.log(s - 1e-3)],
    'encoder/linear.weight': [e[0]!, 0, e[1]!, 0],
    'encoder/out.bias': [0, Math.log(t - 1e-4)],
  }
}

const squares = a[0] ** 2 + a[1] ** 2
/** The posterior of z: mean a·x/(a² + s²), variance s²/(a² + s²). */
const posterior = { e: a.map((v) => v / (squares + s * s)), t: Math.sqrt((s * s) / (squares + s * s)) }

/** log N(x; 0, σ_d² (a aᵀ + s² I)), with the inverse by Sherman and Morrison. */
function logDensity(x: number, y: number): number {
  const [u, v] = [x / sigmaData, y / sigmaData]
  const along = a[0] * u + a[1] * v
  const distance = (u * u + v * v - along ** 2 / (squares + s * s)) / (s * s)
  const logDeterminant = Math.log(s * s) + Math.log(squares + s * s)
  return -0.5 * (distance + logDeterminant) - Math.log(2 * Math.PI) - 2 * Math.log(sigmaData)
}

const points = Float64Array.of(0.3, -0.4, 2, -1, -3, 2.2)

/** The mean of the bound over `rows` rows at each of the points, with K codes. */
async function bounds(
  values: f.Named<ArrayLike<number>>,
  codes: number,
  rows: number,
): Promise<{ mean: number; error: number; least: number; most: number }[]> {
  const results: { mean: number; error: number; least: number; most: number }[] = []
  for (let i = 0; i < points.length; i += 2) {
    const noise = new RandomStream({ seed: 5, name: `codes ${codes} ${i}` }).normal({
      first: 0,
      count: rows,
      width: codes,
    })
    const { bound } = await evaluate({
      parameters: model.parameters,
      values,
      inputs: {
        x: {
          shape: [rows, 2],
          data: Float64Array.from({ length: 2 * rows }, (_, k) => points[i + (k % 2)]!),
        },
        code: { shape: [rows, codes, 1], data: Float64Array.from(noise) },
      },
      of: (p, { x, code }) => ({ bound: model.can.bound(p, { x: x! }, { code: code! }) }),
    })
    const found = Array.from(bound!)
    const mean = found.reduce((sum, value) => sum + value / rows, 0)
    const variance = found.reduce((sum, value) => sum + (value - mean) ** 2 / (rows - 1), 0)
    results.push({
      mean,
      error: Math.sqrt(variance / rows),
      least: Math.min(...found),
      most: Math.max(...found),
    })
  }
  return results
}

describe('the bound', () => {
  test.each([1, 5])(
    'is the log-density itself, whatever is drawn, where q is the posterior: K = %i',
    async (codes) => {
      const found = await bounds(linear(posterior.e, posterior.t), codes, 8)
      found.forEach(({ least, most }, i) => {
        const exact = logDensity(points[2 * i]!, points[2 * i + 1]!)
        expect(least).toBeCloseTo(exact, 8)
        expect(most).toBeCloseTo(exact, 8)
      })
    },
  )

  // A posterior that is too wide and off: log p(x) − E[bound] = KL(N(m, t²) ‖ N(m₀, t₀²)) for K = 1.
  const e = posterior.e.map((value) => 0.8 * value)
  const t = 1.3 * posterior.t
  const gaps = Array.from({ length: 3 }, (_, i) => {
    const [u, v] = [points[2 * i]! / sigmaData, points[2 * i + 1]! / sigmaData]
    const off = (e[0]! - posterior.e[0]!) * u + (e[1]! - posterior.e[1]!) * v
    return Math.log(posterior.t / t) + (t * t + off * off) / (2 * posterior.t ** 2) - 0.5
  })

  test('with one code misses the log-density by the divergence of q from the posterior', async () => {
    const found = await bounds(linear(e, t), 1, 4000)
    found.forEach(({ mean, error }, i) => {
      const exact = logDensity(points[2 * i]!, points[2 * i + 1]!)
      expect(gaps[i]!).toBeGreaterThan(0.05)
      expect(Math.abs(exact - mean - gaps[i]!)).toBeLessThan(4 * error)
    })
  })

  test('rises with every code more and never passes the log-density', async () => {
    const one = await bounds(linear(e, t), 1, 4000)
    const four = await bounds(linear(e, t), 4, 2000)
    const many = await bounds(linear(e, t), 32, 1000)
    one.forEach((first, i) => {
      const exact = logDensity(points[2 * i]!, points[2 * i + 1]!)
      expect(four[i]!.mean).toBeGreaterThan(first.mean + 4 * first.error)
      expect(many[i]!.mean).toBeGreaterThan(four[i]!.mean)
      expect(many[i]!.mean).toBeLessThan(exact + 4 * many[i]!.error)
      // Var(w)/(2 K E[w]²) is below a tenth of the first gap.
      expect(exact - many[i]!.mean).toBeLessThan(0.1 * gaps[i]!)
    })
  })
})

test('rows that it makes have the covariance of its density', async () => {
  const rows = 20_000
  const { made } = await evaluate({
    parameters: model.parameters,
    values: linear(posterior.e, posterior.t),
    inputs: {
      code: { shape: [rows, 1], data: normals('code', rows) },
      noise: { shape: [rows, 2], data: normals('noise', 2 * rows) },
    },
    of: (p, draws) => ({ made: model.can.generate(p, draws) }),
  })
  const covariance = (j: number, k: number): number => {
    let total = 0
    for (let row = 0; row < rows; row++) total += made![2 * row + j]! * made![2 * row + k]!
    return total / rows / sigmaData ** 2
  }
  // The deviation of a covariance of 20,000 rows is below 0.015 here.
  expect(covariance(0, 0)).toBeCloseTo(a[0] ** 2 + s * s, 1)
  expect(covariance(1, 1)).toBeCloseTo(a[1] ** 2 + s * s, 1)
  expect(covariance(0, 1)).toBeCloseTo(a[0] * a[1], 1)
})
