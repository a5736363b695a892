import * as f from '../engine/index.ts'
import { type Network, networkOf, startingAt, valuesUnder, withPrefixes } from '../nn/index.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import type { Family } from './family.ts'
import { asVectors, fieldSize } from './field.ts'
import { linearPlus, twoNetworks } from './linear-plus.ts'
import type { Model } from './model.ts'
import { deviationAbove, logNormal, logStandardNormal } from './normal.ts'

/** What a variational autoencoder is made of. */
export interface VariationalAutoencoderOptions {
  /** Shape of one point. */
  readonly event: f.Shape
  /** Numbers of the code z. */
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
 * Least deviation of the decoder, in units of the data's. Without a floor, a decoder that puts rows exactly on their means
 * makes the bound grow without limit as its deviation goes to 0 (Mattei & Frellsen 2018).
 */
const leastDecoderDeviation = 1e-3

/** Least deviation of the encoder: a narrower code is told from its mean no better, in float32 and with finite weights. */
const leastEncoderDeviation = 1e-4

/**
 * z ~ N(0, I), x | z ~ N(m(z), s²): m a network, s a learned deviation of each number; q(z | x) = N(e(x), t(x)²) by a second
 * network. Kingma & Welling 2014; Rezende, Mohamed, Wierstra 2014; Rybkin, Daniilidis, Levine 2021 (learned deviation).
 *
 * `bound` takes K codes a row, z_k = e + t ε_k, and gives log 1/K Σ_k w_k with w_k = p(x | z_k) p(z_k) / q(z_k | x): the
 * evidence bound for K = 1, and ever closer to log p(x) with more (Burda, Grosse, Salakhutdinov 2016).
 * Both networks start as linear maps, so that the model begins as probabilistic principal components. Both see what rows are
 * conditioned on; the code is independent of it.
 */
export function variationalAutoencoderModel(
  options: VariationalAutoencoderOptions,
): Model<'bound' | 'generate'> {
  const { event, latent, conditions, sigmaData, size } = options
  const columns = f.sizeOf(event)
  const network = networkOf(options.network)
  const shared = { network, size, conditionWidth: conditionWidth(conditions) }
  const encoder = linearPlus({ ...shared, inputs: event, outputs: [2 * latent], gain: 0 })
  const decoder = linearPlus({ ...shared, inputs: [latent], outputs: event, gain: 1 })

  const decode = (
    values: f.Named<f.Tensor>,
    z: f.Tensor,
    given: f.Tensor | undefined,
  ): { mean: f.Tensor; deviation: f.Tensor } => {
    const mean = f.withLabel('decoder', () => decoder.apply(valuesUnder('decoder/', values), z, given))
    const deviation = deviationAbove(leastDecoderDeviation, values['deviation']!)
    return { mean, deviation: f.broadcastTo(deviation, mean.shape) }
  }

  return {
    event,
    conditions,
    levels: 'one',
    parameters: {
      ...withPrefixes([
        ['encoder/', encoder.parameters],
        ['decoder/', decoder.parameters],
      ]),
      deviation: startingAt([columns], new Float64Array(columns).fill(Math.log(0.5))),
    },
    can: {
      bound: (values, { x, conditions: asked }, draws) => {
        const given = sideBySide(asked, conditions)
        const noise = draws['code']! // [B, K, latent]
        const [rows, samples] = noise.shape as [number, number, number]
        const unit = f.mul(asVectors(x), 1 / sigmaData)
        const code = f.withLabel('encoder', () => encoder.apply(valuesUnder('encoder/', values), unit, given))
        const half = (i: number): f.Tensor =>
          f.broadcastTo(
            f.expandDims(f.slice(code, { axis: 1, start: i * latent, end: (i + 1) * latent }), 1),
            noise.shape,
          )
        const deviation = deviationAbove(leastEncoderDeviation, half(1))
        const z = f.add(half(0), f.mul(deviation, noise))
        const flat = f.reshape(z, [rows * samples, latent])
        const forEach = (of: f.Tensor): f.Tensor => {
          const width = of.shape[1]!
          const stretched = f.broadcastTo(f.expandDims(of, 1), [rows, samples, width])
          return f.reshape(stretched, [rows * samples, width])
        }
        const repeated = forEach(unit)
        const made = decode(values, flat, given && forEach(given))
        return f.withLabel('bound', () => {
          const logLikelihood = f.sum(logNormal(repeated, made.mean, made.deviation), { axes: [1] })
          const logJoint = f.reshape(f.add(logLikelihood, logStandardNormal(flat)), [rows, samples])
          // q(z | x) at z = e + t ε is N(ε; 0, I) / Π t.
          const logEncoder = f.sub(logStandardNormal(noise), f.sum(f.log(deviation), { axes: [2] }))
          const logWeights = f.sub(logJoint, logEncoder)
          const logMean = f.sub(f.logsumexp(logWeights, { axes: [1] }), Math.log(samples))
          return f.sub(logMean, columns * Math.log(sigmaData))
        })
      },
      generate: (values, draws, at) => {
        const given = sideBySide(at?.conditions, conditions)
        const { mean, deviation } = decode(values, draws['code']!, given)
        const made = f.mul(f.add(mean, f.mul(deviation, draws['noise']!)), sigmaData)
        return f.reshape(made, [made.shape[0]!, ...event])
      },
    },
    draws: {
      bound: { code: { of: 'normal', shape: [1, latent] } },
      generate: {
        code: { of: 'normal', shape: [latent] },
        noise: { of: 'normal', shape: [columns] },
      },
    },
  }
}

/** Variational autoencoder with Gaussian encoder and decoder. Sizes: those of the networks, and `latent`, the numbers of the code. */
export const variationalAutoencoder: Family = {
  name: 'variational-autoencoder',
  summary: 'a code of a few numbers and a network that makes rows of it, both ways',
  source: 'Kingma & Welling 2014; Rezende, Mohamed, Wierstra 2014',
  can: ['bound', 'generate'],
  levels: 'one',
  takesConditions: true,
  objective: 'elbo',
  defaultSize: (facts) => ({
    ...fieldSize(facts),
    ...twoNetworks,
    latent: Math.min(Math.max(f.sizeOf(facts.event), 2), 16),
  }),
  build: ({ event, conditions, sigmaData, network, size }) => {
    const { latent, ...others } = size
    return variationalAutoencoderModel({
      event,
      conditions,
      latent: latent!,
      network,
      size: others,
      sigmaData,
    })
  },
}
