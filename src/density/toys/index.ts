import { byName } from '../../base/index.ts'
import { bananaToy } from './banana.ts'
import { checkerboard } from './checkerboard.ts'
import { eightGaussians } from './eight-gaussians.ts'
import { gaussianToy } from './gaussian.ts'
import { pinwheel } from './pinwheel.ts'
import { rings } from './rings.ts'
import { spirals } from './spirals.ts'
import { studentTToy } from './student-t.ts'
import { swissRoll } from './swiss-roll.ts'
import type { Toy } from './toy.ts'
import { twoMoons } from './two-moons.ts'
import { uniformToy } from './uniform.ts'

/** All toy data sets, in the order of menus and lists. */
export const toys: readonly Toy[] = [
  eightGaussians,
  twoMoons,
  checkerboard,
  spirals,
  pinwheel,
  swissRoll,
  rings,
  bananaToy,
  gaussianToy,
  studentTToy,
  uniformToy,
]

/** The toy of this name; throws `usage/unknown-name`, with the nearest name, when there is none. */
export function toyByName(name: string): Toy {
  return byName(toys, name, 'toy data set')
}
