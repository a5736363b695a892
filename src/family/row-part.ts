/**
 * What neighbouring coordinates of a row stand for: numbers, or one of a set of words.
 *
 * A model that knows it gives the denoiser the form that the posterior mean has there; see `mixedDenoiser`.
 */
export type RowPart = NumbersPart | WordsPart

/** Coordinates that are numbers, each of about unit size. */
export interface NumbersPart {
  readonly kind: 'numbers'
  readonly width: number
  /**
   * The words part, by its place among the row's parts, that says whether the numbers mean something, and its words for yes.
   * Rows of other words hold standard normal noise here, independent of all else.
   */
  readonly within?: { readonly part: number; readonly words: readonly number[] } | undefined
}

/** Coordinates that are one of K points, spread by normal noise: x = vectors[k] + spread · N(0, I). */
export interface WordsPart {
  readonly kind: 'words'
  /** [K][w], K ≥ 2. */
  readonly vectors: readonly Float64Array[]
  /** Standard deviation of the noise around each point, above 0. */
  readonly spread: number
  /** The share of each word in the data, [K], above 0. */
  readonly shares: readonly number[]
}

/** How many coordinates a part has. */
export function widthOf(part: RowPart): number {
  return part.kind === 'numbers' ? part.width : part.vectors[0]!.length
}

/** The parts one after the other, where those of the second list say `within` by places in that list. */
export function joinParts(first: readonly RowPart[], second: readonly RowPart[]): RowPart[] {
  return [
    ...first,
    ...second.map((part): RowPart => {
      if (part.kind === 'words' || part.within === undefined) return part
      return { ...part, within: { ...part.within, part: part.within.part + first.length } }
    }),
  ]
}
