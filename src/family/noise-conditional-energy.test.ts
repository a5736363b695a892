import { expect, test } from 'vitest'
import { startValues } from '../nn/index.ts'
import { differences, hostAbility, largestDifference } from './ability.test-helper.ts'
import { normals, someValues } from './family.test-helper.ts'
import { noiseConditionalEnergy } from './noise-conditional-energy.ts'

const d = 3
const sigma = Float64Array.of(0.01, 0.1, 0.5, 1, 5, 50)
const rows = sigma.length
const sigmaData = 2
const model = noiseConditionalEnergy.build({
  event: [d],
  parts: [],
  sigmaData,
  network: 'residual-mlp',
  size: { width: 16, blocks: 2, embedding: 8 },
})
const values = someValues(model.parameters)
const x = Float64Array.from(
  normals('points', rows * d),
  (z, i) => z * Math.hypot(sigmaData, sigma[Math.floor(i / d)]!),
)

test('starts as the exact denoiser, score and energy of N(0, σ_d² I) at every level', async () => {
  const start = startValues(model.parameters, 3)
  const [denoise, score, energy] = [
    await hostAbility(model, 'denoise', rows),
    await hostAbility(model, 'score', rows),
    await hostAbility(model, 'energy', rows),
  ]
  const variance = (i: number): number => sigmaData ** 2 + sigma[Math.floor(i / d)]! ** 2
  const expected = {
    denoised: x.map((v, i) => (v * sigmaData ** 2) / variance(i)),
    score: x.map((v, i) => -v / variance(i)),
  }
  const energies = sigma.map(
    (_, row) => x.subarray(row * d, row * d + d).reduce((sum, v) => sum + v ** 2, 0) / 2 / variance(row * d),
  )
  expect(largestDifference(await denoise(start, x, sigma), expected.denoised)).toBeLessThan(1e-12)
  expect(largestDifference(await score(start, x, sigma), expected.score)).toBeLessThan(1e-12)
  expect(largestDifference(await energy(start, x, sigma), energies)).toBeLessThan(1e-12)
})

test('the score is −∇E at every level, and the denoiser x + σ² s', async () => {
  const [denoise, score, energy] = [
    await hostAbility(model, 'denoise', rows),
    await hostAbility(model, 'score', rows),
    await hostAbility(model, 'energy', rows),
  ]
  const slopes = await differences((points) => energy(values, points, sigma), x, d)
  const [s, denoised] = [await score(values, x, sigma), await denoise(values, x, sigma)]
  s.forEach((value, i) => {
    const level = sigma[Math.floor(i / d)]!
    expect(Math.abs(value + slopes[i]!) * level).toBeLessThan(1e-5)
    expect(denoised[i]).toBeCloseTo(x[i]! + level ** 2 * value, 9)
  })
})

test('the field turns nowhere: its Jacobian is symmetric', async () => {
  const denoise = await hostAbility(model, 'denoise', rows)
  const column = async (k: number): Promise<Float64Array> =>
    differences(async (points) => (await denoise(values, points, sigma)).filter((_, i) => i % d === k), x, d)
  const columns = [await column(0), await column(1), await column(2)]
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < i; j++) expect(columns[i]![row * d + j]).toBeCloseTo(columns[j]![row * d + i]!, 6)
})
