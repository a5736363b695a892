import { describe, expect, test } from 'vitest'
import { gaussianMixture } from '../../density/index.ts'
import { fit } from '../library/fit.ts'

/** Two Gaussians, of shares 0.65 and 0.35. */
const two = gaussianMixture({
  weights: [0.65, 0.35],
  means: [
    [-1, 0.5],
    [1.5, -1],
  ],
  covariances: [0.09, 0.16],
})
const rows = 4000
const fresh = two.sample({ seed: 20, first: 0, count: rows })

/** Share of the left Gaussian, share outside of both at five deviations, and the mean square of the distance from its own centre. */
function modesOf(points: ArrayLike<number>): { left: number; outside: number; square: number } {
  let [left, outside, square] = [0, 0, 0]
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!]
    const isLeft = 2.5 * (x - 0.25) - 1.5 * (y + 0.25) < 0
    const [cx, cy, deviation] = isLeft ? [-1, 0.5, 0.3] : [1.5, -1, 0.4]
    const distance = (x - cx) ** 2 + (y - cy) ** 2
    const inside = distance < (5 * deviation) ** 2
    if (isLeft) left++
    if (inside) square += distance / deviation ** 2
    else outside++
  }
  const count = points.length / 2
  return { left: left / count, outside: outside / count, square: square / (count - outside) }
}

const sizes = {
  autoregressive: { width: 32, layers: 2, components: 4 },
  'masked-flow': { blocks: 2, width: 32, layers: 1, components: 4 },
} as const

describe.each(Object.entries(sizes))('%s', (family, size) => {
  test('learns two Gaussians to 0.05 nats and makes rows of both, in their shares', async () => {
    const model = await fit(two, { family, size, steps: 1500, batchSize: 256, seed: 5 })
    const { logDensity } = await model.logDensity(fresh)
    const exact = two.logDensity(fresh)
    const divergence = exact.reduce((sum, value, i) => sum + (value - logDensity[i]!) / rows, 0)
    expect(divergence).toBeGreaterThan(-0.02)
    expect(divergence).toBeLessThan(0.05)
    const { left, outside, square } = modesOf(await model.sample({ count: rows, seed: 3 }))
    expect(Math.abs(left - 0.65)).toBeLessThan(0.05)
    expect(outside).toBeLessThan(0.03)
    expect(Math.abs(square - 2)).toBeLessThan(0.4)
    await model.dispose()
  }, 60_000)
})

test.each(['elbo', 'iwae'])(
  'variational-autoencoder by %s: both Gaussians, in their shares',
  async (objective) => {
    const model = await fit(two, {
      family: 'variational-autoencoder',
      objective,
      size: { width: 48, blocks: 1, latent: 2 },
      steps: 600,
      batchSize: 256,
      seed: 5,
    })
    const { left, outside } = modesOf(await model.sample({ count: rows, seed: 3 }))
    expect(Math.abs(left - 0.65)).toBeLessThan(0.08)
    expect(outside).toBeLessThan(0.1)
    await model.dispose()
  },
  60_000,
)

test.each([
  { objective: 'adversarial', steps: 700 },
  { objective: 'wasserstein', steps: 2000 },
])(
  'generative-adversarial by $objective: both Gaussians, roughly',
  async ({ objective, steps }) => {
    const warnings: string[] = []
    const model = await fit(two, {
      family: 'generative-adversarial',
      objective,
      size: { width: 48, blocks: 1, latent: 2 },
      steps,
      batchSize: 256,
      seed: 5,
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event.code)
      },
    })
    expect(warnings).toEqual([])
    const { left, outside, square } = modesOf(await model.sample({ count: rows, seed: 3 }))
    expect(Math.abs(left - 0.65)).toBeLessThan(0.15)
    expect(outside).toBeLessThan(0.2)
    expect(square).toBeGreaterThan(0.5)
    expect(square).toBeLessThan(5)
    await model.dispose()
  },
  60_000,
)
