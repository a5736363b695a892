import { ScorefieldError } from '../../base/index.ts'
import type { DamageWord } from './damage.ts'

/** A number that an option is told. Throws `usage/restore`. */
export function numberTold(told: DamageWord, option: string): number {
  const value = typeof told === 'object' || String(told).trim() === '' ? Number.NaN : Number(told)
  if (Number.isFinite(value)) return value
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/restore',
    message: `${option} must be a number, not ${typeof told === 'object' ? 'an object' : `"${told}"`}.`,
    where: option,
    hint: 'Say by how much, such as 2.',
  })
}

/** Noise that is told: a standard deviation as a share of white minus black, or `auto`. Throws `usage/restore`. */
export function noiseTold(told: string | number, option: string): number | 'auto' {
  if (told === 'auto') return told
  const value = String(told).trim() === '' ? Number.NaN : Number(told)
  if (value >= 0 && value <= 10) return value
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/restore',
    message: `${option} must be a standard deviation or auto, not "${told}".`,
    where: option,
    hint: 'Give it as a share of white minus black: 0.1 is 25.5 of 255.',
  })
}
