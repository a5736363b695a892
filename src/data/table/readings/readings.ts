import { dressedNumbers } from './dressed-numbers.ts'
import { moments } from './moments.ts'
import type { Reading } from './reading.ts'

/** Every way to read text as numbers, in the order in which they are tried. */
export const readings: readonly Reading[] = [moments, dressedNumbers]
