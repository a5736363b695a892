import {
  bytesOf,
  type LoadedPictures,
  type PictureEncoding,
  type Source,
  shuffledSource,
} from '../../data/index.ts'
import { sizeOf } from '../../engine/index.ts'
import { turned, turnsOf } from './turned.ts'

/** Name of the condition that holds the class of an example. */
export const classCondition = 'class'

/** What a feature network learns to tell apart. */
export interface FeatureTask {
  readonly task: 'labels' | 'rotations'
  readonly classes: number
  /** Pictures and classes to learn from, endlessly. */
  readonly source: Source
  /** Pictures to be judged by, none where their labels are not known: how many, the points of some of them, [n, ...event], and their classes. */
  readonly test: {
    readonly count: number
    readonly points: (from: number, to: number) => Float32Array
    readonly classes: Int32Array
  }
}

/** Pictures with the place of each one's label among the classes, −1 for none. */
export interface CodedPictures {
  readonly pictures: LoadedPictures
  readonly codes?: Int32Array | undefined
}

/**
 * What a feature network learns of these pictures: their labels; of pictures without labels by how many quarters each was turned,
 * for which it must see what is in them.  Gidaris, Singh, Komodakis 2018 (the pretext task of rotations).
 *
 * Pictures that are not square are turned by halves only. Values are spread over their cells anew each time, as for training.
 */
export function featureTask(options: {
  readonly encoding: PictureEncoding
  readonly training: CodedPictures
  readonly test: CodedPictures
  readonly seed: number
}): FeatureTask {
  const { encoding, training, test, seed } = options
  const { labels } = encoding
  return labels && training.codes
    ? task('labels', labels.names.length, labelled(training.codes), labelled(test.codes), options)
    : task(
        'rotations',
        turnsOf(encoding.event).length,
        rotated(training, encoding),
        rotated(test, encoding),
        {
          ...{ encoding, training, test, seed },
        },
      )
}

/** What is shown: a picture, turned by so many quarters, and the class that it has so. */
interface Shown {
  readonly row: number
  readonly quarters: number
  readonly code: number
}

function labelled(codes: Int32Array | undefined): Shown[] {
  return Array.from(codes ?? [], (code, row) => ({ row, quarters: 0, code })).filter(({ code }) => code >= 0)
}

function rotated({ pictures }: CodedPictures, { event }: PictureEncoding): Shown[] {
  const count = pictures.values.length / bytesOf(pictures)
  const turns = turnsOf(event)
  return Array.from({ length: count * turns.length }, (_, i) => {
    const code = i % turns.length
    return { row: Math.floor(i / turns.length), quarters: turns[code]!, code }
  })
}

function task(
  name: FeatureTask['task'],
  classes: number,
  training: readonly Shown[],
  test: readonly Shown[],
  given: Parameters<typeof featureTask>[0],
): FeatureTask {
  const { encoding, seed } = given
  const { event } = encoding
  const width = sizeOf(event)
  const write = (of: CodedPictures, seedOfCells: number | undefined) => {
    const place = encoding.writer(seedOfCells)
    const size = bytesOf(of.pictures)
    return ({ row, quarters }: Shown, example: number, into: Float32Array): void => {
      const bytes = of.pictures.values.subarray(row * size, (row + 1) * size)
      if (quarters === 0) {
        place(bytes, { example, into })
        return
      }
      const upright = new Float32Array(width)
      place(bytes, { example, into: upright })
      turned(upright, event, quarters, into)
    }
  }
  const learned = write(given.training, seed)
  const judged = write(given.test, undefined)
  return {
    task: name,
    classes,
    source: shuffledSource({
      example: { event, conditions: { [classCondition]: [classes] } },
      count: training.length,
      seed,
      encode: (which, example, into) => {
        learned(training[which]!, example, into.points)
        const one = into.conditions[classCondition]!
        one.fill(0)
        one[training[which]!.code] = 1
      },
    }),
    test: {
      count: test.length,
      points: (from, to) => {
        const points = new Float32Array((to - from) * width)
        for (let i = from; i < to; i++)
          judged(test[i]!, i, points.subarray((i - from) * width, (i - from + 1) * width))
        return points
      },
      classes: Int32Array.from(test, ({ code }) => code),
    },
  }
}
