import type { PictureShape } from '../src/data/index.ts'
import type { Damage } from '../src/run/index.ts'
import { conditionalGaussian, type Gaussian } from './restore-gaussian.ts'
import { matrixOf } from './restore-problems.ts'

/** What a simpler way knows: the damage, and pictures of the same kind as points, all in the model's coordinates. */
export interface Known {
  readonly shape: PictureShape
  readonly damage: Damage
  /** Standard deviation of the noise, in points. */
  readonly noise: number
  /** Of pictures learned from. */
  readonly gaussian: Gaussian
  /** The median of each number of pictures learned from, [c, h, w]. */
  readonly median: Float64Array
}

/** Something simpler that a method should beat. */
export interface Baseline {
  readonly name: string
  readonly source: string
  readonly can: (known: Known) => boolean
  /** Restores pictures one by one: y, as the operator gives it, to one point or to `draws` of them, one after the other. */
  readonly open: (
    known: Known,
    draws: number,
  ) => (y: Float64Array, picture: number) => Float64Array | Float32Array
}

const isSmaller = ({ shape, damage: { size } }: Known): boolean => size.width < shape.width

/** What is given, as it is; each pixel of a smaller picture as a square. */
const asGiven: Baseline = {
  name: 'as given',
  source: 'nothing is done',
  can: ({ damage }) => damage.known === undefined,
  open: ({ shape, damage: { size } }) => {
    const factor = shape.width / size.width
    return (y) => eachPixel(shape, (c, row, column) => y[placeIn(size, c, row / factor, column / factor)]!)
  },
}

/** Keys' cubic convolution, a = −1/2, the edge's pixels repeated. */
const bicubic: Baseline = {
  name: 'bicubic',
  source: 'Keys 1981',
  can: isSmaller,
  open: ({ shape, damage: { size } }) => {
    const factor = shape.width / size.width
    /** Places and weights in the small picture of a place in the large one. */
    const taps = (place: number, length: number): { readonly at: number; readonly weight: number }[] => {
      const centre = (place + 0.5) / factor - 0.5
      return [-1, 0, 1, 2].map((k) => {
        const at = Math.floor(centre) + k
        return { at: Math.min(length - 1, Math.max(0, at)), weight: cubic(Math.abs(centre - at)) }
      })
    }
    return (y) =>
      eachPixel(shape, (c, row, column) => {
        let sum = 0
        for (const down of taps(row, size.height))
          for (const across of taps(column, size.width))
            sum += down.weight * across.weight * y[placeIn(size, c, down.at, across.at)]!
        return sum
      })
  },
}

/** The mean of the known pixels that are nearest to one that is missing. */
const nearestSeen: Baseline = {
  name: 'nearest known pixels',
  source: 'their mean',
  can: ({ damage }) => damage.known !== undefined,
  open: ({ shape, damage: { known } }) => {
    const size = { width: shape.width, height: shape.height }
    const neighbours = eachPlace(size, (row, column) => {
      let [least, places]: [number, number[]] = [Number.POSITIVE_INFINITY, []]
      for (let at = 0; at < size.width * size.height; at++) {
        if (known![at] === 0) continue
        const distance = (Math.floor(at / size.width) - row) ** 2 + ((at % size.width) - column) ** 2
        if (distance < least) [least, places] = [distance, []]
        if (distance === least) places.push(at)
      }
      return places
    })
    const pixels = size.width * size.height
    return (y) =>
      eachPixel(shape, (c, row, column) => {
        const places = neighbours[row * size.width + column]!
        return places.reduce((sum, at) => sum + y[c * pixels + at]!, 0) / places.length
      })
  },
}

/** The median of the pictures learned from where nothing is known. */
const medianPicture: Baseline = {
  name: 'median picture',
  source: 'each pixel alone',
  can: ({ damage }) => damage.known !== undefined,
  open:
    ({ damage: { known }, median }) =>
    (y) =>
      median.map((value, at) => (known![at] === 1 ? y[at]! : value)),
}

/** The best guess of a Gaussian of the pictures learned from: Wiener's filter for their covariance. */
const gaussianMean: Baseline = {
  name: 'Gaussian, its mean',
  source: 'Wiener 1949',
  can: () => true,
  open: ({ damage, noise, gaussian }) => conditionalGaussian(gaussian, matrixOf(damage), noise).mean,
}

/** Draws of the same Gaussian. */
const gaussianDraws: Baseline = {
  name: 'Gaussian, draws',
  source: 'Journel & Huijbregts 1978',
  can: () => true,
  open: ({ damage, noise, gaussian }, draws) => {
    const conditional = conditionalGaussian(gaussian, matrixOf(damage), noise)
    return (y, picture) => conditional.draws(y, { seed: 3, first: picture * draws, count: draws })
  },
}

/** Every simpler way. */
export const baselines: readonly Baseline[] = [
  ...[asGiven, bicubic, nearestSeen, medianPicture, gaussianMean, gaussianDraws],
]

function cubic(t: number): number {
  if (t >= 2) return 0
  return t <= 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2
}

function placeIn(size: Damage['size'], c: number, row: number, column: number): number {
  return (c * size.height + Math.floor(row)) * size.width + Math.floor(column)
}

function eachPlace<T>(size: Damage['size'], of: (row: number, column: number) => T): T[] {
  return Array.from({ length: size.width * size.height }, (_, at) =>
    of(Math.floor(at / size.width), at % size.width),
  )
}

function eachPixel(
  { channels, height, width }: PictureShape,
  of: (c: number, row: number, column: number) => number,
): Float64Array {
  const values = new Float64Array(channels * height * width)
  for (let at = 0; at < values.length; at++)
    values[at] = of(Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width)
  return values
}
