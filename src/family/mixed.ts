import * as f from '../engine/index.ts'
import { fourierFeatures, type Network, type NetworkSize } from '../nn/index.ts'
import { conditionWidth, joined, sideBySide } from './conditions.ts'
import { type At, type Model, perPoint as perRow, sigmaOf } from './model.ts'
import {
  eachLevel,
  emphasis,
  knowledge,
  nothingKnown,
  otherConditions,
  type PartStates,
  partlyKnownShapes,
  partStates,
  withKnown,
} from './partly-known.ts'
import { preconditioned, preconditioningOf } from './preconditioned.ts'
import { type NumbersPart, type RowPart, type WordsPart, widthOf } from './row-part.ts'

/** A words part with where its coordinates and its outputs of the network begin. */
interface PlacedWords extends WordsPart {
  readonly at: number
  readonly output: number
}

interface PlacedNumbers {
  readonly kind: 'numbers'
  readonly width: number
  readonly within?: NumbersPart['within']
  readonly at: number
  readonly output: number
}

/** What a traced evaluation knows of each part. */
interface Evaluated {
  /** Words parts: logits, [B, K]; numbers parts: the posterior mean of the numbers where they mean something, [B, w]. */
  readonly parts: readonly f.Tensor[]
  /** What is told of the parts; undefined where all are noisy. */
  readonly states: PartStates | undefined
}

/** What a denoiser of rows is made of. */
export interface DenoiserOptions {
  /** Shape of one point, where that is no row: its numbers are then one part. A row of the parts unless given. */
  readonly event?: f.Shape | undefined
  readonly network: Network
  readonly parts: readonly RowPart[]
  /** What the rows are conditioned on; nothing unless given. */
  readonly conditions?: f.Named<f.Shape> | undefined
  /** Whether the model is also told that parts of a row are known or absent (`PartStates`); false unless given. */
  readonly partlyKnown?: boolean | undefined
  readonly size: NetworkSize
  /** σ_d > 0 of the numbers. */
  readonly sigmaData: number
}

/** The denoiser for rows of these parts: `preconditioned` where all are plain numbers that are never known, else `mixedDenoiser`. */
export function denoiserOf(options: DenoiserOptions): Model<'denoise'> {
  const { parts, partlyKnown, event, ...others } = options
  if (partlyKnown || parts.some((part) => part.kind === 'words')) return mixedDenoiser(options)
  const dimension = parts.reduce((sum, part) => sum + widthOf(part), 0)
  return preconditioned({ ...others, shape: { event: event ?? [dimension] } })
}

/**
 * The denoiser of rows that are made of numbers and words.
 *
 * Each part has the form that the posterior mean E[x₀ | x] takes there, and the network fills in what depends on the other parts.
 * Words: x₀ = v_k + s z, so E[x₀ | x] = m + s²/(s² + σ²) (x − m), m = Σ_k p(k | x) v_k, and by Bayes' rule
 *
 *   p(k | x) ∝ share_k N(x_part; v_k, (s² + σ²) I) e^{F_k(x, σ)},
 *
 * where F_k is the network's output: at F = 0 each part is denoised exactly as if it were alone, at every noise level.
 * Numbers: D = c_skip x + c_out F, EDM's preconditioning. Numbers that mean something only beside a word w, and are standard
 * normal noise elsewhere: p(w | x) D + (1 − p(w | x)) x/(1 + σ²).
 * The network sees c_in x, `frequencies` waves of each number (a size; `fourierFeatures`, in units of σ_d), of each words
 * part what the part says for itself, share_k N(x; v_k, …) normalised over k, and what the rows are conditioned on.
 *
 * The error that training minimises is, for words, the cross-entropy of p(k | x), in the units of F (c_out²) so that λ(σ) weighs
 * both alike; for numbers the squared error of D where they mean something. Both are least at the posterior mean.
 * Dieleman et al. 2022 (cross-entropy for continuous diffusion of categories); Karras et al. 2022 (preconditioning).
 *
 * A model of partly known rows is asked under conditions (`partlyKnownShapes`), too. A known part is one of noise level 0, an absent one
 * is of noise level ∞: that is what the network sees of them, beside a flag for each. The error is that of the noisy parts alone, so
 * D there is E[x₀ | x_noisy, x_known], the absent ones integrated out.
 * Tashiro et al. 2021 (random masks, known values given clean); Ouyang et al. 2023 (only observed cells enter the loss).
 */
export function mixedDenoiser(options: DenoiserOptions): Model<'denoise'> {
  const { network, size, sigmaData, partlyKnown = false } = options
  const others = options.conditions
  const { parts, dimension, outputs } = placed(options.parts)
  const words = parts.filter((part) => part.kind === 'words')
  const numbers = parts.filter((part) => part.kind === 'numbers')
  const frequencies = numbers.length > 0 ? (size['frequencies'] ?? 0) : 0
  const features =
    dimension +
    2 * frequencies * numbers.reduce((sum, part) => sum + part.width, 0) +
    words.reduce((sum, part) => sum + part.vectors.length, 0)
  const built = network.build(
    {
      event: [features],
      outputs: [outputs],
      conditionWidth: conditionWidth(others) + (partlyKnown ? 2 * parts.length + dimension : 0),
    },
    size,
  )
  const terms = parts.reduce((sum, part) => sum + (part.kind === 'words' ? 1 : part.width), 0)

  const evaluate = (parameters: f.Named<f.Tensor>, at: At): Evaluated => {
    const sigma = sigmaOf(at)
    const states = partlyKnown ? partStates(at, parts) : undefined
    const x = states?.x ?? at.x
    const { cIn, cSkip, cOut, noise } = preconditioningOf(sigma, sigmaData)
    const own = new Map(
      words.map((part) => {
        const certain = certainty(part, sigma, states && [states, parts.indexOf(part)])
        return [part, ownLogits(part, columns(x, part.at, widthOf(part)), certain)]
      }),
    )
    const scaled = states
      ? f.mul(x, f.add(f.mul(perRow(cIn, x), states.noisy), f.mul(states.known, 1 / sigmaData)))
      : f.mul(x, perRow(cIn, x))
    const levels = states ? eachLevel(sigma, states) : sigma
    const ofNumbers = (of: f.Tensor): f.Tensor =>
      f.concat(
        numbers.map((part) => columns(of, part.at, part.width)),
        { axis: 1 },
      )
    const waves =
      frequencies > 0
        ? [
            fourierFeatures(ofNumbers(x), states ? ofNumbers(levels) : levels, {
              frequencies,
              unit: sigmaData,
            }),
          ]
        : []
    const seen = f.concat([scaled, ...waves, ...words.map((part) => f.softmax(own.get(part)!))], {
      axis: 1,
    })
    const told = sideBySide(otherConditions(at.conditions), others)
    const condition = partlyKnown
      ? joined(states ? knowledge(states, sigmaData) : nothingKnown(x, parts), told)
      : told
    const raw = built.apply(parameters, { x: seen, noise, condition })
    return {
      states,
      parts: parts.map((part) => {
        if (part.kind === 'words')
          return f.add(own.get(part)!, columns(raw, part.output, part.vectors.length))
        const here = columns(x, part.at, part.width)
        return f.add(
          f.mul(here, perRow(cSkip, here)),
          f.mul(columns(raw, part.output, part.width), perRow(cOut, here)),
        )
      }),
    }
  }

  return {
    event: [dimension],
    conditions: partlyKnown ? { ...others, ...partlyKnownShapes(options.parts) } : others,
    partlyKnown: partlyKnown ? options.parts : undefined,
    levels: 'each',
    numbers: parts.flatMap((part) =>
      part.kind === 'numbers' ? Array.from({ length: part.width }, (_, k) => part.at + k) : [],
    ),
    parameters: built.parameters,
    can: {
      denoise: (parameters, points) => {
        const { parts: found, states } = evaluate(parameters, points)
        const x = states?.x ?? points.x
        const sigma = sigmaOf(points)
        const chances = found.map((tensor, i) => (parts[i]!.kind === 'words' ? f.softmax(tensor) : tensor))
        return f.withLabel('posterior mean', () => {
          const denoised = f.concat(
            parts.map((part, i) => {
              const here = columns(x, part.at, widthOf(part))
              if (part.kind === 'words') return meanOfWords(part, chances[i]!, here, sigma)
              if (part.within === undefined) return found[i]!
              const present = stretched(chanceOf(chances[part.within.part]!, part.within.words), here)
              const noise = f.mul(here, perRow(f.reciprocal(f.add(f.square(sigma), 1)), here))
              return f.add(noise, f.mul(present, f.sub(found[i]!, noise)))
            }),
            { axis: 1 },
          )
          return states ? withKnown(denoised, states, { x: points.x, sigma, sigmaData }) : denoised
        })
      },
    },
    error: (parameters, points, clean) => {
      const { parts: found, states } = evaluate(parameters, points)
      return f.withLabel('error', () => {
        const sigma = sigmaOf(points)
        const { cOut } = preconditioningOf(sigma, sigmaData)
        const truth = parts.map((part) =>
          part.kind === 'words'
            ? f.softmax(ownLogits(part, columns(clean, part.at, widthOf(part))))
            : undefined,
        )
        const errors = parts.map((part, i) => {
          if (part.kind === 'words') {
            const logits = found[i]!
            const entropy = f.sub(
              f.logsumexp(logits, { axes: [1] }),
              f.sum(f.mul(truth[i]!, logits), { axes: [1] }),
            )
            return f.mul(entropy, f.square(cOut))
          }
          const squares = f.square(f.sub(found[i]!, columns(clean, part.at, part.width)))
          const total = f.sum(squares, { axes: [1] })
          if (part.within === undefined) return total
          const present = chanceOf(truth[part.within.part]!, part.within.words)
          return f.mul(total, f.reshape(present, total.shape))
        })
        const asked = states
          ? errors.map((error, k) =>
              f.mul(error, f.mul(states.noisyPart(k), emphasis(states, sigma, sigmaData))),
            )
          : errors
        return f.mul(
          asked.reduce((sum, error) => f.add(sum, error)),
          1 / terms,
        )
      })
    },
  }
}

/** Where each part's coordinates and outputs begin. */
function placed(parts: readonly RowPart[]): {
  parts: readonly (PlacedWords | PlacedNumbers)[]
  dimension: number
  outputs: number
} {
  let [dimension, outputs] = [0, 0]
  const found = parts.map((part): PlacedWords | PlacedNumbers => {
    const here = { ...part, at: dimension, output: outputs }
    dimension += widthOf(part)
    outputs += part.kind === 'words' ? part.vectors.length : part.width
    return here
  })
  return { parts: found, dimension, outputs }
}

/**
 * log share_k + log N(x; v_k, (s² + σ²) I) but for what all k have in common: (⟨x, v_k⟩ − ½‖v_k‖²)/(s² + σ²) + log share_k, [B, K].
 * certain: 1/(s² + σ²), [B]; 1/s² of clean rows unless given.
 */
function ownLogits(part: WordsPart, x: f.Tensor, certain?: f.Tensor): f.Tensor {
  const { vectors, spread, shares } = part
  const [count, width] = [vectors.length, vectors[0]!.length]
  const across = f.constant({
    shape: [width, count],
    data: Array.from({ length: width * count }, (_, i) => vectors[i % count]![Math.floor(i / count)]!),
  })
  const lengths = Float64Array.from(vectors, (vector) => -0.5 * vector.reduce((sum, v) => sum + v * v, 0))
  const products = f.matmul(x, across)
  const likelihood = f.add(
    products,
    f.broadcastTo(f.constant({ shape: [count], data: lengths }), products.shape),
  )
  const priors = f.constant({ shape: [count], data: shares.map((share) => Math.log(share)) })
  const scaled = certain ? f.mul(likelihood, perRow(certain, likelihood)) : f.mul(likelihood, 1 / spread ** 2)
  return f.add(scaled, f.broadcastTo(priors, products.shape))
}

/** 1/(s² + σ²) of each row, [B], σ being 0 where the part is known, and ∞ where it is absent. */
function certainty(
  { spread }: WordsPart,
  sigma: f.Tensor,
  told: readonly [PartStates, number] | undefined,
): f.Tensor {
  const noisy = f.reciprocal(f.add(f.square(sigma), spread ** 2))
  if (!told) return noisy
  const [states, k] = told
  return f.add(f.mul(noisy, states.noisyPart(k)), f.mul(states.knownPart(k), 1 / spread ** 2))
}

/** m + s²/(s² + σ²) (x − m), m = Σ_k p_k v_k: [B, w]. */
function meanOfWords(
  { vectors, spread }: WordsPart,
  chances: f.Tensor,
  x: f.Tensor,
  sigma: f.Tensor,
): f.Tensor {
  const down = f.constant({
    shape: [vectors.length, vectors[0]!.length],
    data: vectors.flatMap((vector) => [...vector]),
  })
  const mean = f.matmul(chances, down)
  const kept = f.mul(f.reciprocal(f.add(f.square(sigma), spread ** 2)), spread ** 2)
  return f.add(mean, f.mul(f.sub(x, mean), perRow(kept, x)))
}

/** Columns at … at + width − 1 of x. */
function columns(x: f.Tensor, at: number, width: number): f.Tensor {
  return f.slice(x, { axis: 1, start: at, end: at + width })
}

/** The chance of any of these words, [B, 1], of the chances of each, [B, K]. */
function chanceOf(chances: f.Tensor, words: readonly number[]): f.Tensor {
  return words.map((word) => columns(chances, word, 1)).reduce((sum, chance) => f.add(sum, chance))
}

/** A column, [B, 1], stretched over the columns of x. */
function stretched(column: f.Tensor, x: f.Tensor): f.Tensor {
  return f.broadcastTo(column, x.shape)
}
