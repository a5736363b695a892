/** How the digits of a column are set: what stands before the fraction, and between groups. */
export interface DigitStyle {
  readonly point: '.' | ','
  readonly group: string
  readonly lakh: boolean
}

const groups = [',', '.', "'", '’', ' ', '\u00a0', '\u202f', '_']

/** Every style, the likeliest first where several fit: 1,234 is a thousand and more, 1.234 is one and a fraction. */
export const digitStyles: readonly DigitStyle[] = [
  { point: '.', group: '', lakh: false },
  { point: '.', group: ',', lakh: false },
  { point: '.', group: ',', lakh: true },
  { point: ',', group: '', lakh: false },
  { point: ',', group: '.', lakh: false },
  ...groups
    .slice(2)
    .flatMap((group) => (['.', ','] as const).map((point) => ({ point, group, lakh: false }))),
]

/** Reads digits in one style; NaN where they are set otherwise, or have zeros in front as codes have. */
export function digitReader({ point, group, lakh }: DigitStyle): (digits: string) => number {
  const [p, g] = [escaped(point), escaped(group)]
  const whole = lakh
    ? `[1-9]\\d?(?:${g}\\d\\d)*${g}\\d{3}`
    : group === ''
      ? ''
      : `[1-9]\\d{0,2}(?:${g}\\d{3})+`
  const form = new RegExp(`^(?:${whole === '' ? '' : `${whole}|`}0|[1-9]\\d*)?(?:${p}\\d+)?$`)
  return (digits) => {
    if (!form.test(digits) || digits === '') return Number.NaN
    const bare = group !== '' && digits.includes(group) ? digits.replaceAll(group, '') : digits
    return Number(point === '.' ? bare : bare.replace(point, '.'))
  }
}

/** Splits digits of that style at the point. */
export function wholeAndFraction(digits: string, { point }: DigitStyle): [whole: string, fraction: string] {
  const at = digits.indexOf(point)
  return at < 0 ? [digits, ''] : [digits.slice(0, at), digits.slice(at + 1)]
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
