import { RandomStream } from '../base/index.ts'
import type { Source } from '../data/index.ts'
import { type HostArray, mapNamed, sizeOf } from '../engine/index.ts'
import { asInputs, conditionName, type Draw } from '../family/index.ts'
import type { NoiseRange, Weighting } from '../objective/index.ts'
import { drawName, type Learning } from './learning.ts'

/** Fractional part of the golden ratio as a 32-bit integer: multiples of it fill the circle evenly. */
const goldenStep = 0x9e3779b9

/** Rows that come again and again: example n is of row n mod `rows`, each `repeats` times. */
export interface RepeatedRows {
  readonly rows: number
  readonly repeats: number
}

/**
 * Makes what a step needs: points, the objective's draws, and noise levels with their weights.
 *
 * Example n's draws and level are functions of (seed, n) only. Levels follow u = frac(u₀ + n φ) through the weighting's
 * quantile function: any run of consecutive examples covers the levels evenly, which takes most of the level's share
 * out of the gradient's variance.
 *
 * Where R rows come again and again, K times each, that would resonate: the levels of row r, frac(u₀ + (r + kR) φ), lie close
 * together where R φ is close to a whole number. Then u = (k + frac(u₀ + r φ)) / K for repeat k of row r = n mod R: the levels
 * of each row are 1/K apart, and no gap between those of all rows is wider than 2.62 / (R K), by the three-gap theorem.
 */
export class BatchMaker {
  readonly source: Source
  private readonly weighting: Weighting | undefined
  private readonly range: NoiseRange
  private readonly draws: readonly {
    readonly name: string
    readonly draw: Draw
    readonly stream: RandomStream
  }[]
  private readonly offset: number
  private readonly repeated: RepeatedRows | undefined

  constructor(options: {
    readonly source: Source
    /** Present where the examples are the same rows again and again. */
    readonly repeated?: RepeatedRows | undefined
    readonly learning: Learning
    readonly seed: number
    readonly name: string
  }) {
    const { learning, seed, name } = options
    const streamOf = (part: string): RandomStream => new RandomStream({ seed, name: `${name}/${part}` })
    this.source = options.source
    this.repeated = options.repeated
    this.weighting = learning.weighting
    this.range = learning.facts.range
    this.draws = Object.entries(learning.objective.draws(learning.facts)).map(([drawn, draw]) => ({
      name: drawName(drawn),
      draw,
      stream: streamOf(drawn),
    }))
    this.offset = streamOf('level').bits({ first: 0, count: 1, width: 1 })[0]!
  }

  /** Noise level of example n, of an objective over noise levels. */
  level(example: number): number {
    return this.weighting!.level(this.place(example), this.range)
  }

  /** u of example n, in (0, 1). */
  private place(example: number): number {
    if (this.repeated === undefined) return this.golden(example)
    const { rows, repeats } = this.repeated
    const repeat = Math.floor(example / rows) % repeats
    return (repeat + this.golden(example % rows)) / repeats
  }

  /** frac(u₀ + n φ), between the ticks of 2⁻³². */
  private golden(n: number): number {
    const bits = (Math.imul(n % 2 ** 32, goldenStep) + this.offset) >>> 0
    return (bits + 0.5) / 2 ** 32
  }

  /**
   * Examples first … first + count − 1, as the inputs of the training program.
   * `used`: a batch that is not needed any more, whose arrays are taken for this one where they are of the same size.
   */
  make(first: number, count: number, used: Record<string, HostArray> = {}): Record<string, HostArray> {
    const room = (name: string, width: number): Float32Array => {
      const kept = used[name]
      const size = count * width
      return kept instanceof Float32Array && kept.length === size ? kept : new Float32Array(size)
    }
    const { event, conditions: shapes = {} } = this.source.example
    const data = room('data', sizeOf(event))
    const conditions = mapNamed(shapes, (shape, name) => room(conditionName(name), sizeOf(shape)))
    this.source.fill({ first, count }, { points: data, conditions })
    const batch: Record<string, HostArray> = { data, ...asInputs(conditions) }
    if (this.weighting) {
      const sigma = room('sigma', 1)
      const weight = room('weight', 1)
      for (let i = 0; i < count; i++) {
        const level = this.level(first + i)
        sigma[i] = level
        weight[i] = this.weighting.weight(level, this.range)
      }
      batch['sigma'] = sigma
      batch['weight'] = weight
    }
    for (const { name, draw, stream } of this.draws) {
      const width = sizeOf(draw.shape)
      batch[name] = stream[draw.of]({ first, count, width }, room(name, width))
    }
    return batch
  }
}
