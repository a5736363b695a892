import { bytesOf, type PictureColumn, shownPicture } from '../../data/index.ts'
import { lineHeight, shortened, textWidth, writeText } from './bitmap-text.ts'

/** A contact sheet: pixels from the top left, row by row, red, green and blue side by side. */
export interface ContactSheet {
  readonly width: number
  readonly height: number
  readonly channels: 3
  readonly bytes: Uint8Array
}

/** How a sheet is laid out. */
export interface SheetOptions {
  /** Pictures of a row; as many as make it square, unless given. */
  readonly columns?: number | undefined
  /** What each picture is called, null for none. */
  readonly labels?: readonly (string | null)[] | undefined
}

/** Between two pictures and around all, in pixels of the sheet. */
const gap = 2
/** Small pictures are enlarged, each pixel to a square, up to such a side of a picture and such a width of the sheet. */
const comfortableSide = 96
const comfortableWidth = 1100
/** A pixel of a letter is a square of so many pixels of the sheet, where there is room; labels beside rows are no longer than so many letters' pixels. */
const textScale = 2
const widestLabel = 143

const background = 255
/** The two greys of the chequers behind what is transparent, and their side in pixels of the sheet. */
const chequers = [238, 204] as const
const chequerSide = 4

/**
 * Pictures side by side, in their order. Grey chequers show through where a picture is transparent. Pixels are enlarged whole, so a
 * sheet shows exactly the pixels that there are.
 *
 * Where the pictures of each label stand together, each label begins a row of its own, with its name to the left; else each picture's
 * name stands below it. Names are in the letters of ASCII; others are boxes.
 */
export function contactSheet(pictures: PictureColumn, options: SheetOptions = {}): ContactSheet {
  const { size, scale, places, texts } = layout(pictures, options)
  const sheet = { ...size, channels: 3, bytes: new Uint8Array(size.width * size.height * 3) } as const
  sheet.bytes.fill(background)
  places.forEach((place, row) => {
    paste(sheet, { ...pictures, shown: shownPicture(pictures, row), scale, ...place })
  })
  for (const { text, ...place } of texts) writeText(sheet, text, place)
  return sheet
}

interface Place {
  readonly left: number
  readonly top: number
}

interface Layout {
  readonly size: { readonly width: number; readonly height: number }
  /** Pixels of the sheet that a side of a picture's pixel has. */
  readonly scale: number
  /** Top left corners of the pictures. */
  readonly places: readonly Place[]
  readonly texts: readonly (Place & { readonly text: string; readonly scale: number })[]
}

/** Where everything stands. */
export function layout(pictures: PictureColumn, { columns, labels: told = [] }: SheetOptions = {}): Layout {
  const { values, width, height } = pictures
  const count = (values instanceof Uint8Array ? values.length : 0) / bytesOf(pictures)
  const labels = Array.from({ length: count }, (_, row) => told[row] ?? '')
  const isNamed = labels.some((label) => label !== '')
  const starts = blockStarts(labels)
  const isBlocks = isNamed && starts.length === new Set(labels).size
  const longest = isBlocks
    ? Math.max(...starts.map((at, i) => (starts[i + 1] ?? count) - at))
    : Number.POSITIVE_INFINITY
  const across = Math.max(1, columns ?? Math.min(longest, Math.ceil(Math.sqrt(count))))
  const scale = Math.max(
    1,
    Math.min(
      Math.floor(comfortableSide / Math.max(width, height)),
      Math.floor((comfortableWidth / across - gap) / width),
    ),
  )
  const tile = { width: width * scale, height: height * scale }
  const beside = isBlocks ? labels.map((label) => shortened(label, widestLabel)) : []
  const margin = isBlocks ? textScale * Math.max(...beside.map(textWidth)) + 3 * gap : 0
  const isRoomy = labels.every((label) => textScale * textWidth(label) <= tile.width)
  const below = isRoomy ? textScale : 1
  const line = tile.height + gap + (isNamed && !isBlocks ? below * lineHeight + gap : 0)
  const places: Place[] = []
  const texts: { text: string; left: number; top: number; scale: number }[] = []
  let [column, top] = [0, gap]
  for (let row = 0; row < count; row++) {
    const begins = isBlocks && starts.includes(row)
    if (row > 0 && (column === across || begins)) [column, top] = [0, top + line]
    const left = margin + gap + column * (tile.width + gap)
    places.push({ left, top })
    const text = isBlocks ? beside[row]! : shortened(labels[row]!, tile.width / below)
    const middle = top + Math.max(0, Math.floor((tile.height - textScale * lineHeight) / 2))
    if (begins) texts.push({ text, left: 2 * gap, top: middle, scale: textScale })
    else if (isNamed && !isBlocks) texts.push({ text, left, top: top + tile.height + gap, scale: below })
    column++
  }
  const lowest = isBlocks ? Math.max(0, textScale * lineHeight - tile.height) : 0
  const size = { width: margin + across * (tile.width + gap) + gap, height: top + line + lowest }
  return { size, scale, places, texts }
}

/** The places at which another label begins. */
function blockStarts(labels: readonly string[]): number[] {
  return Array.from(labels.keys()).filter((row) => row === 0 || labels[row] !== labels[row - 1])
}

/** Puts a picture's pixels at a place of the sheet. */
function paste(
  sheet: ContactSheet,
  {
    shown,
    width,
    height,
    scale,
    left,
    top,
  }: Place & {
    /** [h · w · 4]. */
    readonly shown: Uint8Array
    readonly width: number
    readonly height: number
    readonly scale: number
  },
): void {
  for (let y = 0; y < height * scale; y++)
    for (let x = 0; x < width * scale; x++) {
      const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * 4
      const opacity = shown[from + 3]! / 255
      const behind = chequers[(Math.floor(x / chequerSide) + Math.floor(y / chequerSide)) % 2]!
      const to = ((top + y) * sheet.width + left + x) * 3
      for (let c = 0; c < 3; c++)
        sheet.bytes[to + c] = Math.round(opacity * shown[from + c]! + (1 - opacity) * behind)
    }
}
