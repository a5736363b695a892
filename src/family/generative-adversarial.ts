import * as f from '../engine/index.ts'
import { type Network, networkOf, valuesUnder, withPrefixes } from '../nn/index.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import type { Family } from './family.ts'
import { asVectors, fieldSize } from './field.ts'
import { freeFunction } from './free-function.ts'
import { linearPlus, twoNetworks } from './linear-plus.ts'
import type { Model } from './model.ts'

/** What a generator and its critic are made of. */
export interface GenerativeAdversarialOptions {
  /** Shape of one point. */
  readonly event: f.Shape
  /** Numbers that a point is made of. */
  readonly latent: number
  /** Name in `networks`, or a record, and its size. */
  readonly network: string | Network
  readonly size: Readonly<Record<string, number>>
  /** What rows are conditioned on; nothing unless given. */
  readonly conditions?: f.Named<f.Shape> | undefined
  /** σ_d > 0. */
  readonly sigmaData: number
}

/**
 * A generator G(z), z ~ N(0, I), and a critic D(x) that tells made rows from real ones. Goodfellow et al. 2014.
 *
 * There is no density, nor a bound on one. The generator starts as a linear map, so that its first rows are spread as
 * widely as the data; the critic starts at 0. Both see what rows are conditioned on (Mirza & Osindero 2014). Parameters are named `generator/…` and `critic/…`: each has its player.
 */
export function generativeAdversarialModel(
  options: GenerativeAdversarialOptions,
): Model<'generate' | 'critic'> {
  const { event, latent, conditions, sigmaData, size } = options
  const width = conditionWidth(conditions)
  const network = networkOf(options.network)
  const generator = linearPlus({
    ...{ network, size, conditionWidth: width },
    ...{ inputs: [latent], outputs: event, gain: 1 },
  })
  const critic = freeFunction({ network, event, outputs: [1], conditionWidth: width, size })
  return {
    event,
    conditions,
    levels: 'one',
    parameters: withPrefixes([
      ['generator/', generator.parameters],
      ['critic/', critic.parameters],
    ]),
    can: {
      generate: (values, draws, at) =>
        f.withLabel('generator', () => {
          const given = sideBySide(at?.conditions, conditions)
          const code = draws['code']!
          const made = generator.apply(valuesUnder('generator/', values), code, given)
          return f.reshape(f.mul(made, sigmaData), [code.shape[0]!, ...event])
        }),
      critic: (values, { x, conditions: given }) =>
        f.withLabel('critic', () => {
          const unit = f.mul(asVectors(x), 1 / sigmaData)
          const told = sideBySide(given, conditions)
          return f.reshape(critic.apply(valuesUnder('critic/', values), unit, told), [x.shape[0]!])
        }),
    },
    draws: { generate: { code: { of: 'normal', shape: [latent] } } },
  }
}

/** Generator and critic: made rows, and no density. Sizes: those of the networks, and `latent`, the random numbers of a row. */
export const generativeAdversarial: Family = {
  name: 'generative-adversarial',
  summary: 'a generator learns to make rows that a critic cannot tell from real ones',
  source: 'Goodfellow et al. 2014',
  can: ['generate', 'critic'],
  levels: 'one',
  takesConditions: true,
  objective: 'adversarial',
  defaultSize: (facts) => ({
    ...fieldSize(facts),
    ...twoNetworks,
    latent: Math.min(Math.max(f.sizeOf(facts.event), 2), 64),
  }),
  build: ({ event, conditions, sigmaData, network, size }) => {
    const { latent, ...others } = size
    return generativeAdversarialModel({
      event,
      conditions,
      latent: latent!,
      network,
      size: others,
      sigmaData,
    })
  },
}
