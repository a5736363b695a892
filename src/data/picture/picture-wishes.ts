import { ScorefieldError } from '../../base/index.ts'

/** What the numbers of a pixel are. */
export const pictureModes = ['grey', 'colour', 'transparent'] as const
/** One of `pictureModes`. */
export type PictureMode = (typeof pictureModes)[number]

/** How a picture comes to its size: what stands out is cut away, or what is missing is filled. */
export const pictureFits = ['crop', 'pad'] as const

/** What is done with files that cannot be read. */
export const brokenChoices = ['skip', 'refuse'] as const

/** What a person says of pictures; what is left out follows from them. */
export interface PictureWishes {
  /** Pixels a side, `32`, or width and height, `48x32`. */
  readonly size?: string | undefined
  readonly fit?: (typeof pictureFits)[number] | undefined
  readonly mode?: PictureMode | undefined
  readonly broken?: (typeof brokenChoices)[number] | undefined
  /** Larger files are refused by their header. */
  readonly largestMegapixels?: number | undefined
  /** Whether every second example is mirrored, left to right. */
  readonly flip?: boolean | undefined
}

/** The same without what is left open. */
export type ToldWishes = { readonly [K in keyof PictureWishes]?: Exclude<PictureWishes[K], undefined> }

/** What is told, without what is not. */
export function toldWishes(wishes: PictureWishes = {}): ToldWishes {
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined))
}

/** Pixels of a picture, across and down. */
export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** Largest picture that is read unless told, in millions of pixels. */
export const usualLargestMegapixels = 50

/** A size as it is told: `32` or `48x32`. Throws `usage/size`. */
export function sizeTold(text: string): PixelSize {
  const [, width, , height = width] = /^\s*(\d+)(\s*[x×,]\s*(\d+))?\s*$/i.exec(text) ?? []
  const size = { width: Number(width), height: Number(height) }
  const isSide = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= 4096
  if (isSide(size.width) && isSide(size.height)) return size
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/size',
    message: `"${text}" is no size of pictures.`,
    where: '--size',
    hint: 'Give the pixels of a side, such as 32, or width and height, such as 48x32; 4096 at most.',
  })
}

/** Sides that pictures are brought to at most unless a size is told: a model of larger ones takes hours on a CPU. */
export const usualLargestSide = 64

/**
 * The size that pictures are brought to unless told. One size that all have is kept, but at most 64 pixels a side in proportion.
 * Of several sizes: a square of the shorter side that nine in ten have or exceed, at most 64. Also says so, in a sentence.
 */
export function sizeOfPictures(sizes: readonly PixelSize[]): PixelSize & { readonly note?: string } {
  const [first] = sizes as readonly [PixelSize]
  const areAlike = sizes.every(({ width, height }) => width === first.width && height === first.height)
  if (areAlike) {
    const longer = Math.max(first.width, first.height)
    if (longer <= usualLargestSide) return { width: first.width, height: first.height }
    const scale = usualLargestSide / longer
    const [width, height] = [first.width, first.height].map((side) =>
      Math.max(1, Math.round(side * scale)),
    ) as [number, number]
    return {
      ...{ width, height },
      note: `All pictures have ${first.width} × ${first.height} pixels; they are brought to ${width} × ${height}. Another size: --size ${longer}.`,
    }
  }
  const shorter = sizes.map(({ width, height }) => Math.min(width, height)).sort((a, b) => a - b)
  const side = Math.min(usualLargestSide, shorter[Math.floor(shorter.length / 10)]!)
  const least = shorter[0]!
  // Sizes of some hundred thousand files are too many for the arguments of a call.
  const most = sizes.reduce((so, { width, height }) => Math.max(so, width, height), 0)
  return {
    ...{ width: side, height: side },
    note: `The pictures have sides of ${least} to ${most} pixels; they are brought to ${side} × ${side}. Another size: --size N.`,
  }
}
