import { ScorefieldError } from '../../base/index.ts'
import type { Column, Table } from '../table/table.ts'
import { type PictureColumn, typeOfPictures } from './picture-column.ts'
import { fileColumn, labelColumn, pictureColumn } from './picture-encoding.ts'
import { type PictureWishes, type PixelSize, sizeOfPictures, sizeTold } from './picture-wishes.ts'
import { channelsNeeded, channelsOf, firstChannels, greyed, lookAt, onWhite, premultiply } from './pixels.ts'

/** The pixels of a canvas, as its context's `getImageData` gives them: red, green, blue, opacity. */
export interface CanvasPixels extends PixelSize {
  /** [h · w · 4], colours not multiplied by opacity. */
  readonly data: ArrayLike<number>
}

/** What is told of pictures beside their pixels. */
export interface PageOptions extends Pick<PictureWishes, 'mode'> {
  /** What they are called in messages; "pictures of the page" unless given. */
  readonly source?: string | undefined
  /** A class for each, null for none. */
  readonly labels?: readonly (string | null)[] | undefined
  /** A name for each. */
  readonly names?: readonly string[] | undefined
}

/**
 * A table of pictures of one size, of pixels as a canvas holds them.
 *
 * Unless a mode is told, they are grey where all pixels are, and without opacity where all of it is 255.
 * Throws `data/no-pictures`, `data/picture-size`, `data/rows`.
 */
export function picturesFromPixels(images: readonly CanvasPixels[], options: PageOptions = {}): Table {
  const { source = 'pictures of the page', labels, names, mode } = options
  const [first] = images
  if (!first)
    throw wrong('no-pictures', `${source}: there are none.`, 'Give the pixels of one picture or more.')
  const { width, height } = first
  const size = width * height * 4
  const values = new Uint8Array(images.length * size)
  const seen = { opacity: false, colour: false }
  for (const [row, own] of images.entries()) {
    // An ImageData has its members by getters, which are no properties to be spread.
    const { data } = own
    if (own.width !== width || own.height !== height || data.length !== size)
      throw wrong(
        'picture-size',
        `${source}: picture ${row} has ${own.width} × ${own.height} pixels and ${data.length} numbers; the first has ${width} × ${height}, ${size} numbers.`,
        'Draw all pictures to one size, 4 numbers a pixel.',
      )
    values.set(data, row * size)
  }
  lookAt(values, 4, seen)
  const channels = mode ? channelsOf[mode] : channelsNeeded(seen)
  if (channels === 4) premultiply(values)
  else if (seen.opacity) onWhite(values)
  if (channels === 1 && seen.colour) greyed(values)
  const picture: PictureColumn = {
    ...{ kind: 'picture', name: pictureColumn, type: typeOfPictures(channels), levels: 256 },
    ...{ width, height, channels, values: channels === 4 ? values : firstChannels(values, 4, channels) },
  }
  return {
    rowCount: images.length,
    source,
    columns: [...cells(labelColumn, labels, images.length), ...cells(fileColumn, names, images.length)],
    pictures: [picture],
  }
}

/** Files that a person dropped or chose, in a page; a folder's files know where in it they lie. */
export interface PageFile extends Blob {
  readonly name: string
  readonly webkitRelativePath?: string
}

/** Pictures of a page's files. */
export interface PagePictures {
  readonly table: Table
  /** How they came to their size, in a sentence each. */
  readonly notes: readonly string[]
  /** Files that the browser could not decode. */
  readonly broken: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * Decodes files in a page: those of a drop (`event.dataTransfer.files`) or of an input, with its folders as labels where a folder
 * was chosen (`<input webkitdirectory>`). The browser decodes (`createImageBitmap`), turns as EXIF says, and scales on a canvas.
 *
 * Throws `data/no-pictures` where none can be decoded, `usage/size`.
 */
export async function picturesFromFiles(
  files: Iterable<PageFile>,
  {
    size: told,
    fit = 'crop',
    ...options
  }: Omit<PageOptions, 'names' | 'labels'> & Pick<PictureWishes, 'size' | 'fit'> = {},
): Promise<PagePictures> {
  const wanted = told === undefined ? undefined : sizeTold(told)
  const all = [...files]
  const sizes: PixelSize[] = []
  // Decoded twice where no size is told: all at once, a camera's photos would not fit into memory.
  if (!wanted) requireSome(sizes, await decodeEach(all, ({ width, height }) => sizes.push({ width, height })))
  const to: PixelSize & { readonly note?: string } = wanted ?? sizeOfPictures(sizes)
  const canvas = new OffscreenCanvas(to.width, to.height)
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const taken: { readonly file: PageFile; readonly image: ImageData }[] = []
  const broken = await decodeEach(all, (bitmap, file) => {
    const scales = [to.width / bitmap.width, to.height / bitmap.height]
    const scale = fit === 'crop' ? Math.max(...scales) : Math.min(...scales)
    const [width, height] = [bitmap.width * scale, bitmap.height * scale]
    context.clearRect(0, 0, to.width, to.height)
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, (to.width - width) / 2, (to.height - height) / 2, width, height)
    taken.push({ file, image: context.getImageData(0, 0, to.width, to.height) })
  })
  requireSome(taken, broken)
  const labels = taken.map(({ file }) => folderOf(file))
  const table = picturesFromPixels(
    taken.map(({ image }) => image),
    {
      ...options,
      names: taken.map(({ file }) => file.webkitRelativePath || file.name),
      labels: labels.some((label) => label !== null) ? labels : undefined,
    },
  )
  return { table, notes: to.note ? [to.note] : [], broken }
}

/** Decodes files one after the other, and lets go of each; gives those that the browser cannot decode. */
async function decodeEach(
  files: readonly PageFile[],
  look: (bitmap: ImageBitmap, file: PageFile) => void,
): Promise<PagePictures['broken']> {
  const broken: { name: string; reason: string }[] = []
  for (const file of files) {
    const bitmap = await createImageBitmap(file).catch((error: Error) => {
      broken.push({ name: file.name, reason: String(error.message ?? error) })
    })
    if (!bitmap) continue
    look(bitmap, file)
    bitmap.close()
  }
  return broken
}

/** Throws `data/no-pictures` where nothing could be decoded. */
function requireSome(decoded: readonly unknown[], broken: PagePictures['broken']): void {
  if (decoded.length > 0) return
  const [first] = broken
  throw wrong(
    'no-pictures',
    `None of the ${broken.length} files is a picture that this browser can decode${first ? `: ${first.name}, ${first.reason}` : ''}.`,
    'Give PNG, JPEG, WebP, AVIF or GIF files.',
  )
}

/** The folder within the one that was chosen. */
function folderOf({ webkitRelativePath = '' }: PageFile): string | null {
  const parts = webkitRelativePath.split('/')
  return parts.length > 2 ? parts[1]! : null
}

function cells(name: string, values: readonly (string | null)[] | undefined, count: number): Column[] {
  if (values === undefined) return []
  if (values.length !== count)
    throw wrong(
      'rows',
      `There are ${values.length} of "${name}" for ${count} pictures.`,
      'Give one for each.',
    )
  return [{ kind: 'text', name, type: 'VARCHAR', values }]
}

function wrong(code: string, message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'data', code: `data/${code}`, message, hint })
}
