import { bytesOf, type LoadedPictures, type PictureEncoding } from '../../data/index.ts'

/**
 * Pictures that are given, as the model's points: a byte v of K levels lies at the share q = v/(K − 1) of the way from black to white, which is
 * the point x = (2 q (L − 1) + 1)/L − 1 of a model of L levels, in the middle of that level's cell where it is one. Nothing is rounded to the model's
 * levels: the mean of two is seldom one. [n · h · w · c] → [n][c, h, w].
 */
export function observedPoints(pictures: LoadedPictures, { levels }: PictureEncoding): Float32Array {
  const { height, width, channels, values } = pictures
  const size = bytesOf(pictures)
  const points = new Float32Array(values.length)
  const step = (2 * (levels - 1)) / (levels * (pictures.levels - 1))
  for (let at = 0; at < values.length; at++) {
    const place = at % size
    const [pixel, c] = [Math.floor(place / channels), place % channels]
    points[at - place + c * height * width + pixel] = values[at]! * step + 1 / levels - 1
  }
  return points
}

/** Points of black and of white, and the standard deviation, in points, of a noise of 1 as a share of white minus black. */
export function scaleOfPoints({ levels }: Pick<PictureEncoding, 'levels'>): {
  readonly ends: readonly [number, number]
  readonly unit: number
  /** Standard deviation of a number that is spread evenly over its cell: nothing is known better. */
  readonly cell: number
} {
  const end = 1 - 1 / levels
  return { ends: [-end, end], unit: 2 * end, cell: 2 / levels / Math.sqrt(12) }
}
