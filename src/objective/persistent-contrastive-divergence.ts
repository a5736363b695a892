import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { asInputs, asVectors, conditionTypes, fromInputs, perPoint } from '../family/index.ts'
import { chainEnd, chainSettings, contrast } from './contrastive-divergence.ts'
import { momentsGaussian } from './moments-gaussian.ts'
import type { Objective } from './objective.ts'
import { shareSetting, wholeSetting } from './settings.ts'

/**
 * E(x) − E(x⁻) + α(E(x)² + E(x⁻)²), x⁻ the ends of Langevin chains that go on from step to step of training; a share of them
 * starts anew each time, from the Gaussian of the training points' moments.
 *
 * Chains that go on follow the model as it changes, and come to where no data are, which short ones from data do not. The bias that
 * remains: Langevin's O(ε) (see `contrastive-divergence`), chains on their way from the Gaussian, and α, which holds the energies'
 * size, and draws them towards 0. The loss does not say which weights are better.
 * Of a model that takes conditions each chain keeps the conditions that it started with, those of the point in its place: it follows
 * one density all the way. All chains start in the first step then.
 * Tieleman 2008; Du & Mordatch 2019 (Langevin, new starts, α).
 */
export const persistentContrastiveDivergence: Objective<'energy' | 'score'> = {
  name: 'persistent-contrastive-divergence',
  summary: 'energy of data against that of Langevin chains kept from step to step',
  source: 'Tieleman 2008',
  needs: ['energy', 'score'],
  levels: 'one',
  settings: {
    ...chainSettings,
    restarts: { default: 0.05, summary: 'share of the chains that start anew in each step' },
    magnitude: { default: 0.001, summary: "weight of the energies' mean square in the loss" },
  },
  draws: ({ event, settings }) => ({
    chain: { of: 'normal', shape: [wholeSetting(settings, 'steps'), ...event] },
    restart: { of: 'uniform', shape: [] },
    fresh: { of: 'normal', shape: event },
  }),
  state: ({ event, batchSize, model }) => ({
    chains: { shape: [batchSize, ...event], dtype: 'float32' },
    ...(model.conditions && {
      begun: { shape: [batchSize], dtype: 'float32' },
      ...asInputs(conditionTypes(model.conditions, batchSize)),
    }),
  }),
  startState: (facts, seed) => {
    const stream = new RandomStream({ seed, name: 'chains' })
    const width = f.sizeOf(facts.event)
    const normals = stream.normal({ first: 0, count: facts.batchSize, width })
    const { model, batchSize } = facts
    const types = asInputs(conditionTypes(model.conditions, batchSize))
    return {
      chains: momentsGaussian(facts).hostPoints(normals),
      ...(model.conditions && { begun: new Float32Array(batchSize) }),
      ...f.mapNamed(types, ({ shape }) => new Float32Array(f.sizeOf(shape))),
    }
  },
  heldOut: 'none',
  losses: (given) => {
    const { draws, state, settings, model } = given
    const fresh = momentsGaussian(given).points(asVectors(draws['fresh']!))
    const share = f.broadcastTo(f.constant(shareSetting(settings, 'restarts')), [fresh.shape[0]!])
    const byChance = f.less(draws['restart']!, share)
    const restarts = state['begun'] ? f.or(byChance, f.less(state['begun'], 0.5)) : byChance
    const start = f.where(perPoint(restarts, fresh), fresh, asVectors(state['chains']!))
    const kept = fromInputs(state, model.conditions)
    const conditions =
      kept &&
      f.mapNamed(kept, (before, name) => {
        const now = given.conditions![name]!
        return f.where(perPoint(restarts, now), now, before)
      })
    const chains = chainEnd({ ...given, conditions }, start)
    return {
      losses: { all: contrast(given, chains, conditions) },
      state: {
        chains: f.reshape(chains, state['chains']!.shape),
        ...(state['begun'] && { begun: f.broadcastTo(f.constant(1), state['begun'].shape) }),
        ...asInputs(conditions),
      },
    }
  },
}
