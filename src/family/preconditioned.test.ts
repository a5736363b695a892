import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { type BuiltNetwork, type Network, residualMlp, startValues } from '../nn/index.ts'
import { edmPreconditioning } from '../noise/index.ts'
import { hostDenoiser, normals } from './family.test-helper.ts'
import { preconditioned } from './preconditioned.ts'

/** A network without parameters. */
function plain(apply: BuiltNetwork['apply']): Network {
  const build = (): BuiltNetwork => ({ parameters: {}, apply })
  return { name: 'plain', summary: '', source: '', takes: () => true, defaultSize: () => ({}), build }
}

const sigma = Float64Array.of(1e-3, 0.1, 0.5, 2, 300)
const x = Float64Array.from(normals('x', 10))

/** D where the raw network is this one, beside the golden scalars of each number of x. */
async function denoised(network: Network, sigmaData: number) {
  const shape = { event: [2] }
  const model = preconditioned({ network, shape, size: {}, sigmaData })
  const denoise = await hostDenoiser(model, 5, f.referenceRuntime)
  const values = await denoise({}, { x, sigma })
  return Array.from(values, (value, k) => ({
    value,
    x: x[k]!,
    ...edmPreconditioning({ sigma: sigma[Math.floor(k / 2)]!, sigmaData }),
  }))
}

describe.each([0.5, 3])('D = c_skip x + c_out F(c_in x, c_noise), σ_d = %f', (sigmaData) => {
  const close = (actual: number, expected: number): void =>
    expect(Math.abs(actual - expected)).toBeLessThan(1e-13 * Math.max(1, Math.abs(expected)))

  test('F = 0.7: c_skip and c_out', async () => {
    const constant = plain((_, at) => f.add(f.mul(at.x, 0), 0.7))
    for (const { value, x, cSkip, cOut } of await denoised(constant, sigmaData))
      close(value, cSkip * x + cOut * 0.7)
  })

  test('F = the scaled x: c_in', async () => {
    const identity = plain((_, at) => at.x)
    for (const { value, x, cSkip, cOut, cIn } of await denoised(identity, sigmaData))
      close(value, cSkip * x + cOut * cIn * x)
  })

  test('F = the noise level’s argument: c_noise', async () => {
    const noise = plain((_, at) => f.broadcastTo(f.reshape(at.noise!, [5, 1]), at.x.shape))
    for (const { value, x, cSkip, cOut, cNoise } of await denoised(noise, sigmaData))
      close(value, cSkip * x + cOut * cNoise)
  })
})

test('the true denoiser of N(0, σ_d²) is F = 0, where the untrained network starts: D = c_skip x', async () => {
  const shape = { event: [2] }
  const size = { width: 16, blocks: 2, embedding: 8 }
  const model = preconditioned({ network: residualMlp, shape, size, sigmaData: 0.5 })
  const denoise = await hostDenoiser(model, 5, f.referenceRuntime)
  const values = await denoise(startValues(model.parameters, 7), { x, sigma })
  values.forEach((value, k) => {
    const { cSkip } = edmPreconditioning({ sigma: sigma[Math.floor(k / 2)]!, sigmaData: 0.5 })
    expect(Math.abs(value / (cSkip * x[k]!) - 1)).toBeLessThan(1e-14)
  })
})
