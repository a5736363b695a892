import { ScorefieldError } from '../../base/index.ts'
import { pictureSum } from './picture-sum.ts'

/** Grey; red, green, blue; the same with opacity, by which the colours are multiplied. */
export type Channels = 1 | 3 | 4

/** The size of every picture of a column, in pixels. */
export interface PictureShape {
  readonly height: number
  readonly width: number
  readonly channels: Channels
}

/** Pictures that lie somewhere else, such as in a file, and are fetched when they are needed. */
export interface PictureStore {
  readonly count: number
  /** What tells the pictures apart, as `pictureSum` makes it. */
  readonly sums: readonly string[]
  /** The bytes of these pictures, one after the other, [rows · h · w · c]. */
  readonly read: (rows: Int32Array) => Promise<Uint8Array>
}

/**
 * A column of pictures of one size: bytes from 0, row by row from the top left, the channels of a pixel side by side.
 *
 * - `values`: [rowCount · h · w · c], or a store of as many. Colours with opacity are multiplied by it (Porter & Duff 1984), so that
 *   what nobody sees is always 0.
 * - `levels`: how many values a byte may have, 0 … levels − 1: 256 of files, 17 of digits that were counted from 0 to 16.
 */
export interface PictureColumn extends PictureShape {
  readonly kind: 'picture'
  readonly name: string
  /** The source's name of its type, such as `GREY8`, `RGB8`, `RGBA8`. */
  readonly type: string
  readonly levels: number
  readonly values: Uint8Array | PictureStore
}

/** A column whose pictures are in memory. */
export type LoadedPictures = PictureColumn & { readonly values: Uint8Array }

/** Bytes of one picture. */
export function bytesOf({ height, width, channels }: PictureShape): number {
  return height * width * channels
}

/** What a shape is called: `28 × 28, grey`. */
export function shapeInWords({ height, width, channels }: PictureShape): string {
  return `${width} × ${height} pixels, ${{ 1: 'grey', 3: 'colour', 4: 'colour with transparency' }[channels]}`
}

/** A type's name by its channels. */
export function typeOfPictures(channels: Channels): string {
  return { 1: 'GREY8', 3: 'RGB8', 4: 'RGBA8' }[channels]
}

/** What tells each picture apart, [rowCount]: equal for equal pixels. */
export function pictureSums(column: PictureColumn): readonly string[] {
  const { values } = column
  if (!(values instanceof Uint8Array)) return values.sums
  const size = bytesOf(column)
  return Array.from({ length: values.length / size }, (_, row) =>
    pictureSum(values.subarray(row * size, (row + 1) * size)),
  )
}

/** The column of these rows of it, in that order; those of a store stay there. */
export function takePictures(column: PictureColumn, rows: Int32Array): PictureColumn {
  const { values } = column
  if (values instanceof Uint8Array) return { ...column, values: bytesAt(values, rows, bytesOf(column)) }
  const { sums, read } = values
  return {
    ...column,
    values: {
      count: rows.length,
      sums: Array.from(rows, (row) => sums[row]!),
      read: (places) => read(places.map((place) => rows[place]!)),
    },
  }
}

/** The same rows with their pictures in memory. */
export async function loadPictures(column: PictureColumn, rows: Int32Array): Promise<LoadedPictures> {
  const { values } = column
  const bytes =
    values instanceof Uint8Array ? bytesAt(values, rows, bytesOf(column)) : await values.read(rows)
  return { ...column, values: bytes }
}

/** The column, whose pictures must be in memory. Throws `internal/pictures-not-loaded`. */
export function requireLoaded(column: PictureColumn): LoadedPictures {
  if (column.values instanceof Uint8Array) return column as LoadedPictures
  throw new ScorefieldError({
    kind: 'internal',
    code: 'internal/pictures-not-loaded',
    message: `The pictures of "${column.name}" are on disk and must be fetched first.`,
  })
}

function bytesAt(values: Uint8Array, rows: Int32Array, size: number): Uint8Array {
  const taken = new Uint8Array(rows.length * size)
  rows.forEach((row, place) => {
    taken.set(values.subarray(row * size, (row + 1) * size), place * size)
  })
  return taken
}

/**
 * A picture as screens show it, [h · w · 4]: red, green, blue and opacity from 0 to 255, colours no longer multiplied by opacity.
 * Throws `internal/pictures-not-loaded`.
 */
export function shownPicture(column: PictureColumn, row: number): Uint8Array {
  const { values } = requireLoaded(column)
  const { channels, levels } = column
  const size = bytesOf(column)
  const pixels = size / channels
  const shown = new Uint8Array(pixels * 4)
  const most = levels - 1
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = row * size + pixel * channels
    const opacity = channels === 4 ? values[from + 3]! : most
    for (let c = 0; c < 3; c++) {
      const value = values[from + (channels === 1 ? 0 : c)]!
      shown[pixel * 4 + c] = opacity === 0 ? 0 : Math.min(255, Math.round((value * 255) / opacity))
    }
    shown[pixel * 4 + 3] = Math.round((opacity * 255) / most)
  }
  return shown
}

/** The same with the column's own channels, [h · w · c], as a file holds it. */
export function filePicture(column: PictureColumn, row: number): Uint8Array {
  const { channels } = column
  const shown = shownPicture(column, row)
  if (channels === 4) return shown
  const pixels = shown.length / 4
  const own = new Uint8Array(pixels * channels)
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let c = 0; c < channels; c++) own[pixel * channels + c] = shown[pixel * 4 + c]!
  return own
}
