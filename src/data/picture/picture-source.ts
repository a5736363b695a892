import { RandomStream } from '../../base/index.ts'
import { sizeOf } from '../../engine/index.ts'
import { type Example, type ExampleRange, epochOrder, type Source } from '../source.ts'
import { unlabelledShare } from './labels.ts'
import { bytesOf, type PictureColumn } from './picture-column.ts'
import { labelColumn, type PictureEncoding } from './picture-encoding.ts'

/** Pictures to learn from. */
export interface PictureExamples {
  readonly encoding: PictureEncoding
  readonly pictures: PictureColumn
  /** The rows to learn from. */
  readonly rowIndices: Int32Array
  /** The place of each row's label among the classes, −1 for none; needed where the encoding has labels. */
  readonly codes?: Int32Array | undefined
  readonly seed: number
  /** Whether every second example is mirrored, left to right. */
  readonly flip: boolean
}

/**
 * Pictures encoded one by one, each once an epoch, in an order drawn anew for each. Example n is a function of (seed, n): its place in
 * the cells, whether it is mirrored, whether it is learned without its label.
 *
 * Pictures of a store are fetched in `ready`, and those of the next range ahead while the step under way is computed.
 */
export function pictureSource(options: PictureExamples): Source {
  const { encoding, pictures, rowIndices, codes, seed, flip } = options
  const { labels } = encoding
  const count = rowIndices.length
  /** The order of an epoch is kept by whoever asks: examples are fetched ahead of those that are written. */
  const rowOf = (): ((example: number) => number) => {
    const place = epochOrder({ count, seed })
    return (example) => rowIndices[place(example)]!
  }
  const row = rowOf()
  const write = encoding.writer(seed)
  const size = bytesOf(pictures)
  const mirrors = new RandomStream({ seed, name: 'augment/mirror' })
  const drops = new RandomStream({ seed, name: 'label dropped' })
  const example: Example = {
    event: encoding.event,
    ...(labels ? { conditions: { [labelColumn]: [labels.names.length] } } : {}),
  }
  const width = sizeOf(example.event)
  const fetched = fetcher(pictures, rowOf())
  return {
    example,
    count,
    ...(fetched.ready ? { ready: fetched.ready } : {}),
    fill: (range, into) => {
      const { first, count: wanted } = range
      const mirrored = flip ? mirrors.uniform({ first, count: wanted, width: 1 }) : undefined
      const dropped = labels ? drops.uniform({ first, count: wanted, width: 1 }) : undefined
      const given = into.conditions[labelColumn]
      for (let i = 0; i < wanted; i++) {
        write(fetched.bytes(first + i, size), {
          example: first + i,
          into: into.points.subarray(i * width, (i + 1) * width),
          mirrored: mirrored !== undefined && mirrored[i]! < 0.5,
        })
        if (!labels || !given || !codes || !dropped) continue
        const classes = labels.names.length
        given.fill(0, i * classes, (i + 1) * classes)
        const code = codes[row(first + i)]!
        if (code >= 0 && dropped[i]! >= unlabelledShare) given[i * classes + code] = 1
      }
    },
  }
}

/** The bytes of examples: at hand, or fetched range by range and one range ahead. */
function fetcher(
  { values }: PictureColumn,
  row: (example: number) => number,
): {
  readonly bytes: (example: number, size: number) => Uint8Array
  readonly ready?: NonNullable<Source['ready']>
} {
  if (values instanceof Uint8Array)
    return {
      bytes: (example, size) => {
        const at = row(example) * size
        return values.subarray(at, at + size)
      },
    }
  const ranges = new Map<number, { readonly range: ExampleRange; readonly bytes: Promise<Uint8Array> }>()
  let now: { readonly first: number; readonly bytes: Uint8Array } | undefined
  const fetch = (range: ExampleRange): Promise<Uint8Array> => {
    const known = ranges.get(range.first)
    if (known && known.range.count >= range.count) return known.bytes
    const rows = Int32Array.from({ length: range.count }, (_, i) => row(range.first + i))
    const bytes = values.read(rows)
    // Whoever needs the range hears of a failure; reading ahead must not end the process.
    bytes.catch(() => ranges.delete(range.first))
    ranges.set(range.first, { range, bytes })
    return bytes
  }
  return {
    ready: async (range) => {
      const bytes = await fetch(range)
      now = { first: range.first, bytes }
      for (const first of ranges.keys()) if (first !== range.first) ranges.delete(first)
      void fetch({ first: range.first + range.count, count: range.count })
    },
    bytes: (example, size) => {
      const at = (example - now!.first) * size
      return now!.bytes.subarray(at, at + size)
    },
  }
}
