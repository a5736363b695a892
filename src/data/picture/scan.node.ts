import { stat } from 'node:fs/promises'
import type { PictureFile } from './list.node.ts'
import type { PixelSize } from './picture-wishes.ts'
import type { Sharp } from './sharp.node.ts'

/** What the header of a file says of its picture. */
export interface ScannedPicture extends PixelSize {
  readonly file: PictureFile
  /** What the file holds, whatever its ending: `png`, `jpeg`, … */
  readonly format: string
  readonly mode: 'grey' | 'colour'
  readonly hasAlpha: boolean
  readonly isPalette: boolean
  readonly isCmyk: boolean
  /** Whether its colours are those of a profile (ICC) of its own. */
  readonly hasProfile: boolean
  /** More than 8 bits a number. */
  readonly isDeep: boolean
  /** Whether it is turned by its EXIF data. */
  readonly isTurned: boolean
  /** 1 of a picture that stands still. */
  readonly frames: number
}

/** A file that is left out, and why. */
export interface BrokenPicture {
  readonly name: string
  /** As the end of a sentence that begins with the file. */
  readonly reason: string
}

/** Files that are decoded at once: enough for the threads that decode. */
const lanes = 8

/** Reads the headers of files, in their order; what cannot be read, or has more pixels, is given apart. */
export async function scanPictures(
  files: readonly PictureFile[],
  { sharp, largestMegapixels }: { readonly sharp: Sharp; readonly largestMegapixels: number },
): Promise<{ readonly scanned: readonly ScannedPicture[]; readonly broken: readonly BrokenPicture[] }> {
  const found = new Array<ScannedPicture | BrokenPicture>(files.length)
  await inLanes(files.length, async (at) => {
    const file = files[at]!
    try {
      // The header is read whatever size it tells of: the size is judged here.
      const head = await sharp(file.path, { failOn: 'error', limitInputPixels: false }).metadata()
      const { width, height } = head.autoOrient
      const megapixels = (width * height) / 1e6
      found[at] =
        megapixels > largestMegapixels
          ? {
              name: file.name,
              reason: `has ${width} × ${height} pixels, more than ${largestMegapixels} million (data.pictures.largestMegapixels)`,
            }
          : {
              ...{ file, width, height, format: head.format, hasAlpha: head.hasAlpha },
              mode: /^(b-w|grey16)$/.test(head.space) && !head.isPalette ? 'grey' : 'colour',
              isPalette: head.isPalette,
              isCmyk: head.space === 'cmyk',
              hasProfile: head.hasProfile,
              isDeep: !['uchar', 'char'].includes(head.depth),
              isTurned: (head.orientation ?? 1) > 1,
              frames: head.pages ?? 1,
            }
    } catch (error) {
      const { size = 0 } = (await stat(file.path).catch(() => undefined)) ?? {}
      found[at] = { name: file.name, reason: size === 0 ? 'holds 0 bytes, or is gone' : brokenReason(error) }
    }
  })
  return {
    scanned: found.filter((one): one is ScannedPicture => 'file' in one),
    broken: found.filter((one): one is BrokenPicture => 'reason' in one),
  }
}

/** Does work 0 … count − 1, some of it at a time. */
export async function inLanes(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane))
}

/** Why a file cannot be decoded, as the end of a sentence. */
export function brokenReason(error: unknown): string {
  const said = String((error as Error)?.message ?? error).split('\n')[0]!
  if (/unsupported image format/i.test(said)) return 'holds no picture of a format that is known'
  if (/EACCES|permission/i.test(said)) return 'may not be read'
  return `is damaged or cut off (${said.replace(/^Input file( ".*")? /, '').replace(/[.:\s]+$/, '')})`
}
