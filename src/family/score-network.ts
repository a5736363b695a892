import * as f from '../engine/index.ts'
import { networkOf } from '../nn/index.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import type { Family } from './family.ts'
import { asVectors, fieldSize } from './field.ts'
import { freeFunction } from './free-function.ts'
import { type Model, perPoint } from './model.ts'

/** k: the network's part of the field is half of itself where the root mean square of a point's coordinates is k σ_d. */
const reach = 2

/**
 * A free vector field for the score of one density: s(x) = (w(u) F(u) − u)/σ_d, u = x/σ_d, F: ℝᵈ → ℝᵈ any network,
 * w = 1/(1 + ‖u‖⁴/(k⁴ d²)), k = 2.
 *
 * F starts at 0, so the field starts as the score of N(0, σ_d² I). Nothing trains F far from the data, and it grows linearly there:
 * w makes its part vanish, so that the field points back from far away whatever F is, and walks along it do not run away.
 * A free field is the gradient of no log-density unless training makes it one; `energy` is one by its form.
 * Hyvärinen 2005; Song, Garg, Shi, Ermon 2019.
 */
export const scoreNetwork: Family = {
  name: 'score-network',
  summary: 'free vector field for the score of one density, with no noise levels',
  source: 'Hyvärinen 2005',
  can: ['score'],
  levels: 'one',
  takesConditions: true,
  objective: 'denoising-one-level',
  defaultSize: fieldSize,
  build: ({ event, conditions, sigmaData, network, size }): Model<'score'> => {
    const dimension = f.sizeOf(event)
    const shape = { event, outputs: event, conditionWidth: conditionWidth(conditions) }
    const free = freeFunction({ network: networkOf(network), ...shape, size })
    return {
      event,
      conditions,
      levels: 'one',
      parameters: free.parameters,
      can: {
        score: (values, { x, conditions: given }) => {
          const unit = f.mul(asVectors(x), 1 / sigmaData)
          const field = asVectors(free.apply(values, unit, sideBySide(given, conditions)))
          return f.withLabel('score', () => {
            const squares = f.mul(f.sum(f.square(unit), { axes: [1] }), 1 / (reach ** 2 * dimension))
            const weight = perPoint(f.reciprocal(f.add(f.square(squares), 1)), unit)
            return f.reshape(f.mul(f.sub(f.mul(field, weight), unit), 1 / sigmaData), x.shape)
          })
        },
      },
    }
  },
}
