import * as f from '../../engine/index.ts'
import { type Network, type NetworkSize, type ParameterSpec, zeros } from '../../nn/index.ts'
import type { Values } from '../model.ts'
import type { WordsPart } from '../row-part.ts'

/**
 * Words parts of rows, one after the other, each given those before it and what else is known of the row, [B, c].
 * Points of a part: [B, w], its first words first.
 */
export interface WordsDensity {
  readonly parameters: f.Named<ParameterSpec>
  /** ΣK, width of what it tells of the words. */
  readonly features: number
  /** ln p of all parts, [B], and what the words are, [B, ΣK]. */
  readonly forward: (
    values: Values,
    parts: readonly f.Tensor[],
    known?: f.Tensor,
  ) => { logDensity: f.Tensor; told: f.Tensor }
  /** New parts from normal numbers, [B, w] each, and a uniform number each, [B, 1]. */
  readonly generate: (
    values: Values,
    draws: { readonly normal: readonly f.Tensor[]; readonly uniform: readonly f.Tensor[] },
    known?: f.Tensor,
  ) => { readonly parts: readonly f.Tensor[]; readonly told: f.Tensor }
}

/**
 * p(x₁, x₂, …) = Π p(xᵢ | x₁ … xᵢ₋₁), p(xᵢ | …) = Σₖ πₖ N(xᵢ; vₖ, s² I) with ln πₖ = ln shareₖ + Fₖ + constant: the noise that
 * spreads the words is known, so a network needs to learn their chances only. Starts as words independent of each other.
 *
 * A network sees of each part before what the point says: softmaxₖ(ln shareₖ − ‖x − vₖ‖²/2s²), the word almost for certain.
 */
export function wordsDensity(options: {
  readonly parts: readonly WordsPart[]
  /** c, how many numbers are known of a row besides; 0 unless given. */
  readonly known?: number | undefined
  readonly network: Network
  readonly size: NetworkSize
}): WordsDensity {
  const { parts, known: width = 0, network, size } = options
  const counts = parts.map(({ vectors }) => vectors.length)
  const networks = parts.map((_, i) => {
    const dimension = counts.slice(0, i).reduce((sum, count) => sum + count, width)
    return dimension === 0
      ? undefined
      : network.build({ event: [dimension], outputs: [counts[i]!], noise: false }, size)
  })
  const named = (i: number, name: string): string => `word${i}.${name}`
  const parameters: Record<string, ParameterSpec> = {}
  if (!networks[0]) parameters['word0.logits'] = zeros([counts[0]!])
  networks.forEach((built, i) => {
    for (const [name, spec] of Object.entries(built?.parameters ?? {})) parameters[named(i, name)] = spec
  })

  /** ln πₖ of part i given what is known and what the parts before are, [B, K]. */
  const logChances = (values: Values, i: number, told: readonly f.Tensor[], rows: number): f.Tensor => {
    const logits = (): f.Tensor => {
      const built = networks[i]
      if (!built) return f.broadcastTo(values['word0.logits']!, [rows, counts[i]!])
      const own = Object.keys(built.parameters).map((name) => [name, values[named(i, name)]!] as const)
      return built.apply(Object.fromEntries(own), { x: f.concat(told, { axis: 1 }) })
    }
    return f.logSoftmax(f.add(logits(), logShares(parts[i]!, rows)), { axis: 1 })
  }
  const toldBy = (part: WordsPart, x: f.Tensor, distances: f.Tensor): f.Tensor =>
    f.softmax(f.add(distances, logShares(part, x.shape[0]!)), { axis: 1 })

  return {
    parameters,
    features: counts.reduce((sum, count) => sum + count, 0),
    forward: (values, points, known) => {
      const told: f.Tensor[] = []
      const before = known ? [known] : []
      const terms = parts.map((part, i) => {
        const x = points[i]!
        const logNormals = logNormalsOf(part, x)
        const chances = logChances(values, i, [...before, ...told], x.shape[0]!)
        told.push(toldBy(part, x, logNormals))
        return f.logsumexp(f.add(chances, logNormals), { axes: [1] })
      })
      return { logDensity: terms.reduce((sum, term) => f.add(sum, term)), told: f.concat(told, { axis: 1 }) }
    },
    generate: (values, { normal, uniform }, known) => {
      const told: f.Tensor[] = []
      const before = known ? [known] : []
      const made = parts.map((part, i) => {
        const rows = normal[i]!.shape[0]!
        const chances = f.exp(logChances(values, i, [...before, ...told], rows))
        const x = f.add(
          f.matmul(chosen(chances, uniform[i]!), matrixOf(part)),
          f.mul(normal[i]!, part.spread),
        )
        told.push(toldBy(part, x, logNormalsOf(part, x)))
        return x
      })
      return { parts: made, told: f.concat(told, { axis: 1 }) }
    },
  }
}

/** One of K for each row by its chances, [B, K], and a uniform number, [B, 1]: ones and zeros, [B, K]. */
function chosen(chances: f.Tensor, uniform: f.Tensor): f.Tensor {
  const [rows, count] = chances.shape as [number, number]
  const ends = f.slice(f.cumsum(chances, { axis: 1 }), { axis: 1, start: 0, end: count - 1 })
  // The last word's end is 1 whatever the sum rounds to.
  const passed = f.cast(f.greaterEqual(f.broadcastTo(uniform, ends.shape), ends), 'float32')
  const column = (value: number): f.Tensor => f.broadcastTo(f.constant(value), [rows, 1])
  return f.sub(f.concat([column(1), passed], { axis: 1 }), f.concat([passed, column(0)], { axis: 1 }))
}

/** ln N(x; vₖ, s² I), x: [B, w] → [B, K]. */
function logNormalsOf(part: WordsPart, x: f.Tensor): f.Tensor {
  const [rows, width] = x.shape as [number, number]
  const count = part.vectors.length
  const cross = f.matmul(x, matrixOf(part), { transposeB: true })
  const own = f.broadcastTo(f.sum(f.square(x), { axes: [1], keepDims: true }), cross.shape)
  const lengths = f.broadcastTo(
    f.constant({
      shape: [1, count],
      data: part.vectors.map((v) => v.reduce((sum, value) => sum + value ** 2, 0)),
    }),
    [rows, count],
  )
  const squares = f.add(f.sub(own, f.mul(cross, 2)), lengths)
  return f.sub(
    f.mul(squares, -1 / (2 * part.spread ** 2)),
    width * Math.log(part.spread * Math.sqrt(2 * Math.PI)),
  )
}

function logShares({ shares }: WordsPart, rows: number): f.Tensor {
  const data = shares.map((share) => Math.log(share))
  return f.broadcastTo(f.constant({ shape: [1, shares.length], data }), [rows, shares.length])
}

/** The words' points, [K, w]. */
function matrixOf({ vectors }: WordsPart): f.Tensor {
  return f.constant({
    shape: [vectors.length, vectors[0]!.length],
    data: vectors.flatMap((vector) => Array.from(vector)),
  })
}
