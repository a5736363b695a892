import { ScorefieldError } from '../base/index.ts'
import type { Source } from '../data/index.ts'
import * as f from '../engine/index.ts'
import { parameterCount } from '../nn/index.ts'
import { BatchMaker } from './batches.ts'
import { batchInputs, batchLosses, type Learning } from './learning.ts'

/** Gradients of one objective at the same weights, each of a batch of its own. */
export interface GradientSamples {
  /** ∂ mean loss/∂ weights of each batch, [K, P], P the number of weights. */
  readonly gradients: Float32Array
  /** K. */
  readonly batches: number
  /** B, the examples of a batch. */
  readonly batchSize: number
  /** Time of a batch, loss and gradient, without the making of it. */
  readonly secondsPerBatch: number
}

/** An estimate with its standard error. */
export interface WithError {
  readonly value: number
  readonly standardError: number
}

/** How noisy the gradient of a batch is. */
export interface GradientNoise {
  /** tr Cov g = E‖g − E g‖², of the gradient g of a batch. */
  readonly variance: WithError
  /** ‖E g‖². Unbiased, and so below 0 where the batches are too few to tell it from 0. */
  readonly squaredMean: WithError
  /** tr Cov g / ‖E g‖²; infinite where ‖E g‖² is not above 0. */
  readonly relative: WithError
  /** B tr Cov g / ‖E g‖²: the batch at which noise and signal weigh the same, the simple noise scale. */
  readonly noiseScale: WithError
}

/**
 * The gradients of K batches at fixed weights: batch k is of the examples kB … kB + B − 1 of the source, with the draws and
 * noise levels that training would give them by this seed. Two objectives on one source get the same rows.
 * @throws ScorefieldError `training/no-single-gradient` where the objective has two players, or keeps chains from step to step;
 * the signal's reason.
 */
export async function gradientSamples(options: {
  readonly learning: Learning
  readonly source: Source
  /** Of every parameter. */
  readonly values: f.Named<ArrayLike<number>>
  /** K ≥ 3. */
  readonly batches: number
  /** Of the draws; 0 unless given. */
  readonly seed?: number | undefined
  readonly runtime?: f.Runtime | undefined
  readonly signal?: AbortSignal | undefined
}): Promise<GradientSamples> {
  const { learning, source, values, batches, seed = 0, runtime, signal } = options
  requireSingle(learning)
  const { model, batchSize } = learning.facts
  const names = Object.keys(model.parameters)
  const width = parameterCount(model.parameters)
  const program = await f.compile(
    {
      name: 'gradient',
      inputs: batchInputs(learning),
      shared: model.parameters,
      step: ({ inputs, shared }) => {
        const { losses } = batchLosses(learning, shared, inputs)
        const found = f.grad(
          f.mean(losses[learning.players[0]!.name]!),
          names.map((name) => shared[name]!),
        )
        return { outputs: Object.fromEntries(names.map((name, i) => [outputName(name), found[i]!])) }
      },
    },
    { runtime, loop: false },
  )
  try {
    program.setShared(values)
    const maker = new BatchMaker({ source, learning, seed, name: 'gradient' })
    const gradients = new Float32Array(batches * width)
    for (let k = 0; k < batches; k++) {
      signal?.throwIfAborted()
      const first = k * batchSize
      await source.ready?.({ first, count: batchSize })
      const found = await program.run(maker.make(first, batchSize))
      let at = k * width
      for (const name of names) {
        const gradient = found[outputName(name)]!
        gradients.set(gradient, at)
        at += gradient.length
      }
    }
    return { gradients, batches, batchSize, secondsPerBatch: program.secondsInside / batches }
  } finally {
    await program.dispose()
  }
}

/**
 * Variance and squared mean of the gradient of a batch, both unbiased: tr Cov g = Σ‖g_k − ḡ‖²/(K − 1) and
 * ‖E g‖² = ‖ḡ‖² − tr Cov g/K; standard errors by the jackknife over batches.
 * McCandlish, Kaplan, Amodei, et al. 2018 (simple noise scale).
 */
export function gradientNoise(samples: GradientSamples): GradientNoise {
  const { batchSize } = samples
  const of = (figure: (moments: Moments) => number): WithError => jackknife(momentsOf(samples), figure)
  const relative = of(({ variance, squaredMean }) =>
    squaredMean > 0 ? variance / squaredMean : Number.POSITIVE_INFINITY,
  )
  return {
    variance: of(({ variance }) => variance),
    squaredMean: of(({ squaredMean }) => squaredMean),
    relative,
    noiseScale: {
      value: batchSize * relative.value,
      standardError: batchSize * relative.standardError,
    },
  }
}

/**
 * ‖E g − E h‖², the bias of one objective's gradient g against another's, h, of the same batches of rows: unbiased, from the
 * differences batch by batch, in which the noise that both share drops out; with the squared norm ‖E h‖² that it is held against.
 * Throws `training/other-gradients` unless both are of as many weights and batches.
 */
export function gradientBias(options: { readonly of: GradientSamples; readonly against: GradientSamples }): {
  readonly squaredBias: WithError
  readonly squaredMean: WithError
} {
  const { of, against } = options
  if (of.gradients.length !== against.gradients.length || of.batches !== against.batches)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'training/other-gradients',
      message: `${of.batches} gradients, ${of.gradients.length} numbers, cannot be held against ${against.batches} of ${against.gradients.length}.`,
      hint: 'Take both of the same model, at the same batches.',
    })
  const gradients = of.gradients.map((value, i) => value - against.gradients[i]!)
  return {
    squaredBias: gradientNoise({ ...of, gradients }).squaredMean,
    squaredMean: gradientNoise(against).squaredMean,
  }
}

const outputName = (parameter: string): string => `gradient/${parameter}`

interface Moments {
  readonly variance: number
  readonly squaredMean: number
}

/** What all moments follow from: ‖ḡ‖², and ‖g_k‖² and g_k·ḡ of each batch. */
interface Products {
  readonly mean: number
  readonly own: Float64Array
  readonly withMean: Float64Array
}

function momentsOf({ gradients, batches }: GradientSamples): Products {
  const width = gradients.length / batches
  const mean = new Float64Array(width)
  for (let i = 0; i < gradients.length; i++) mean[i % width]! += gradients[i]! / batches
  const [own, withMean] = [new Float64Array(batches), new Float64Array(batches)]
  for (let i = 0; i < gradients.length; i++) {
    const k = Math.floor(i / width)
    own[k]! += gradients[i]! ** 2
    withMean[k]! += gradients[i]! * mean[i % width]!
  }
  return { mean: mean.reduce((sum, value) => sum + value * value, 0), own, withMean }
}

/** The figure of all batches, and its standard error from that of all but each one. */
function jackknife({ mean, own, withMean }: Products, figure: (moments: Moments) => number): WithError {
  const batches = own.length
  const total = own.reduce((sum, square) => sum + square, 0)
  /** Of n batches whose mean has the squared norm m, and whose squared norms sum to s. */
  const from = (n: number, m: number, s: number): number => {
    const variance = Math.max(0, s - n * m) / (n - 1)
    return figure({ variance, squaredMean: m - variance / n })
  }
  const without = Array.from(own, (square, k) => {
    const n = batches - 1
    return from(n, (batches ** 2 * mean - 2 * batches * withMean[k]! + square) / n ** 2, total - square)
  })
  const centre = without.reduce((sum, value) => sum + value / batches, 0)
  const squares = without.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  const standardError = Math.sqrt(((batches - 1) / batches) * squares)
  return {
    value: from(batches, mean, total),
    standardError: Number.isNaN(standardError) ? Number.POSITIVE_INFINITY : standardError,
  }
}

function requireSingle({ objective, players, facts }: Learning): void {
  if (players.length === 1 && !objective.state?.(facts)) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'training/no-single-gradient',
    message: `The objective "${objective.name}" has no gradient of a batch alone: ${players.length > 1 ? 'it has two players' : 'it depends on chains that are kept from step to step'}.`,
    hint: 'Take an objective of one player that keeps nothing.',
  })
}
