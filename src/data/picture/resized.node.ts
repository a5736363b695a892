import {
  bytesOf,
  type Channels,
  type LoadedPictures,
  type PictureColumn,
  requireLoaded,
} from './picture-column.ts'
import { type PictureWishes, sizeOfPictures, sizeTold } from './picture-wishes.ts'
import { inLanes } from './scan.node.ts'
import { sharpPackage } from './sharp.node.ts'

/**
 * Pictures of one size in memory, brought to the size that is wished, or to the usual one; the same column where that is theirs.
 * Their levels become 256 then. Throws `usage/size`, `picture/sharp-missing` where they must be resized.
 */
export async function resized(
  column: PictureColumn,
  { size: told, fit = 'crop' }: PictureWishes,
): Promise<{ readonly picture: LoadedPictures; readonly notes: readonly string[] }> {
  const given = requireLoaded(column)
  const { width, height, channels, levels } = given
  const to: { width: number; height: number; note?: string } =
    told === undefined ? sizeOfPictures([{ width, height }]) : sizeTold(told)
  if (to.width === width && to.height === height) return { picture: given, notes: [] }
  const sharp = sharpPackage()
  const size = bytesOf(given)
  const made = bytesOf({ ...to, channels })
  const count = given.values.length / size
  const values = new Uint8Array(count * made)
  await inLanes(count, async (row) => {
    const own = given.values.slice(row * size, (row + 1) * size)
    if (levels < 256) for (let i = 0; i < size; i++) own[i] = Math.round((own[i]! * 255) / (levels - 1))
    const fitted = sharp(own, { raw: { width, height, channels } })
      .resize({
        ...{ width: to.width, height: to.height, fit: fit === 'crop' ? 'cover' : 'contain' },
        background: { r: 0, g: 0, b: 0, alpha: channels === 4 ? 0 : 1 },
      })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    values.set(await fitted.raw({ depth: 'uchar' }).toBuffer(), row * made)
  })
  return {
    picture: {
      ...given,
      width: to.width,
      height: to.height,
      channels: channels as Channels,
      levels: 256,
      values,
    },
    notes: to.note ? [to.note] : [],
  }
}
