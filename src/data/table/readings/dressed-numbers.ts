import { type Around, type Dress, dressed, isPlain } from '../dress.ts'
import { type DigitStyle, digitReader, digitStyles, wholeAndFraction } from './digits.ts'
import { type DressedCell, takeApart } from './dressed-cell.ts'
import { leastShare, type Reading, type TextReading } from './reading.ts'
import type { Shape } from './shapes.ts'
import { isKnownUnit, isMoney } from './units.ts'

/** A shape with its example taken apart: all cells of a shape are written alike, but for their digits. */
interface Part extends DressedCell {
  readonly shape: Shape
}

/** Numbers that wear something: `$1,234.50`, `(1,899.93)`, `3974,94 €`, `63.77 kg`, `−5 %`. */
export const dressedNumbers: Reading = {
  name: 'dressed-numbers',
  summary: 'numbers with units, signs and separators: $1,234.50, (12.5), 3.974,94 €, −5 %',
  propose: (shapes, { point }) => {
    const { parts, units } = unitsOf(shapes)
    const unit = mainUnit(units)
    if (unit === undefined) return []
    const worn = parts.filter((part) => part.unit === unit || isBareZero(part))
    const styles = fittingStyles(worn, totalOf(shapes), unit, point)
    return styles
      .map((style) => dressOf(worn, style, unit))
      .filter((dress) => !isPlain(dress))
      .map((dress): TextReading => {
        const doubt = doubtOf(worn, dress)
        return {
          parse: dressReader(dress),
          format: (value) => dressed(value, dress),
          isShapeEnough: worn.every(({ digits }) => isFixed(digits, dress)),
          carries: { written: { dress } },
          type: 'DOUBLE',
          meaning: `${dress.group}${dress.point}`,
          ...(doubt === undefined ? {} : { doubt: () => doubt }),
        }
      })
  },
  refuse: (shapes) => {
    const { parts, units } = unitsOf(shapes)
    const known = [...units].filter(([unit]) => unit !== '|')
    if (known.length === 0 || units.size < 2 || units.size > mostTold) return undefined
    if (!known.every(([unit]) => unit.split('|').every((part) => part === '' || isKnownUnit(part))))
      return undefined
    if (totalOf(parts.map(({ shape }) => shape)) < leastShare * totalOf(shapes)) return undefined
    const told = [...units].map(([unit, { count, example, row }]) => {
      return `${unit === '|' ? 'none' : unit.replace('|', '')} in ${count} ${count === 1 ? 'cell' : 'cells'} ('${example}' in row ${row + 1})`
    })
    return `its units differ: ${told.join(', ')}. Write all of them in one unit to have numbers.`
  },
}

/** More units than these are words that follow a number. */
const mostTold = 5

interface UnitCount {
  count: number
  readonly example: string
  readonly row: number
}

/** The shapes that are numbers, and how many cells have which unit; zeros without one don't count. */
function unitsOf(shapes: readonly Shape[]): { parts: Part[]; units: Map<string, UnitCount> } {
  const units = new Map<string, UnitCount>()
  const parts = shapes.flatMap((shape): Part[] => {
    const part = takeApart(shape.example)
    if (part === undefined) return []
    if (!isBareZero({ ...part, shape })) {
      const known = units.get(part.unit)
      if (known) known.count += shape.count
      else units.set(part.unit, { count: shape.count, example: shape.example, row: shape.row })
    }
    return [{ ...part, shape }]
  })
  return { parts, units }
}

/** A zero that stands without the unit of the others. */
function isBareZero({ unit, shape }: Part): boolean {
  return unit === '|' && !/9/.test(shape.text)
}

/** The unit of the column, if there is but one; other cells may be few, and are then named as not fitting. */
function mainUnit(units: ReadonlyMap<string, UnitCount>): string | undefined {
  const total = [...units.values()].reduce((sum, { count }) => sum + count, 0)
  return [...units].find(([, { count }]) => count >= leastShare * total)?.[0]
}

/**
 * The styles that all digits fit, the likeliest first; those that nearly all fit, where none fits all.
 *
 * Money with three digits after every point is thousands, for it has two decimals.
 */
function fittingStyles(
  parts: readonly Part[],
  total: number,
  unit: string,
  told: '.' | ',' | undefined,
): DigitStyle[] {
  const fits = digitStyles.map((style) => {
    const read = digitReader(style)
    const fitting = parts.filter(({ digits }) => !Number.isNaN(read(digits)))
    return { style, count: totalOf(fitting.map(({ shape }) => shape)) }
  })
  const most = Math.max(...fits.map(({ count }) => count))
  if (most === 0 || most < leastShare * total) return []
  const best = fits.filter(({ count }) => count === most).map(({ style }) => style)
  const isUsed = ({ group }: DigitStyle): boolean =>
    group === '' || parts.some(({ digits }) => digits.includes(group))
  const isPoint = ({ point }: DigitStyle): boolean => parts.some(({ digits }) => digits.includes(point))
  // A style whose marks do not occur says the same as one without them.
  const used = best.filter(
    (style) => isUsed(style) && (isPoint(style) || style.point === '.' || style.group === '.'),
  )
  const styles = plausible(parts, used.length > 0 ? used : best.slice(0, 1))
  const money = unit.split('|').some((part) => part !== '' && isMoney(part))
  const rank = (style: DigitStyle): number =>
    told !== undefined ? Number(style.point !== told) : Number(money && style.group === '')
  return styles
    .map((style, place) => ({ style, place }))
    .sort((a, b) => rank(a.style) - rank(b.style) || a.place - b.place)
    .map(({ style }) => style)
}

/**
 * The styles that are left when the cells without marks are looked at: beside 1,234 a cell 834 speaks for thousands, a
 * cell 5678 for a fraction. Groups of two only where those of three don't fit.
 */
function plausible(parts: readonly Part[], styles: readonly DigitStyle[]): readonly DigitStyle[] {
  const ordinary = styles.some(({ lakh }) => !lakh) ? styles.filter(({ lakh }) => !lakh) : styles
  if (ordinary.length < 2) return ordinary
  const bare = parts.filter(({ digits }) => !/\D/.test(digits)).map(({ digits }) => digits.length)
  if (bare.length === 0) return ordinary
  const left = ordinary.filter(({ group }) => (group === '') === Math.max(...bare) > 3)
  return left.length > 0 ? left : ordinary
}

function totalOf(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, { count }) => sum + count, 0)
}

/** The dress that most cells wear. */
function dressOf(parts: readonly Part[], style: DigitStyle, unit: string): Dress {
  const split = parts.map((part) => ({ ...part, split: wholeAndFraction(part.digits, style) }))
  const isZero = ({ shape }: Part): boolean => !/9/.test(shape.text)
  const around = (chosen: readonly Part[]): Around | undefined => {
    const counts = new Map<string, number>()
    for (const { before, after, shape } of chosen) {
      const key = JSON.stringify([before, after])
      counts.set(key, (counts.get(key) ?? 0) + shape.count)
    }
    const usual = [...counts].sort((a, b) => b[1] - a[1])[0]
    return usual === undefined ? undefined : JSON.parse(usual[0])
  }
  const seen = around(parts.filter((part) => !part.isNegative && !isZero(part)))
  const negative = around(parts.filter((part) => part.isNegative))
  const zero = around(parts.filter((part) => !part.isNegative && isZero(part)))
  const bare = unit.split('|') as [string, string]
  const positive = seen ?? zero ?? bare
  const fractions = split.map(({ split: [, fraction] }) => fraction.length)
  const written = fractions.filter((length) => length > 0)
  const wholeBare = written.length < fractions.length && written.length > 0 && Math.min(...written) >= 2
  const groups = (digits: number, from: boolean): number =>
    split.reduce((sum, { split: [whole], shape }) => {
      const length = whole.replace(/\D/g, '').length
      return length === digits && whole.includes(style.group) === from ? sum + shape.count : sum
    }, 0)
  return {
    ...style,
    groupFrom: style.group !== '' && groups(4, false) > groups(4, true) ? 5 : 4,
    leastDecimals: wholeBare
      ? Math.min(...written)
      : written.length < fractions.length
        ? 0
        : Math.min(...fractions),
    wholeBare,
    bareFraction: split.some(({ split: [whole] }) => whole === ''),
    positive,
    negative: negative ?? [`-${positive[0]}`, positive[1]],
    zero: zero ?? positive,
  }
}

/** Float64 holds so many decimal digits of any number. */
const exactDigits = 15

/** Whether digits say by their number alone that they come back: no zero may go lost at their end, and none be rounded. */
function isFixed(digits: string, dress: Dress): boolean {
  const [whole, fraction] = wholeAndFraction(digits, dress)
  return (
    (fraction === '' || fraction.length <= dress.leastDecimals) &&
    whole.length + fraction.length <= exactDigits
  )
}

/** Reads cells of that dress; NaN where one is written otherwise, or has another unit. */
export function dressReader(dress: Dress): (cell: string) => number {
  const read = digitReader(dress)
  const { positive, negative } = dress
  const wornUnit = takeApart(`${positive[0]}1${positive[1]}`)?.unit
  return (cell) => {
    // Nearly all cells wear what the dress says; the others are taken apart, which is slow.
    const plain = read(within(cell, positive))
    if (!Number.isNaN(plain)) return plain
    const below = read(within(cell, negative))
    if (!Number.isNaN(below)) return 0 - below
    const part = takeApart(cell.trim())
    if (part === undefined) return Number.NaN
    const size = read(part.digits)
    if (part.unit !== wornUnit && !(part.unit === '|' && size === 0)) return Number.NaN
    return part.isNegative ? 0 - size : size
  }
}

/** The cell without what stands around; `x`, no number, where it does not. */
function within(cell: string, [before, after]: Around): string {
  const isWorn = cell.length > before.length + after.length && cell.startsWith(before) && cell.endsWith(after)
  return isWorn ? cell.slice(before.length, cell.length - after.length) : 'x'
}

/** What to say where the same digits fit another style. */
function doubtOf(parts: readonly Part[], dress: Dress): string | undefined {
  const example = parts.find(({ digits }) => /[.,]/.test(digits))
  if (example === undefined) return undefined
  const [mark, other] = dress.group === '' ? [dress.point, 'thousands'] : [dress.group, 'the fraction']
  return `was read so that '${example.shape.example}' is ${digitReader(dress)(example.digits)}; the '${mark}' could be that of ${other}.`
}
