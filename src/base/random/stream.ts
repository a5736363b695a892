import { ScorefieldError } from '../error.ts'
import { cumulate, pick } from './categorical.ts'
import {
  bits,
  type Distribution,
  normal,
  rademacher,
  uniform,
  uniform64,
  type Values,
} from './distribution.ts'
import { fill } from './fill.ts'
import { streamKey } from './key.ts'
import { shuffled } from './permutation.ts'
import type { Words2 } from './philox.ts'
import { maximumValues, type RowRange, requireInteger, requireLength, requireRange } from './range.ts'

/**
 * Reproducible random numbers: value = f(seed, name, sample index, counter), and of nothing else.
 *
 * Row i of a request belongs to sample index first + i. How a request is split over calls, threads, machines
 * or platforms does not matter, and a wider row begins with the narrower one. The generator is Philox4x32-10
 * (Salmon et al. 2011); its key comes from the seed and the name (`streamKey`), its counter is (index low,
 * index high, block in the row, counter).
 *
 * All methods read the same words: what must be independent takes another name (`child`), index or counter.
 * seed: integer in [0, 2⁵³). name: any text but the empty one.
 * Arrays are row-major, [count, width]; a given `out` must hold exactly count × width values, and is
 * returned.
 * Errors: `random/seed`, `random/name`, `random/range`, `random/out-length`, `random/probabilities`.
 */
export class RandomStream {
  readonly seed: number
  readonly name: string
  readonly #key: Words2

  constructor(options: { readonly seed: number; readonly name: string }) {
    const { seed, name } = options
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ScorefieldError({
        kind: 'usage',
        code: 'random/seed',
        message: `the seed is ${seed}, but must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
      })
    }
    if (name === '') {
      throw new ScorefieldError({
        kind: 'usage',
        code: 'random/name',
        message: 'a random stream needs a name',
        hint: 'Name it after what it is for: streams of different names are independent.',
      })
    }
    this.seed = seed
    this.name = name
    this.#key = streamKey(seed, name)
  }

  /** The words themselves: independent, uniform on 0 … 2³² − 1. */
  bits(range: RowRange, out?: Uint32Array): Uint32Array {
    return this.#draw(bits, range, out)
  }

  /**
   * Uniform on the open interval (0, 1): (⌊word / 2⁹⌋ + ½) / 2²³, an odd multiple of 2⁻²⁴, exact in float32.
   */
  uniform(range: RowRange, out?: Float32Array): Float32Array {
    return this.#draw(uniform, range, out)
  }

  /**
   * Standard normal: values 2j and 2j + 1 of a row are r cos 2πu₁ and r sin 2πu₁, r = √(−2 ln u₀),
   * uᵢ = (wᵢ + ½) / 2³², of words w₀ and w₁ at 2j and 2j + 1.  Box & Muller 1958.
   * Relative error at most 3e−7 against exact arithmetic on the same words; |value| ≤ 6.77, never 0; equal
   * bits everywhere.
   */
  normal(range: RowRange, out?: Float32Array): Float32Array {
    return this.#draw(normal, range, out)
  }

  /** −1 or 1 with probability ½ each: value j of a row is bit j mod 32 of word ⌊j / 32⌋, 1 for a set bit. */
  rademacher(range: RowRange, out?: Float32Array): Float32Array {
    return this.#draw(rademacher, range, out)
  }

  /**
   * Uniform on the open interval (0, 1): (⌊(w₁2³² + w₀) / 2¹²⌋ + ½) / 2⁵², an odd multiple of 2⁻⁵³, two words
   * a value.
   */
  uniform64(range: RowRange, out?: Float64Array): Float64Array {
    return this.#draw(uniform64, range, out)
  }

  /**
   * Category k with probability probabilities[k]: the first whose cumulative probability exceeds `uniform64`.
   * probabilities: at least one, finite, none negative, their sum within 10⁻⁶ of 1 (and then divided out).
   */
  categorical(range: RowRange, probabilities: readonly number[] | Float64Array): Int32Array {
    const cumulative = cumulate(probabilities)
    const uniforms = this.uniform64(range)
    const categories = new Int32Array(uniforms.length)
    for (let i = 0; i < categories.length; i++) categories[i] = pick(cumulative, uniforms[i]!)
    return categories
  }

  /**
   * A permutation of 0 … size − 1, each equally likely (Fisher & Yates 1938, as by Durstenfeld 1964), from
   * the words of the row of sample index `index`, for example an epoch.
   */
  permutation(options: { readonly index: number; readonly size: number }): Uint32Array {
    const { index, size } = options
    requireInteger('RandomStream.permutation', 'index', index, 0, Number.MAX_SAFE_INTEGER)
    requireInteger('RandomStream.permutation', 'size', size, 0, maximumValues)
    return shuffled(this.#key, index, size)
  }

  /** The stream of the same seed named `parent/name`; independent of this one and of other children. */
  child(name: string): RandomStream {
    return new RandomStream({ seed: this.seed, name: name === '' ? '' : `${this.name}/${name}` })
  }

  #draw<T extends Values>(distribution: Distribution<T>, range: RowRange, out: T | undefined): T {
    const where = `RandomStream.${distribution.name}`
    requireRange(where, range)
    const { first, count, width, counter = 0 } = range
    if (out !== undefined) requireLength(where, out, range)
    const target = out ?? distribution.allocate(count * width)
    return fill(target, distribution, { key: this.#key, first, count, width, counter, firstBlock: 0 })
  }
}
