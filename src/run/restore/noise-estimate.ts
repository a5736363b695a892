import type { PictureShape } from '../../data/index.ts'

/** Median of |z|, z standard normal. */
const medianOfNormal = 0.6744897501960817
/** Fewer squares than this tell nothing. */
const fewestSquares = 16

/** What the finest details of a picture say of its noise. */
export interface NoiseEstimate {
  /** Standard deviation of the noise, in the units of the values; NaN where too few squares tell of it. */
  readonly deviation: number
  /** Share of the values that are at black or white, where noise is cut off. */
  readonly cutOff: number
}

/**
 * The noise of a picture: the median of |a − b − c + d|/2 over all squares of 2 × 2 pixels of a channel, over that of a standard normal number.
 *
 * That is the finest diagonal detail of Haar's wavelets, at every place. Smooth parts have little of it, and the median does not mind a few edges; what has a
 * fine grain of its own counts as noise. Squares with a value at an end of the scale are left out, as are those with one that is not known: noise is cut
 * off there. Donoho & Johnstone 1994.
 *
 * values: [c, h, w]; known: 1 where a value is known, all unless given; ends: black and white.
 */
export function estimateNoise(
  values: ArrayLike<number>,
  { channels, height, width }: PictureShape,
  {
    known,
    ends,
  }: { readonly known?: ArrayLike<number> | undefined; readonly ends: readonly [number, number] },
): NoiseEstimate {
  const [black, white] = ends
  const isAtEnd = (at: number): boolean => values[at]! <= black || values[at]! >= white
  const isKnown = (at: number): boolean => known === undefined || known[at] === 1
  const details: number[] = []
  let [all, cut] = [0, 0]
  for (let at = 0; at < channels * height * width; at++) {
    if (!isKnown(at)) continue
    all++
    if (isAtEnd(at)) cut++
    const [x, y] = [at % width, Math.floor(at / width) % height]
    if (x === width - 1 || y === height - 1) continue
    const square = [at, at + 1, at + width, at + width + 1]
    if (square.some((place) => isAtEnd(place) || !isKnown(place))) continue
    const [a, b, c, d] = square.map((place) => values[place]!) as [number, number, number, number]
    details.push(Math.abs(a - b - c + d) / 2)
  }
  const cutOff = all === 0 ? 0 : cut / all
  if (details.length < fewestSquares) return { deviation: Number.NaN, cutOff }
  details.sort((one, other) => one - other)
  const middle = details.length / 2
  const median = (details[Math.ceil(middle) - 1]! + details[Math.floor(middle)]!) / 2
  return { deviation: median / medianOfNormal, cutOff }
}
