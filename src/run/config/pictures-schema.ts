import { z } from 'zod'
import {
  brokenChoices,
  pictureFits,
  pictureModes,
  type ToldWishes,
  usualLargestMegapixels,
} from '../../data/index.ts'
import { flag, oneOf, real, text } from './setting.ts'

/** How pictures are read. */
export type PicturesConfig = ToldWishes

/** Settings of how pictures are read. */
export const pictures: z.ZodType<PicturesConfig> = z
  .strictObject({
    size: z.exactOptional(
      text({
        description: 'Pixels that pictures are brought to: 32 for a square, 48x32 for width and height.',
        chosen: 'the size that all have, or a square of the shorter sides; at most 64',
      }),
    ),
    fit: z.exactOptional(
      oneOf(pictureFits, {
        description:
          'How a picture of another shape comes to its size: crop cuts away what stands out on both sides, pad fills what is missing.',
        chosen: 'crop',
      }),
    ),
    mode: z.exactOptional(
      oneOf(pictureModes, {
        description: 'What the numbers of a pixel are: 1, 3 or 4 of them.',
        chosen: 'the least that shows all pictures',
      }),
    ),
    broken: z.exactOptional(
      oneOf(brokenChoices, {
        description: 'What is done with files that cannot be read: skip leaves them out and names them.',
        chosen: 'skip',
      }),
    ),
    largestMegapixels: z.exactOptional(
      real({
        description: 'Files of more pixels, in millions, are refused by their header.',
        above: 0,
        chosen: String(usualLargestMegapixels),
      }),
    ),
    flip: z.exactOptional(
      flag({
        description: 'Whether every second example is mirrored, left to right.',
        chosen: 'no',
      }),
    ),
  })
  .meta({ description: 'How pictures are read.' })
