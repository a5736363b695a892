import * as f from '../engine/index.ts'
import { networkOf } from '../nn/index.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import type { Family } from './family.ts'
import { asVectors } from './field.ts'
import { type At, type Model, perPoint, sigmaOf, type Values } from './model.ts'
import { preconditioningOf } from './preconditioned.ts'

/**
 * An energy at each noise level, whose score is a gradient field at every one of them:
 *
 *   E(x; σ) = ½‖x‖²/(σ² + σ_d²) − (σ_d/σ) g(c_in x; c_noise),  c_in = 1/√(σ² + σ_d²),  c_noise = ¼ ln σ,
 *
 * g: ℝᵈ → ℝ a network. Its denoiser D = x − σ² ∇E is EDM's, c_skip x + c_out F(c_in x; c_noise), with the gradient field
 * F = ∇g in the place of the free one: the same unit size of the network's input, target and gradient, so that the same
 * training serves it. Where g grows no faster than linearly, ∫ e^{−E} is finite at every level.
 * Salimans & Ho 2021 (energies instead of scores); Karras et al. 2022 (preconditioning).
 */
export const noiseConditionalEnergy: Family = {
  name: 'noise-conditional-energy',
  summary: 'energy of each noise level: a denoiser whose score is a gradient field',
  source: 'Salimans & Ho 2021',
  can: ['energy', 'score', 'denoise'],
  levels: 'each',
  takesConditions: true,
  objective: 'denoising',
  defaultSize: (facts) => networkOf(facts.network).defaultSize(facts),
  build: ({ event, conditions, sigmaData, network, size }): Model<'energy' | 'score' | 'denoise'> => {
    const conditioned = { conditionWidth: conditionWidth(conditions) }
    const shape = { event, outputs: [1], ...conditioned }
    const built = networkOf(network).build(shape, size)
    /** g(c_in x; c_noise), [B], and ∇g there, [B, ...event]. */
    const tilt = (values: Values, at: At): { g: f.Tensor; field: f.Tensor } => {
      const { cIn, noise } = preconditioningOf(sigmaOf(at), sigmaData)
      const unit = f.variable(f.mul(at.x, perPoint(cIn, at.x)))
      const condition = sideBySide(at.conditions, conditions)
      const g = f.reshape(built.apply(values, { x: unit, noise, condition }), [at.x.shape[0]!])
      return { g, field: f.grad(f.sum(g), [unit])[0]! }
    }
    /** The scalars of the first and of the second part of a result, which are x's and the network's. */
    const combined = (x: f.Tensor, ofX: f.Tensor, field: f.Tensor, ofField: f.Tensor): f.Tensor =>
      f.add(f.mul(x, perPoint(ofX, x)), f.mul(field, perPoint(ofField, x)))
    return {
      event,
      conditions,
      levels: 'each',
      parameters: built.parameters,
      can: {
        energy: (values, at) => {
          const sigma = sigmaOf(at)
          const { g } = tilt(values, at)
          return f.withLabel('energy', () => {
            const squares = f.sum(f.square(asVectors(at.x)), { axes: [1] })
            const confining = f.div(f.mul(squares, 0.5), f.add(f.square(sigma), sigmaData ** 2))
            return f.sub(confining, f.div(f.mul(g, sigmaData), sigma))
          })
        },
        score: (values, at) => {
          const sigma = sigmaOf(at)
          const { cIn } = preconditioningOf(sigma, sigmaData)
          const { field } = tilt(values, at)
          const ofField = f.div(f.mul(cIn, sigmaData), sigma)
          return f.withLabel('score', () => combined(at.x, f.neg(f.square(cIn)), field, ofField))
        },
        denoise: (values, at) => {
          const { cSkip, cOut } = preconditioningOf(sigmaOf(at), sigmaData)
          const { field } = tilt(values, at)
          return f.withLabel('preconditioning', () => combined(at.x, cSkip, field, cOut))
        },
      },
    }
  },
}
