import { byName } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { networks } from '../nn/index.ts'
import type { Family } from './family.ts'
import { asVectors, fieldSize } from './field.ts'
import { type Model, widthOfEvent } from './model.ts'

/**
 * A free vector field for the score of one density: s(x) = (F(x/σ_d) − x/σ_d)/σ_d, F: ℝᵈ → ℝᵈ any network.
 *
 * F starts at 0, so the field starts as the score of N(0, σ_d² I): it points back to the data from far away. A free field is the
 * gradient of no log-density unless training makes it one; `energy` is one by its form.  Hyvärinen 2005; Song et al. 2019.
 */
export const scoreNetwork: Family = {
  name: 'score-network',
  summary: 'free vector field for the score of one density, with no noise levels',
  source: 'Hyvärinen 2005',
  can: ['score'],
  levels: 'one',
  objective: 'denoising-one-level',
  defaultSize: fieldSize,
  build: ({ event, sigmaData, network, size }): Model<'score'> => {
    const shape = { dimension: widthOfEvent(event), conditionWidth: 0, noise: false }
    const built = byName(networks, network, 'network').build(shape, size)
    return {
      event,
      conditionWidth: 0,
      levels: 'one',
      parameters: built.parameters,
      can: {
        score: (values, { x }) => {
          const unit = f.mul(asVectors(x), 1 / sigmaData)
          const field = built.apply(values, { x: unit })
          return f.withLabel('score', () => f.reshape(f.mul(f.sub(field, unit), 1 / sigmaData), x.shape))
        },
      },
    }
  },
}
