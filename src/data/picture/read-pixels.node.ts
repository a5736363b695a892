import { ScorefieldError } from '../../base/index.ts'
import type { CsvOptions } from '../table/csv/csv.node.ts'
import { readTable } from '../table/read.node.ts'
import { type Column, columnWords, isGap, type NumberColumn } from '../table/table.ts'
import { type Channels, type PictureColumn, typeOfPictures } from './picture-column.ts'
import { labelColumn, pictureColumn } from './picture-encoding.ts'
import { type PictureWishes, sizeTold } from './picture-wishes.ts'
import type { ReadPictures } from './reading.node.ts'
import { resized } from './resized.node.ts'

/** What a column of labels may be called. */
const labelNames = /^(label|class|target|digit|y)$/i

/**
 * Reads pictures of a table of pixels, one picture a row, row by row from the top left.
 *
 * The column of labels is the one named label, class, target, digit or y; without such a name it is the last column where the others
 * make a square and all together do not. The pictures are square, grey (h² columns) or of colours (3 h²) unless a size of so many pixels is told. Values are
 * whole numbers from 0: up to 255, or up to a least number of levels, such as 0 … 16; or fractions from 0 to 1, which are brought to 255.
 *
 * Throws what `readTable` does, `data/pixels`.
 */
export async function readPicturePixels(
  source: string,
  { csv, ...wishes }: PictureWishes & { readonly csv?: CsvOptions | undefined },
): Promise<ReadPictures> {
  const { table, notes } = await readTable({ source, csv })
  const { pixels, label } = splitColumns(table.columns)
  const shape = shapeOf(pixels.length, wishes.size, source)
  const { levels, values, note } = valuesOf(pixels, table.rowCount, source)
  const column: PictureColumn = {
    ...{ kind: 'picture', name: pictureColumn, type: typeOfPictures(shape.channels), levels },
    ...shape,
    values,
  }
  // A size that says how pixels lie is no wish for another one.
  const { picture, notes: ofSize } = await resized(
    column,
    shape.isTold ? { ...wishes, size: `${shape.width}x${shape.height}` } : wishes,
  )
  return {
    table: {
      rowCount: table.rowCount,
      source,
      columns: label
        ? [{ kind: 'text', name: labelColumn, type: label.type, values: columnWords(label) }]
        : [],
      pictures: [picture],
    },
    notes: [
      `Each row is a picture of ${shape.width} × ${shape.height} pixels${label ? `; the column ${label.name} is its label` : ''}.`,
      ...(note ? [note] : []),
      ...notes,
      ...ofSize,
    ],
    dispose: async () => {},
  }
}

function splitColumns(columns: readonly Column[]): {
  readonly pixels: readonly Column[]
  readonly label: Column | undefined
} {
  const named = columns.find(({ name }) => labelNames.test(name))
  const isShape = (count: number): boolean => squareOf(count) !== undefined
  const last = !isShape(columns.length) && isShape(columns.length - 1) ? columns.at(-1) : undefined
  const label = named ?? last
  return { label, pixels: columns.filter((column) => column !== label) }
}

/** Side and channels of a square picture of so many numbers. */
function squareOf(count: number): { readonly side: number; readonly channels: Channels } | undefined {
  for (const channels of [1, 3, 4] as const) {
    const side = Math.sqrt(count / channels)
    if (Number.isInteger(side) && side >= 2) return { side, channels }
  }
  return undefined
}

function shapeOf(
  count: number,
  told: string | undefined,
  source: string,
): {
  readonly width: number
  readonly height: number
  readonly channels: Channels
  readonly isTold: boolean
} {
  if (told !== undefined) {
    const { width, height } = sizeTold(told)
    const channels = count / (width * height)
    if (channels === 1 || channels === 3 || channels === 4) return { width, height, channels, isTold: true }
  }
  const square = squareOf(count)
  if (square) return { width: square.side, height: square.side, channels: square.channels, isTold: false }
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/pixels',
    message: `${source} has ${count} columns of pixels, which make no square picture.`,
    where: source,
    hint: 'Tell width and height, such as --size 48x32, and call the column of labels "label".',
  })
}

/** The bytes of the pictures, [n · h · w · c], and how many levels they have. */
function valuesOf(
  pixels: readonly Column[],
  rowCount: number,
  source: string,
): { readonly values: Uint8Array; readonly levels: number; readonly note?: string } {
  const columns = pixels.filter((column): column is NumberColumn => column.kind === 'number')
  const odd = pixels.find((column) => column.kind !== 'number')
  const wrong = (message: string): ScorefieldError =>
    new ScorefieldError({
      kind: 'data',
      code: 'data/pixels',
      message: `${source}: ${message}`,
      where: source,
      hint: 'Pixels are whole numbers from 0 to 255, or fractions from 0 to 1, one column each, without gaps.',
    })
  if (odd) throw wrong(`the column ${odd.name} holds text, no pixels.`)
  let [least, most, areWhole] = [0, 0, true]
  for (const column of columns)
    for (let row = 0; row < rowCount; row++) {
      if (isGap(column, row)) throw wrong(`the column ${column.name} has a gap in row ${row + 1}.`)
      const value = column.values[row]!
      least = Math.min(least, value)
      most = Math.max(most, value)
      areWhole &&= Number.isInteger(value)
    }
  if (least < 0 || most > 255 || (!areWhole && most > 1))
    throw wrong(`the pixels lie between ${least} and ${most}${areWhole ? '' : ' and are no whole numbers'}.`)
  const scale = areWhole ? 1 : 255
  const levels = areWhole && most < 128 ? most + 1 : 256
  const values = new Uint8Array(rowCount * columns.length)
  columns.forEach(({ values: own }, k) => {
    for (let row = 0; row < rowCount; row++) values[row * columns.length + k] = Math.round(own[row]! * scale)
  })
  if (!areWhole)
    return { values, levels, note: 'The pixels are fractions from 0 to 1; they are brought to 0 to 255.' }
  return levels < 256
    ? { values, levels, note: `The pixels have ${levels} levels, 0 to ${most}.` }
    : { values, levels }
}
