import * as f from '../engine/index.ts'
import type { Draws, Model } from '../family/index.ts'
import type { Objective } from './objective.ts'

/** What the model's bound draws for K codes a row: the first axis of each draw counts them. */
export function boundDraws(model: Model, codes: number): Draws {
  return Object.fromEntries(
    Object.entries(model.draws?.bound ?? {}).map(([name, { of, shape }]) => [
      name,
      { of, shape: [codes, ...shape.slice(1)] },
    ]),
  )
}

/**
 * −1/d log p(x, z)/q(z | x), z ~ q(z | x), nats a coordinate: the evidence lower bound with one draw, made large.
 *
 * E[log p(x, z)/q(z | x)] = log p(x) − KL(q(z | x) ‖ p(z | x)). So it is largest at the truth where q can be the posterior, and
 * else prefers models whose posterior q fits: that is its bias. Kingma & Welling 2014.
 */
export const elbo: Objective<'bound'> = {
  name: 'elbo',
  summary: 'the evidence lower bound, with one code a row',
  source: 'Kingma & Welling 2014',
  needs: ['bound'],
  levels: 'one',
  settings: {},
  draws: ({ model }) => boundDraws(model, 1),
  heldOut: 'loss',
  losses: ({ can, values, data, conditions, draws, event }) => ({
    losses: { all: f.div(can.bound(values, { x: data, conditions }, draws), -f.sizeOf(event)) },
  }),
}
