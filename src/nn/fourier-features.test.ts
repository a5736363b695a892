import { expect, it } from 'vitest'
import * as f from '../engine/index.ts'
import { fourierFeatures } from './fourier-features.ts'

const [frequencies, unit] = [4, 0.8]
const x = [0.3, -1.7, 0.05, 2.4, -0.6, 0.9]
const sigma = [0, 0.07, 0.6]

/** E[wave(ω(x + σz))] for z ~ N(0, 1), by the trapezoidal rule, which is exact here to rounding. */
function expected(wave: (angle: number) => number, omega: number, at: number, std: number): number {
  const [step, reach] = [0.01, 9]
  let sum = 0
  for (let z = -reach; z <= reach; z += step)
    sum += wave(omega * (at + std * z)) * Math.exp(-0.5 * z * z) * step
  return sum / Math.sqrt(2 * Math.PI)
}

it('is the mean of each wave of the clean number, given the noisy one', async () => {
  const program = await f.compile(
    {
      name: 'features',
      inputs: { x: { shape: [3, 2], dtype: 'float32' }, sigma: { shape: [3], dtype: 'float32' } },
      step: ({ inputs }) => ({
        outputs: { features: fourierFeatures(inputs['x']!, inputs['sigma']!, { frequencies, unit }) },
      }),
    },
    { runtime: f.referenceRuntime },
  )
  const found = (await program.run({ x: Float64Array.from(x), sigma: Float64Array.from(sigma) }))['features']!
  expect(found).toHaveLength(3 * 2 * 2 * frequencies)
  for (let row = 0; row < 3; row++)
    for (const [half, wave] of [Math.sin, Math.cos].entries())
      for (let k = 0; k < frequencies; k++)
        for (let column = 0; column < 2; column++) {
          const omega = (2 * Math.PI) / ((2 * unit) / 2 ** k)
          const value = found[((row * 2 + half) * frequencies + k) * 2 + column]!
          expect(value).toBeCloseTo(expected(wave, omega, x[2 * row + column]!, sigma[row]!), 10)
        }
})
