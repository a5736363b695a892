import { ScorefieldError } from '../../base/index.ts'
import { type PictureShape, shapeInWords } from '../../data/index.ts'
import { knownCoordinates } from '../../sampling/index.ts'
import type { Damage, Mask, Repair } from './damage.ts'

/** Parts of a picture are missing. */
export const mask: Repair = {
  name: 'mask',
  summary: 'fill what is missing of pictures',
  source: 'Song, Sohl-Dickstein, Kingma et al. 2021 (inpainting by a score)',
  option: {
    takes: 'file',
    says: 'a picture of the same size, white where pixels are missing; or box:x,y,w,h, a rectangle by its left, its top, its width and its height',
  },
  damage: async (told, { shape, readMask }) => {
    if (typeof told === 'object') return maskDamage(told, shape)
    const text = String(told)
    if (text.startsWith('box:')) return maskDamage(boxMask(text.slice(4), shape), shape, text)
    if (readMask) return maskDamage(await readMask(text), shape, text)
    throw wrong(
      `"${text}" is no mask.`,
      'mask',
      'Give { width, height, missing }, 1 where a pixel is missing, or a rectangle as box:x,y,w,h.',
    )
  },
}

/** Pixels are missing where the mask says 1. where: what the mask is called. Throws `usage/restore`. */
export function maskDamage(mask: Mask, shape: PictureShape, where = 'the mask'): Damage {
  const { channels, height, width } = shape
  if (mask.width !== width || mask.height !== height)
    throw wrong(
      `The mask has ${mask.width} × ${mask.height} pixels; the model draws pictures of ${shapeInWords(shape)}.`,
      where,
      `Give a mask of ${width} × ${height} pixels.`,
    )
  const pixels = Float32Array.from(mask.missing, (missing) => (missing ? 0 : 1))
  const unknown = pixels.filter((known) => known === 0).length
  if (unknown === 0 || unknown === pixels.length)
    throw wrong(
      unknown === 0 ? 'Nothing is missing by the mask.' : 'All is missing by the mask.',
      where,
      unknown === 0
        ? 'White pixels of a mask are those that are missing.'
        : 'Draw new pictures by scorefield sample, or make black what is known.',
    )
  const known = new Float32Array(channels * height * width)
  for (let c = 0; c < channels; c++) known.set(pixels, c * height * width)
  return { operator: knownCoordinates(known.length), size: { width, height }, known }
}

/** A mask of one rectangle that is missing, told as x,y,w,h. Throws `usage/restore`. */
export function boxMask(told: string, { height, width }: PictureShape): Mask {
  const numbers = told.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN))
  const [left, top, across, down] = numbers as [number, number, number, number]
  const isWithin =
    numbers.length === 4 && across > 0 && down > 0 && left + across <= width && top + down <= height
  if (!isWithin)
    throw wrong(
      `"box:${told}" is no rectangle within ${width} × ${height} pixels.`,
      `box:${told}`,
      'Give its left and its top, counted from 0, its width and its height, such as box:2,2,4,4.',
    )
  const missing = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    return x >= left && x < left + across && y >= top && y < top + down ? 1 : 0
  })
  return { width, height, missing }
}

function wrong(message: string, where: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'usage/restore', message, where, hint })
}
