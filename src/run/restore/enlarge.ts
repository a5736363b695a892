import { pictureShrink } from '../../sampling/index.ts'
import type { Repair } from './damage.ts'
import { numberTold } from './told.ts'

/** Pictures are given smaller than they were. */
export const enlarge: Repair = {
  name: 'enlarge',
  summary: 'enlarge what has been made smaller by means of squares of pixels',
  source: 'Kawar, Elad, Ermon, Song 2022 (linear inverse problems)',
  option: { takes: 'times', says: 'how many times as wide and as high they shall become, a whole number' },
  damage: async (told, { shape: { channels, height, width }, called }) => {
    const factor = numberTold(told, called?.('enlarge') ?? 'enlarge')
    const operator = pictureShrink([channels, height, width], factor)
    return { operator, size: { width: width / factor, height: height / factor } }
  },
}
