import { describe, expect, test } from 'vitest'
import { gaussian } from '../density/index.ts'
import { startValues } from '../nn/index.ts'
import { differences, hostAbility, largestDifference } from './ability.test-helper.ts'
import { energy, widestConfinement } from './energy.ts'
import { normals, someValues } from './family.test-helper.ts'
import { withDerived } from './model.ts'
import { scoreNetwork } from './score-network.ts'

const d = 3
const rows = 8
const size = { width: 16, blocks: 2 }
const x = Float64Array.from(normals('points', rows * d))
const built = (family: typeof energy, sigmaData: number) =>
  withDerived(family.build({ event: [d], parts: [], sigmaData, network: 'residual-mlp', size }))

describe.each([0.5, 1, 20])('σ_d = %f', (sigmaData) => {
  const scaled = x.map((value) => value * sigmaData)
  const standard = gaussian({ mean: new Float64Array(d), covariance: sigmaData ** 2 })

  test('both start as N(0, σ_d² I), the energy normalised', async () => {
    const [field, tilted] = [built(scoreNetwork, sigmaData), built(energy, sigmaData)]
    const score = await hostAbility(field, 'score', rows)
    const scoreOfEnergy = await hostAbility(tilted, 'score', rows)
    const energyAt = await hostAbility(tilted, 'energy', rows)
    const [ofField, ofEnergy] = [startValues(field.parameters, 1), startValues(tilted.parameters, 1)]
    const exact = standard.score(scaled)
    expect(sigmaData * largestDifference(await score(ofField, scaled), exact)).toBeLessThan(1e-12)
    expect(sigmaData * largestDifference(await scoreOfEnergy(ofEnergy, scaled), exact)).toBeLessThan(1e-6)
    const logs = (await energyAt(ofEnergy, scaled)).map((e) => -e)
    expect(largestDifference(logs, standard.logDensity(scaled))).toBeLessThan(1e-6)
  })

  test('the same network of data in another unit is the same model in that unit', async () => {
    const values = someValues(built(energy, 1).parameters)
    const [plain, other] = [built(energy, 1), built(energy, sigmaData)]
    const [a, b] = [await hostAbility(plain, 'energy', rows), await hostAbility(other, 'energy', rows)]
    const shift = d * Math.log(sigmaData) // p(σ_d u) = p₁(u)/σ_d^d
    const expected = (await a(values, x)).map((e) => e + shift)
    expect(largestDifference(await b(values, scaled), expected)).toBeLessThan(1e-9)
    const fields = [built(scoreNetwork, 1), built(scoreNetwork, sigmaData)]
    const some = someValues(fields[0]!.parameters)
    const unit = await (await hostAbility(fields[0]!, 'score', rows))(some, x)
    const found = await (await hostAbility(fields[1]!, 'score', rows))(some, scaled)
    const inUnits = found.map((s) => s * sigmaData)
    expect(largestDifference(inUnits, unit)).toBeLessThan(1e-9)
  })
})

test('the score is −∇E, and a constant added to E changes none of it', async () => {
  const model = built(energy, 2)
  const values = someValues(model.parameters)
  const energyAt = await hostAbility(model, 'energy', rows)
  const score = await hostAbility(model, 'score', rows)
  const slopes = await differences((points) => energyAt(values, points), x, d)
  const found = await score(values, x)
  const downhill = slopes.map((slope) => -slope)
  expect(largestDifference(found, downhill)).toBeLessThan(1e-6)
  const shifted = { ...values, offset: values['offset']!.map((value) => value + 5) }
  expect(await score(shifted, x)).toEqual(found)
  const [before, after] = [await energyAt(values, x), await energyAt(shifted, x)]
  const raised = before.map((e) => e + 5)
  expect(largestDifference(after, raised)).toBeLessThan(1e-5)
})

test('far away the energy grows at least as that of the widest Gaussian, however large the weights', async () => {
  const model = built(energy, 2)
  const values = Object.fromEntries(
    Object.entries(someValues(model.parameters)).map(([name, v]) => [
      name,
      name === 'confinement' ? v.map(() => -50) : v.map((value) => 3 * value),
    ]),
  )
  const energyAt = await hostAbility(model, 'energy', rows)
  for (const far of [1e6, 1e8]) {
    const points = x.map((value) => value * far * 2)
    ;(await energyAt(values, points)).forEach((e, row) => {
      const squares = x.subarray(row * d, row * d + d).reduce((sum, value) => sum + (value * far) ** 2, 0)
      expect(e / squares).toBeCloseTo(0.5 / widestConfinement ** 2, 3)
    })
  }
})

test('far away a free field points back, however large the weights', async () => {
  const model = built(scoreNetwork, 2)
  const values = Object.fromEntries(
    Object.entries(someValues(model.parameters)).map(([name, v]) => [name, v.map((value) => 3 * value)]),
  )
  const score = await hostAbility(model, 'score', rows)
  const far = x.map((value) => value * 1e5)
  const found = await score(values, far)
  const back = far.map((value) => -value / 4)
  expect(largestDifference(found, back)).toBeLessThan(0.01 * 1e5)
})
