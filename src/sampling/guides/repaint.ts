import { settingsOf } from '../settings.ts'
import { startPoints } from '../start.ts'
import type { Guide } from './guide.ts'
import { openWalk, type Walk } from './host-walk.ts'
import { replacement } from './replacement.ts'

const settings = {
  resamplings: { summary: 'times that each level is walked down', default: 5, from: 1, to: 1000 },
} as const

/**
 * Replacement that walks every level down several times: after a step from σ_t to σ_s noise is put back,
 * x_t = x_s + √(σ_t² − σ_s²) z, and the step is done again, so that what is not observed comes to agree with what is.
 *
 * Steps are those of `ancestral`. In x̄ = x/α the variance put back is σ_t² − σ_s², for every process.
 * Lugmayr, Danelljan, Romero, Yu, Timofte, Van Gool 2022, algorithm 1, jumps of one step.
 */
export const repaint: Guide = {
  name: 'repaint',
  summary: 'replacement, each level walked several times so that the rest agrees with it',
  source: 'Lugmayr, Danelljan, Romero, Yu, Timofte, Van Gool 2022 (RePaint)',
  settings,
  open: async (options) => {
    const { resamplings } = settingsOf({ name: 'repaint', settings }, options.guideOptions)
    const times = Math.round(resamplings)
    const model = replacement.guided({ ...options, guideOptions: {} })
    return openWalk(options, {
      conditions: model.conditions,
      particles: 1,
      evaluations: (steps) => steps * times + 1,
      calls: (steps) => steps * times + 1,
      compute: { denoise: (parameters, at) => ({ denoised: model.denoise(parameters, at) }) },
      walk: (walk) => walked(walk, times),
    })
  },
}

async function* walked(walk: Walk, times: number): AsyncGenerator<void, Float32Array, undefined> {
  const { places, lastSigma, start, evaluate, stream, dimension } = walk
  const width = dimension
  const noise = stream('noise')
  const x = startPoints(stream('prior').normal({ width }), start)
  let counter = 0
  for (const { sigma, next } of places) {
    const keep = (next / sigma) ** 2
    const gap = Math.sqrt((sigma - next) * (sigma + next))
    const spread = (next / sigma) * gap
    for (let time = 1; time <= times; time++) {
      const { denoised } = await evaluate('denoise', x, sigma)
      yield
      const z = noise.normal({ width, counter: counter++ })
      for (let i = 0; i < x.length; i++)
        x[i] = denoised![i]! + keep * (x[i]! - denoised![i]!) + spread * z[i]!
      if (time === times) break
      const back = noise.normal({ width, counter: counter++ })
      for (let i = 0; i < x.length; i++) x[i]! += gap * back[i]!
    }
  }
  const { denoised } = await evaluate('denoise', x, lastSigma)
  yield
  return Float32Array.from(denoised!)
}
