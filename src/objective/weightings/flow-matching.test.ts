import { expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { convertPrediction, hostAlgebra, noiseStateAt, prediction, rectifiedFlow } from '../../noise/index.ts'
import { flowMatching } from './flow-matching.ts'

test('the weighted error of the denoiser is the error of the velocity it stands for', () => {
  const process = rectifiedFlow()
  const range = { sigmaMin: 1e-3, sigmaMax: 500, sigmaData: 1 }
  const width = 5
  const draw = (name: string): Float64Array =>
    Float64Array.from(new RandomStream({ seed: 3, name }).normal({ first: 0, count: 1, width }))
  const clean = draw('clean')
  const noise = draw('noise')
  const denoised = draw('denoised')
  for (const u of [0.01, 0.2, 0.5, 0.8, 0.99]) {
    const sigma = flowMatching.level(u, range)
    const t = process.timeOfSigma(sigma)
    const x = clean.map((x0, k) => (1 - t) * x0 + t * noise[k]!)
    const at = { x, ...noiseStateAt(process, t) }
    const velocity = convertPrediction(prediction('clean', denoised), 'velocity', at, hostAlgebra).value
    const direct = velocity.reduce((sum, v, k) => sum + (v - (noise[k]! - clean[k]!)) ** 2, 0)
    const squares = denoised.reduce((sum, value, k) => sum + (value - clean[k]!) ** 2, 0)
    expect(Math.abs((flowMatching.weight(sigma, range) * squares) / direct - 1)).toBeLessThan(1e-11)
  }
})
