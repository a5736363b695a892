import { add, ScorefieldError } from '../../engine/index.ts'
import { type Guide, type GuideOptions, guidedConditions, guidedShapes, requireOperator } from './guide.ts'
import { openWalk, type Walk } from './host-walk.ts'

/**
 * Points that noise alone has changed, y = x₀ + s z: y is a noised point of the level s, so the walk begins there, at y itself, and goes down
 * the reverse diffusion. The only approximation is that of the steps: as they become small, x₀ is a draw of p(x₀ | y).
 *
 * In w = 1/σ² the reverse diffusion of x w is ∫ D dw and noise that is added, whatever x is; a step is Heun's for such equations: D where it begins,
 * D where it would end, their mean, and the same noise. So the error of what is drawn is of second order, where that of `ancestral` is of first
 * (Kloeden & Platen 1992, weak schemes for additive noise).
 *
 * It is no member of `guides`, for it takes one operator only. Refuses s ≤ σ_min.
 * Song, Sohl-Dickstein, Kingma et al. 2021 (the reverse diffusion is Markov).
 */
export const fromNoiseLevel: Guide = {
  name: 'from-noise-level',
  summary:
    'the walk begins at what is given, at its own noise level; of noise alone, exact as steps become small',
  source: 'Song, Sohl-Dickstein, Kingma et al. 2021',
  settings: {},
  open: async (options) => {
    requireNoiseAlone(options)
    const { fitted, operator, noise = 0, range } = options
    const { model } = fitted
    return openWalk(
      { ...options, range: { ...range, sigmaMax: noise } },
      {
        conditions: guidedShapes(model.conditions, operator),
        particles: 1,
        evaluations: (steps) => 2 * steps + 1,
        calls: (steps) => 2 * steps + 2,
        compute: {
          denoise: (parameters, at) => {
            const { conditions } = guidedConditions(at.conditions, model.conditions)
            return { denoised: model.denoise(parameters, { ...at, conditions }) }
          },
          // At x = 0 this is what is observed.
          begin: (_, at) => ({
            begun: add(at.x, guidedConditions(at.conditions, model.conditions).observed),
          }),
        },
        walk: walked,
      },
    )
  },
}

async function* walked(walk: Walk): AsyncGenerator<void, Float32Array, undefined> {
  const { places, lastSigma, evaluate, stream, dimension, systems } = walk
  const { begun } = await evaluate('begin', new Float32Array(systems * dimension), lastSigma)
  yield
  const x = Float64Array.from(begun!)
  const noise = stream('noise')
  for (const [step, { sigma, next }] of places.entries()) {
    const { denoised } = await evaluate('denoise', x, sigma)
    yield
    const keep = (next / sigma) ** 2
    const spread = (next / sigma) * Math.sqrt((sigma - next) * (sigma + next))
    const z = noise.normal({ width: dimension, counter: step })
    for (let i = 0; i < x.length; i++) x[i] = denoised![i]! + keep * (x[i]! - denoised![i]!) + spread * z[i]!
    const { denoised: there } = await evaluate('denoise', x, next)
    yield
    for (let i = 0; i < x.length; i++) x[i]! += ((1 - keep) / 2) * (there![i]! - denoised![i]!)
  }
  const { denoised } = await evaluate('denoise', x, lastSigma)
  yield
  return Float32Array.from(denoised!)
}

function requireNoiseAlone(options: GuideOptions): void {
  requireOperator(options)
  const { operator, noise = 0, range } = options
  const isLevel = noise > range.sigmaMin
  if (operator.isIdentity && isLevel) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'sampling/operator',
    message: operator.isIdentity
      ? `The noise of what is given is ${noise}; the model learned levels above ${range.sigmaMin}.`
      : `A walk from a noise level knows what noise alone has changed, not "${operator.name}".`,
    hint: operator.isIdentity ? 'There is no noise to take away.' : 'Take one of the guides.',
  })
}
