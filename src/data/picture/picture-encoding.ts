import { RandomStream, ScorefieldError } from '../../base/index.ts'
import type { Shape } from '../../engine/index.ts'
import type { RowPart } from '../../family/index.ts'
import type { DecodeOptions, EncodedColumn, EncodeOptions, Encoding } from '../encoding.ts'
import type { Table, TextColumn } from '../table/table.ts'
import { drawnLabels, type Labels } from './labels.ts'
import {
  bytesOf,
  type PictureColumn,
  type PictureShape,
  requireLoaded,
  shapeInWords,
  typeOfPictures,
} from './picture-column.ts'

/** Name of the column of the pictures themselves. */
export const pictureColumn = 'picture'
/** Name of the column of their labels. */
export const labelColumn = 'label'
/** Name of the column of their files' names. */
export const fileColumn = 'file'

/** What a `PictureEncoding` is made of, as data.json holds it. */
export interface PictureEncodingParts extends PictureShape {
  readonly version: 1
  readonly levels: number
  /** Absent where the pictures have no labels, or one and the same. */
  readonly labels?: Labels | undefined
}

/**
 * Pictures as points [c, h, w] and back: a byte v of L levels is spread evenly over its cell, u uniform in (0, 1), and comes to
 *
 *   x = 2 (v + u)/L − 1 ∈ (−1, 1),   log |dx/dv| = h w c · log(2/L);   back: v = ⌊(x + 1) L/2⌋.
 *
 * A cell has volume 1, so the log-density in the data's units bounds the log-probability of the bytes from below in the mean over u
 * (uniform dequantisation; Theis, van den Oord & Bethge 2016). Of pictures with opacity it is that of the colours multiplied by it.
 * Labels are no part of a point: they are what it is conditioned on.
 */
export class PictureEncoding implements Encoding {
  readonly shape: PictureShape
  readonly levels: number
  readonly labels: Labels | undefined
  /** [c, h, w]. */
  readonly event: Shape
  readonly width: number
  readonly parts: readonly RowPart[]
  readonly columns: readonly EncodedColumn[]
  readonly isIdentity = false
  readonly isDiscrete = true
  readonly bitsOver: number

  constructor({ height, width, channels, levels, labels }: Omit<PictureEncodingParts, 'version'>) {
    this.shape = { height, width, channels }
    this.levels = levels
    this.labels = labels
    this.event = [channels, height, width]
    this.width = bytesOf(this.shape)
    this.bitsOver = this.width
    this.parts = [{ kind: 'numbers', width: this.width }]
    const own = { name: pictureColumn, width: this.width, encoder: 'pixels', discrete: true }
    const reason = `${shapeInWords(this.shape)}, each number one of ${levels} levels`
    const label = { name: labelColumn, width: 0, encoder: 'condition', discrete: true }
    this.columns = [
      { ...own, reason },
      ...(labels
        ? [{ ...label, reason: `${labels.names.length} classes, by which pictures are drawn` }]
        : []),
    ]
  }

  /** Throws `data/encoding-version` for a later release's. */
  static fromJSON(value: unknown): PictureEncoding {
    const parts = value as PictureEncodingParts
    if (parts?.version === 1) return new PictureEncoding(parts)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'data/encoding-version',
      message: 'The encoding of the pictures was written by a later release.',
      hint: 'Take a newer release of scorefield.',
    })
  }

  toJSON(): PictureEncodingParts {
    const { shape, levels, labels } = this
    return { version: 1, ...shape, levels, ...(labels ? { labels } : {}) }
  }

  /** How a point becomes a picture, for those who decode it themselves. */
  get inWords(): string {
    const { levels, labels, shape } = this
    const colours = {
      1: 'grey',
      3: 'red, green, blue',
      4: 'red, green, blue, each multiplied by opacity, and opacity',
    }[shape.channels]
    const bytes = levels === 256 ? '' : ` of ${levels} levels; as a byte v · 255/${levels - 1}`
    const given = labels
      ? `. condition/${labelColumn} is 1 at the place of the label among the names of the encoding, else 0; all 0 draws without a label`
      : ''
    return `A row is [channels ${shape.channels} (${colours}), height ${shape.height}, width ${shape.width}]; x becomes v = min(${levels - 1}, max(0, floor((x + 1) · ${levels}/2)))${bytes}${given}.`
  }

  encode(table: Table, options: EncodeOptions = {}): Float32Array {
    const column = this.columnOf(table)
    const { values } = requireLoaded(column)
    const size = bytesOf(column)
    const { rowIndices, dequantiseSeed, first = 0 } = options
    const count = rowIndices?.length ?? values.length / size
    const x = new Float32Array(count * this.width)
    const write = this.writer(dequantiseSeed)
    for (let i = 0; i < count; i++) {
      const row = rowIndices?.[i] ?? i
      const place = x.subarray(i * this.width, (i + 1) * this.width)
      write(values.subarray(row * size, (row + 1) * size), { example: first + i, into: place })
    }
    return x
  }

  /**
   * Writes the point of a picture's bytes, [h · w · c] → [c, h, w]; example n draws its place in the cells from (seed, n) only, and
   * lies in the middle of them without a seed.
   */
  writer(
    dequantiseSeed: number | undefined,
  ): (
    bytes: Uint8Array,
    to: { readonly example: number; readonly into: Float32Array; readonly mirrored?: boolean },
  ) => void {
    const { width: size, levels } = this
    const { height, width, channels } = this.shape
    const stream =
      dequantiseSeed === undefined
        ? undefined
        : new RandomStream({ seed: dequantiseSeed, name: 'dequantise/picture' })
    const within = new Float32Array(size).fill(0.5)
    const scale = 2 / levels
    return (bytes, { example, into, mirrored = false }) => {
      stream?.uniform({ first: example, count: 1, width: size }, within)
      let at = 0
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++, at++) {
            const from = mirrored ? width - 1 - x : x
            into[at] = (bytes[(y * width + from) * channels + c]! + within[at]!) * scale - 1
          }
    }
  }

  decode(x: Float32Array, count: number, options: DecodeOptions = {}): Table {
    const { source = 'decoded', first = 0, seed = 0 } = options
    const { height, width, channels } = this.shape
    const { width: size, levels, labels } = this
    const values = new Uint8Array(count * size)
    for (let row = 0; row < count; row++) {
      let at = row * size
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < height; y++)
          for (let column = 0; column < width; column++, at++) {
            const level = Math.floor(((x[at]! + 1) * levels) / 2)
            const place = row * size + (y * width + column) * channels + c
            values[place] = Math.max(0, Math.min(levels - 1, level))
          }
    }
    if (channels === 4) withoutExcess(values)
    const picture: PictureColumn = {
      ...{ kind: 'picture', name: pictureColumn, type: typeOfPictures(channels), levels },
      ...this.shape,
      values,
    }
    const codes = labels ? drawnLabels(labels, { seed, first, count }) : undefined
    const columns: TextColumn[] =
      labels && codes
        ? [
            {
              kind: 'text',
              name: labelColumn,
              type: 'VARCHAR',
              values: Array.from(codes, (code) => labels.names[code]!),
            },
          ]
        : []
    return { rowCount: count, source, columns, pictures: [picture] }
  }

  encodableRows(table: Table, rowIndices?: Int32Array): Int32Array {
    this.columnOf(table)
    return rowIndices ?? Int32Array.from({ length: table.rowCount }, (_, row) => row)
  }

  logDeterminant(_: Float32Array, count: number): Float64Array {
    return new Float64Array(count).fill(this.width * Math.log(2 / this.levels))
  }

  logCells(_: Float32Array, count: number): Float64Array {
    return new Float64Array(count)
  }

  columnRange(name: string): { readonly offset: number; readonly width: number } | undefined {
    return name === pictureColumn ? { offset: 0, width: this.width } : undefined
  }

  outcomes(): undefined {
    return undefined
  }

  pooled(table: Table): Table {
    return table
  }

  brokenRules(): [] {
    return []
  }

  /** The pictures of a table, of this encoding's size. Throws `data/missing-column`, `data/picture-size`. */
  private columnOf(table: Table): PictureColumn {
    const column = table.pictures?.find(({ name }) => name === pictureColumn)
    const hint = `The model learned pictures of ${shapeInWords(this.shape)}.`
    if (!column)
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/missing-column',
        message: `${table.source} has no pictures.`,
        where: table.source,
        hint,
      })
    const { height, width, channels, levels } = column
    const own = { ...this.shape, levels: this.levels }
    if (height === own.height && width === own.width && channels === own.channels && levels === own.levels)
      return column
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/picture-size',
      message: `The pictures of ${table.source} have ${shapeInWords(column)} and ${levels} levels.`,
      where: table.source,
      hint,
    })
  }
}

/** No colour is above its opacity: a pixel of [r, g, b, a] with more is no colour that was multiplied by a. */
function withoutExcess(values: Uint8Array): void {
  for (let at = 0; at < values.length; at += 4) {
    const opacity = values[at + 3]!
    for (let c = 0; c < 3; c++) if (values[at + c]! > opacity) values[at + c] = opacity
  }
}
