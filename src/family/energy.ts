import * as f from '../engine/index.ts'
import { filled, networkOf } from '../nn/index.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import type { Family } from './family.ts'
import { asVectors, fieldSize } from './field.ts'
import { freeFunction } from './free-function.ts'
import type { Model } from './model.ts'

/** k: however training goes, the confining Gaussian is at most so many σ_d wide, so that the density has an integral. */
export const widestConfinement = 10

/**
 * A Gaussian tilted by a free network: p(x) ∝ N(x; 0, σ_d² diag(a)⁻¹) e^{−F(x/σ_d)}, as an energy,
 *
 *   E(x) = F(u) + ½ Σᵢ aᵢ uᵢ² + ½ Σᵢ ln(2π σ_d²/aᵢ) + c,  u = x/σ_d,  aᵢ = 1/k² + softplus(rᵢ),
 *
 * F: ℝᵈ → ℝ any network that grows no faster than linearly, r and c learned. Then ∫ e^{−E} is finite for all parameters, since
 * aᵢ ≥ 1/k² (k = 10): walks come back from anywhere. F and c start at 0 and a at 1, so the model starts as N(0, σ_d² I),
 * normalised. c is the log-normaliser of the tilt: noise-contrastive learning finds it, and then E = −log p; to a score, and so
 * to all score matching, it makes no difference.
 * Of points with conditions F sees them, too: −E is then a conditional log-density up to a function of the conditions.
 * The score −∇E is the gradient of something, whatever the parameters.  LeCun et al. 2006; Gutmann & Hyvärinen 2012 (c).
 */
export const energy: Family = {
  name: 'energy',
  summary: 'scalar energy network: an unnormalised density, its score by differentiation',
  source: 'LeCun, Chopra, Hadsell, Ranzato, Huang 2006',
  can: ['energy', 'score'],
  levels: 'one',
  takesConditions: true,
  objective: 'denoising-one-level',
  defaultSize: fieldSize,
  build: ({ event, conditions, sigmaData, network, size }): Model<'energy'> => {
    const dimension = f.sizeOf(event)
    const shape = { event, outputs: [1], conditionWidth: conditionWidth(conditions) }
    const free = freeFunction({ network: networkOf(network), ...shape, size })
    const least = widestConfinement ** -2
    const start = Math.log(Math.expm1(1 - least)) // softplus(start) = 1 − 1/k²
    return {
      event,
      conditions,
      levels: 'one',
      parameters: { ...free.parameters, confinement: filled([dimension], start), offset: filled([1], 0) },
      can: {
        energy: (values, { x, conditions: given }) => {
          const rows = x.shape[0]!
          const unit = f.mul(asVectors(x), 1 / sigmaData)
          const tilt = f.reshape(free.apply(values, unit, sideBySide(given, conditions)), [rows])
          return f.withLabel('energy', () => {
            const precision = f.add(f.softplus(values['confinement']!), least)
            const squares = f.mul(f.square(unit), f.broadcastTo(precision, unit.shape))
            const confining = f.mul(f.sum(squares, { axes: [1] }), 0.5)
            const normaliser = f.add(
              f.mul(f.sum(f.log(precision)), -0.5),
              (dimension / 2) * Math.log(2 * Math.PI * sigmaData ** 2),
            )
            const constant = f.add(f.reshape(values['offset']!, []), normaliser)
            return f.add(f.add(tilt, confining), f.broadcastTo(constant, [rows]))
          })
        },
      },
    }
  },
}
