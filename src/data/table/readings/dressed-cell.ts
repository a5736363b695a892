import { isMoney, isUnit } from './units.ts'

/** A cell taken apart: what stands around the digits, the digits with their marks, the sign, and what is left: a unit. */
export interface DressedCell {
  readonly before: string
  readonly digits: string
  readonly after: string
  readonly isNegative: boolean
  readonly unit: string
}

/** Digits, and between them what sets apart thousands and fractions. */
const numberWithin = /^(\D*?)([.,]?\d(?:[\d.,'’ \u00a0\u202f_]*\d)?)(\D.*)?$/s
const minus = /[-−–]/
const trailingMinus = /[-−](?=\s|$)/

/** Takes a cell apart; undefined if it is no number, or something stands beside it that is neither sign nor unit. */
export function takeApart(cell: string): DressedCell | undefined {
  const found = numberWithin.exec(cell)
  if (found === null) return undefined
  let [, before, digits, after = ''] = found as unknown as [string, string, string, string | undefined]
  if (/[.,]/.test(digits[0]!) && /\p{L}$/u.test(before)) {
    // The point of an abbreviation: Rs.500.
    before += digits[0]!
    digits = digits.slice(1)
  }
  if (before === '' && after === '') return { before, digits, after, isNegative: false, unit: '|' }
  const opens = before.includes('(')
  if (opens !== after.includes(')')) return undefined
  const negatives = [opens, minus.test(before), trailingMinus.test(after)].filter(Boolean).length
  if (negatives > 1 || (negatives === 1 && before.includes('+'))) return undefined
  // A label with a number, USD-1, is no debt.
  if (/\p{L}-$/u.test(before) && !/[.,]/.test(digits)) return undefined
  const money = before.replace(/[-−–+(\s]/g, '')
  const unit = after.replace(')', '').replace(trailingMinus, '').trim()
  if (money !== '' && !isMoney(money)) return undefined
  if (unit !== '' && !isUnit(unit)) return undefined
  return { before, digits, after, isNegative: negatives === 1, unit: `${money}|${unit}` }
}
