import { expect, test } from 'vitest'
import { normalQuantile } from './normal-quantile.ts'

/** p as a float64, and its quantile by Newton's method with 50 digits. */
const exact: readonly (readonly [p: number, z: number])[] = [
  [Number.MIN_VALUE, -38.467405617144344],
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1.3e-11, -6.667611456510741],
  [1.4e-11, -6.656723091518184],
  [1e-6, -4.753424308822899],
  [0.001, -3.0902323061678136],
  [0.02425, -1.9729610513118847],
  [0.0749, -1.4402382675279637],
  [0.0751, -1.43882539275254],
  [0.08, -1.4050715603096324],
  [0.3, -0.5244005127080408],
  [0.4999999, -2.5066282747031063e-7],
  [0.5000000000009095, 2.2797651350911116e-12],
  [0.6, 0.2533471031357997],
  [0.925, 1.4395314709384561],
  [0.926, 1.4466320671589787],
  [0.975, 1.9599639845400538],
  [0.999, 3.090232306167813],
  [0.9999999990686774, 6.009353565530744],
  [0.9999999999999999, 8.209536151601387],
]

test.each(exact)('normalQuantile(%f) = %f to 1e-14', (p, z) => {
  expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(1e-14)
})

test('odd about ½, where 1 − p is exact', () => {
  for (let k = 1; k < 512; k++) expect(normalQuantile(1 - k / 1024)).toBe(-normalQuantile(k / 1024))
})

test('increases, also where one formula takes over from another', () => {
  for (const join of [0.075, 0.925, Math.exp(-25)]) {
    const step = join * 1e-12
    for (let k = -20; k < 20; k++)
      expect(normalQuantile(join + (k + 1) * step)).toBeGreaterThan(normalQuantile(join + k * step))
  }
})

test('infinite at the ends, no number outside', () => {
  expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity])
  for (const p of [-1e-9, 1 + 1e-9, NaN, Infinity]) expect(normalQuantile(p)).toBeNaN()
})
