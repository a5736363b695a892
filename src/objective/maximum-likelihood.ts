import * as f from '../engine/index.ts'
import type { Objective } from './objective.ts'

/**
 * −log p(x)/d, nats a coordinate; d numbers an event.
 *
 * Its mean is KL(data ‖ model)/d plus the entropy of the data over d, a constant: least at the truth. Fisher 1922.
 */
export const maximumLikelihood: Objective<'logDensity'> = {
  name: 'maximum-likelihood',
  summary: 'the exact log-density of the training points, made large',
  source: 'Fisher 1922',
  needs: ['logDensity'],
  levels: 'one',
  settings: {},
  draws: () => ({}),
  heldOut: 'loss',
  losses: ({ can, values, data, conditions, event }) => ({
    losses: { all: f.div(can.logDensity(values, { x: data, conditions }), -f.sizeOf(event)) },
  }),
}
