import * as f from '../../engine/index.ts'
import { settingsOf } from '../settings.ts'
import { startPoints } from '../start.ts'
import { adjointOf } from './adjoint.ts'
import { type Guide, guidedConditions, guidedShapes, requireOperator } from './guide.ts'
import { linearised, moved } from './guided-denoiser.ts'
import { openWalk, type Walk } from './host-walk.ts'
import { proposalNoise, proposalShapes, stepsOf } from './twisted-proposal.ts'

const settings = {
  particles: { summary: 'K, particles for each draw, 1 or more', default: 8, from: 1, to: 4096 },
  together: {
    summary:
      'G, draws of one and the same observation that come from one system of K G particles, 1 or more; fewer where fewer are drawn of each',
    default: 64,
    from: 1,
    to: 4096,
  },
} as const

/**
 * K G particles for each G draws of one observation, moved by guidance and weighed by what it got wrong: exact as K → ∞, whatever the
 * approximation of p(y | x).
 *
 * A step without guidance is q(x_s | x_t) = N(F(x_t), τ² I): by Heun's method down the flow to σ_d = σ_s²/σ_t, and noise of τ² = σ_s² − σ_d²
 * put back, as much as `ancestral` adds. The flow's marginals are the model's, so its order is that of what comes out.
 *
 * What is to come is guessed by p̃_t(y | x) = N(y; A D, v_t A Aᵀ + s² I). v_t is the variance that the steps still add to x₀ where the data are a
 * Gaussian of variance σ_d²: v_t = v_s + τ² j², j = σ_d²/(σ_s² + σ_d²), and σ_min² at the last level. That is less than the variance of the
 * posterior, as the steps of the flow are narrower than those of the reverse diffusion.
 *
 * The proposal q̃ is q(x_s | x_t) p̃_s(y | x_s), normalised, with D(x_s) ≈ D(x_t) + j (x_s − F): a Gaussian, narrower than q along what is
 * observed; its mean is moved by (1 − σ_d/σ_t) of what guidance moves D, ∂D/∂x and all. A particle's weight is
 * q(x_s | x_t) p̃_s(y | x_s)/(q̃(x_s | x_t) p̃_t(y | x_t)), which would be 1 for that Gaussian. Particles are resampled (systematic) where
 * their weights are worth fewer than half of them; at the end the draws are G of them, by their weights (systematic), in random order.
 *
 * The rows i with the same ⌊i/G⌋ and the same observation share their particles: so a draw is as good as of K G particles, at the price of K. It
 * stays a function of (seed, i, what is observed), for the particles are the same whoever asks.
 * Wu, Trippe, Naesseth, Blei, Cunningham 2023 (TDS); Doucet, de Freitas, Gordon 2001 (the proposal that weighs least, resampling).
 */
export const twistedParticles: Guide = {
  name: 'twisted-particles',
  summary: 'K guided particles a row, weighed by what guidance got wrong: exact as K grows',
  source: 'Wu, Trippe, Naesseth, Blei, Cunningham 2023 (TDS)',
  settings,
  open: async (options) => {
    requireOperator(options)
    const told = settingsOf({ name: 'twisted-particles', settings }, options.guideOptions)
    const each = Math.round(told.particles)
    const draws = Math.round(options.guideOptions?.['together'] ?? sharing(told.together, options.alike))
    const particles = each * draws
    const { fitted, operator, noise = 0, range } = options
    const { model } = fitted
    return openWalk(options, {
      conditions: guidedShapes(model.conditions, operator),
      ...{ particles, draws },
      evaluations: (steps) => each * (3 * steps + 2),
      calls: (steps) => 2 * steps + 1,
      beside: { guide: { left: [] }, move: proposalShapes(operator) },
      compute: {
        guide: (parameters, at, { left }) => {
          const { observed, given, conditions } = guidedConditions(at.conditions, model.conditions)
          const seen = linearised({ model, parameters, operator, given, at: { ...at, conditions } }, observed)
          const { denoised, residual, pullBack } = seen
          const b = f.broadcastTo(f.constant(noise ** 2), left!.shape)
          const solved = adjointOf({ ...seen, operator, given }).solve(residual, { a: left!, b })
          return {
            denoised,
            guided: moved(denoised, at.sigma, pullBack(solved)),
            // log p̃(y | x), but for what all particles of a row have in common.
            twist: f.mul(f.sum(f.mul(residual, solved), { axes: [1] }), -0.5),
          }
        },
        move: (parameters, at, beside) => {
          const { given, conditions } = guidedConditions(at.conditions, model.conditions)
          return {
            denoised: model.denoise(parameters, { ...at, conditions }),
            ...proposalNoise({ operator, given, noise }, beside),
          }
        },
      },
      walk: (walk) =>
        walked(walk, { particles, draws, widthSeen: operator.width, sigmaData: range.sigmaData }),
    })
  },
}

/** Systems of fewer draws than that have too few particles, be some of them for nobody. */
const fewestTogether = 8

/** Draws of a system where `alike` rows beside each other have the same observation: so many that no system goes across two of them. */
function sharing(most: number, alike = most): number {
  const parts = Math.ceil(alike / most)
  const own = Math.ceil(alike / parts)
  return own * Math.ceil(fewestTogether / own)
}

async function* walked(
  walk: Walk,
  {
    particles,
    draws,
    widthSeen,
    sigmaData,
  }: {
    readonly particles: number
    readonly draws: number
    readonly widthSeen: number
    readonly sigmaData: number
  },
): AsyncGenerator<void, Float32Array, undefined> {
  const { places, lastSigma, start, evaluate, stream, systems, dimension } = walk
  const width = particles * dimension
  const points = systems * particles
  const [noise, inData, inSeen] = [stream('noise'), stream('noise in data'), stream('noise of what is seen')]
  const uniforms = stream('resampling')
  const steps = stepsOf(places, { lastSigma, sigmaData })
  const ofAll = (value: number): Float64Array => new Float64Array(points).fill(value)
  let x: Float64Array = Float64Array.from(startPoints(stream('prior').normal({ width }), start))
  const logWeights = new Float64Array(points)
  let before = new Float64Array(points)
  for (const [step, { sigma, next, down, left, leftNext, spread, slope, share }] of steps.entries()) {
    let { denoised, guided, twist } = await evaluate('guide', x, sigma, { left: ofAll(left) })
    yield
    for (let p = 0; p < points; p++) logWeights[p]! += twist![p]! - before[p]!
    const u = uniforms.uniform({ width: 1, counter: step })
    if (next === 0) {
      const order = stream('order').uniform({ width: draws })
      return drawnOf(guided!, logWeights, { particles, draws, dimension, u, order })
    }
    const chosen = ancestors(logWeights, particles, u)
    if (chosen) {
      x = gathered(x, chosen, dimension)
      denoised = gathered(denoised!, chosen, dimension)
      guided = gathered(guided!, chosen, dimension)
      twist = gathered(twist!, chosen, 1)
    }
    before = Float64Array.from(twist!)
    const mean = x.map((value, i) => denoised![i]! + (down / sigma) * (value - denoised![i]!))
    const made = await evaluate('move', mean, down, {
      z: noise.normal({ width, counter: step }),
      zData: inData.normal({ width, counter: step }),
      zSeen: inSeen.normal({ width: particles * widthSeen, counter: step }),
      ...{ spread: ofAll(spread), slope: ofAll(slope), left: ofAll(left), leftNext: ofAll(leftNext) },
    })
    yield
    const { denoised: there, drawn, narrowing } = made
    const h = down - sigma
    for (let p = 0; p < points; p++) {
      let ratio = narrowing![p]!
      for (let i = p * dimension; i < (p + 1) * dimension; i++) {
        const from = (x[i]! - denoised![i]!) / sigma
        const flown = x[i]! + (h / 2) * (from + (mean[i]! - there![i]!) / down)
        const shift = share * (guided![i]! - denoised![i]!)
        ratio -= (shift * (drawn![i]! + shift / 2)) / spread ** 2
        x[i] = flown + shift + drawn![i]!
      }
      logWeights[p]! += ratio
    }
  }
  throw new Error('a walk ends at level 0')
}

/**
 * The particle that each place is taken by, where some row's weights are worth fewer than half of its particles; those rows' weights
 * become equal, all others stay as they are. u: one number in (0, 1) a row.
 */
function ancestors(logWeights: Float64Array, particles: number, u: Float32Array): Int32Array | undefined {
  let chosen: Int32Array | undefined
  for (let row = 0; row < u.length; row++) {
    const own = logWeights.subarray(row * particles, (row + 1) * particles)
    const weights = normalised(own)
    const worth = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0)
    if (worth >= particles / 2) continue
    chosen ??= Int32Array.from(logWeights, (_, p) => p)
    for (const [place, k] of systematic(weights, particles, u[row]!).entries())
      chosen[row * particles + place] = row * particles + k
    own.fill(0)
  }
  return chosen
}

/** Weights of one row's particles, summing to 1; equal where none is finite. */
function normalised(logWeights: Float64Array): Float64Array {
  const most = logWeights.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(most)) return new Float64Array(logWeights.length).fill(1 / logWeights.length)
  const weights = logWeights.map((value) => Math.exp(value - most))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function gathered(values: f.HostArray, places: Int32Array, width: number): Float64Array {
  const taken = new Float64Array(values.length)
  for (let p = 0; p < places.length; p++)
    for (let k = 0; k < width; k++) taken[p * width + k] = values[places[p]! * width + k]!
  return taken
}

/** `count` places by their weights, ascending: place k about count · weights[k] times.  Kitagawa 1996. u: one number in (0, 1). */
function systematic(weights: Float64Array, count: number, u: number): number[] {
  let [k, below] = [0, weights[0]!]
  return Array.from({ length: count }, (_, place) => {
    const at = (place + u) / count
    while (below < at && k < weights.length - 1) below += weights[++k]!
    return k
  })
}

/** Draws of each system by the weights of its particles, in an order of chance: [systems · draws, d]. */
function drawnOf(
  points: f.HostArray,
  logWeights: Float64Array,
  given: {
    readonly particles: number
    readonly draws: number
    readonly dimension: number
    readonly u: Float32Array
    /** [systems, draws] */
    readonly order: Float32Array
  },
): Float32Array {
  const { particles, draws, dimension, u, order } = given
  const taken = new Float32Array(u.length * draws * dimension)
  for (let system = 0; system < u.length; system++) {
    const weights = normalised(logWeights.subarray(system * particles, (system + 1) * particles))
    const chosen = systematic(weights, draws, u[system]!)
    const places = Array.from({ length: draws }, (_, j) => j).sort(
      (a, b) => order[system * draws + a]! - order[system * draws + b]!,
    )
    for (const [j, k] of chosen.entries()) {
      const from = (system * particles + k) * dimension
      taken.set(points.subarray(from, from + dimension), (system * draws + places[j]!) * dimension)
    }
  }
  return taken
}
