import { bytesOf, type PictureColumn, shownPicture } from '../../data/index.ts'

/** A contact sheet: pixels from the top left, row by row, red, green and blue side by side. */
export interface ContactSheet {
  readonly width: number
  readonly height: number
  readonly channels: 3
  readonly bytes: Uint8Array
}

/** Between two pictures and around all, in pixels of the sheet. */
const gap = 2
/** Small pictures are enlarged, each pixel to a square, up to such a side of a picture and such a width of the sheet. */
const comfortableSide = 96
const comfortableWidth = 1100

const background = 255
/** The two greys of the chequers behind what is transparent, and their side in pixels of the sheet. */
const chequers = [238, 204] as const
const chequerSide = 4

/**
 * Pictures side by side, in their order, `columns` a row (as many as make it square, unless given). Grey chequers show through where
 * a picture is transparent. Pixels are enlarged whole, so a sheet shows exactly the pixels that there are.
 */
export function contactSheet(pictures: PictureColumn, columns?: number): ContactSheet {
  const { values, width, height } = pictures
  const count = (values instanceof Uint8Array ? values.length : 0) / bytesOf(pictures)
  const across = Math.max(1, columns ?? Math.ceil(Math.sqrt(count)))
  const down = Math.max(1, Math.ceil(count / across))
  const scale = Math.max(
    1,
    Math.min(
      Math.floor(comfortableSide / Math.max(width, height)),
      Math.floor((comfortableWidth / across - gap) / width),
    ),
  )
  const size = {
    width: across * (width * scale + gap) + gap,
    height: down * (height * scale + gap) + gap,
  }
  const bytes = new Uint8Array(size.width * size.height * 3).fill(background)
  for (let row = 0; row < count; row++) {
    const left = gap + (row % across) * (width * scale + gap)
    const top = gap + Math.floor(row / across) * (height * scale + gap)
    const shown = shownPicture(pictures, row)
    for (let y = 0; y < height * scale; y++)
      for (let x = 0; x < width * scale; x++) {
        const from = (Math.floor(y / scale) * width + Math.floor(x / scale)) * 4
        const opacity = shown[from + 3]! / 255
        const behind = chequers[(Math.floor(x / chequerSide) + Math.floor(y / chequerSide)) % 2]!
        const to = ((top + y) * size.width + left + x) * 3
        for (let c = 0; c < 3; c++)
          bytes[to + c] = Math.round(opacity * shown[from + c]! + (1 - opacity) * behind)
      }
  }
  return { ...size, channels: 3, bytes }
}
