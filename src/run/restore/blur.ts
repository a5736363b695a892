import { pictureBlur } from '../../sampling/index.ts'
import type { Repair } from './damage.ts'
import { numberTold } from './told.ts'

/** Pictures are blurred by a Gaussian of known width. */
export const blur: Repair = {
  name: 'blur',
  summary: 'sharpen what a Gaussian of known width has blurred',
  source: 'Kawar, Elad, Ermon, Song 2022 (linear inverse problems)',
  option: { takes: 'pixels', says: 'the standard deviation of the Gaussian that has blurred them' },
  damage: async (told, { shape: { channels, height, width }, called }) => ({
    operator: pictureBlur([channels, height, width], numberTold(told, called?.('blur') ?? 'blur')),
    size: { width, height },
  }),
}
