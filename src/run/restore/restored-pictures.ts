import { bytesOf, type LoadedPictures, type PictureEncoding, requireLoaded } from '../../data/index.ts'

/** Draws of pictures, and what follows from them. */
export interface RestoredPictures {
  /** Draws of each picture, those of a picture beside each other, in levels of what was given. */
  readonly draws: LoadedPictures
  /** The mean of the draws of each. */
  readonly mean: LoadedPictures
  /** How far the draws of a pixel are from each other: their standard deviation (of K − 1), root mean square over channels, [n][h · w], as a share of white minus black. */
  readonly deviation: Float32Array
}

/**
 * Points as pictures, and their means and deviations.
 *
 * exact: where the bytes of picture i were given and stay as they are, [c, h, w]; undefined where nowhere.
 */
export function restoredPictures(
  points: Float32Array,
  given: LoadedPictures,
  {
    encoding,
    count,
    exact,
  }: {
    readonly encoding: PictureEncoding
    readonly count: number
    readonly exact: (picture: number) => Float32Array | undefined
  },
): RestoredPictures {
  const size = encoding.width
  const total = points.length / size
  const { channels } = encoding.shape
  const pixels = size / channels
  const decoded = requireLoaded(encoding.decode(points, total).pictures![0]!)
  const scale = (given.levels - 1) / (encoding.levels - 1)
  const values = scale === 1 ? decoded.values : decoded.values.map((value) => Math.round(value * scale))
  for (let draw = 0; draw < total; draw++) {
    const picture = Math.floor(draw / count)
    const known = exact(picture)
    if (!known) continue
    const own = given.values.subarray(picture * bytesOf(given), (picture + 1) * bytesOf(given))
    for (let at = 0; at < size; at++)
      if (known[(at % channels) * pixels + Math.floor(at / channels)] === 1)
        values[draw * size + at] = own[at]!
  }
  const draws: LoadedPictures = { ...decoded, levels: given.levels, values }
  const means = new Uint8Array((total / count) * size)
  const deviation = new Float32Array((total / count) * pixels)
  for (let at = 0; at < means.length; at++) {
    const [picture, place] = [Math.floor(at / size), at % size]
    const of = (k: number): number => values[(picture * count + k) * size + place]!
    let sum = 0
    for (let k = 0; k < count; k++) sum += of(k)
    const mean = sum / count
    means[at] = Math.round(mean)
    if (count === 1) continue
    let square = 0
    for (let k = 0; k < count; k++) square += (of(k) - mean) ** 2 / (count - 1)
    deviation[picture * pixels + Math.floor(place / channels)]! += square / channels / (given.levels - 1) ** 2
  }
  return { draws, mean: { ...draws, values: means }, deviation: deviation.map((value) => Math.sqrt(value)) }
}
