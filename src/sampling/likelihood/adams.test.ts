import { expect, it } from 'vitest'
import { adamsStep } from './adams.ts'

it('gives the usual weights of Adams’ methods for even times, with Milne’s factor', () => {
  const { predictor, corrector, share } = adamsStep([3, 2, 1, 0], 4)
  const bashforth = [55 / 24, -59 / 24, 37 / 24, -9 / 24]
  const moulton = [251 / 720, 646 / 720, -264 / 720, 106 / 720, -19 / 720]
  for (const [i, weight] of bashforth.entries()) expect(predictor[i]).toBeCloseTo(weight, 12)
  for (const [i, weight] of moulton.entries()) expect(corrector[i]).toBeCloseTo(weight, 12)
  expect(Math.abs(share)).toBeCloseTo(19 / 270, 12)
})

it.each([1, 2, 3, 4, 5])('integrates polynomials exactly between uneven times, of %i slopes', (order) => {
  const times = [1.3, 0.9, 0.2, 0.1, -0.4].slice(0, order)
  const to = 1.7
  const { predictor, corrector } = adamsStep(times, to)
  const whole = (power: number): number => (to ** (power + 1) - times[0]! ** (power + 1)) / (power + 1)
  const sum = (weights: readonly number[], at: readonly number[], power: number): number =>
    weights.reduce((total, weight, i) => total + weight * at[i]! ** power, 0)
  for (let power = 0; power < order; power++)
    expect(sum(predictor, times, power)).toBeCloseTo(whole(power), 10)
  for (let power = 0; power <= order; power++)
    expect(sum(corrector, [to, ...times], power)).toBeCloseTo(whole(power), 10)
})
