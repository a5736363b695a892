import { languages, namesOf, placeOfName } from '../moments/names.ts'
import type { Calendar } from '../table.ts'

/** In which order a day is written; `time` has none. */
export type DayOrder = 'year first' | 'day first' | 'month first' | 'without day' | 'time'

/** A way in which a cell may be written: its format, but for leading zeros, with what the cell shows of these. */
export interface MomentDraft {
  readonly format: string
  readonly order: DayOrder
  readonly unit: Calendar['unit']
  readonly language: string
  /** Letters of one digit in this cell, and those with a leading zero. */
  readonly bare: string
  readonly zero: string
  /** The zone at the end of the cell, if there is one. */
  readonly zone: string
}

/** A part of a draft. */
type Part = Pick<MomentDraft, 'format' | 'bare' | 'zero'>

const nothing: Part = { format: '', bare: '', zero: '' }

/** How a number of one or two digits is written: `letter` says what it is. */
function number(letter: string, digits: string): Part {
  return {
    format: `%${letter}`,
    bare: digits.length === 1 ? letter : '',
    zero: digits.length === 2 && digits[0] === '0' ? letter : '',
  }
}

function literal(text: string): Part {
  return { ...nothing, format: text.replaceAll('%', '%%') }
}

function joined(...parts: readonly Part[]): Part {
  return {
    format: parts.map(({ format }) => format).join(''),
    bare: parts.map(({ bare }) => bare).join(''),
    zero: parts.map(({ zero }) => zero).join(''),
  }
}

/** Every way in which the cell may be written, the likeliest first. */
export function draftsOf(cell: string): MomentDraft[] {
  const { rest, zone } = withoutZone(cell)
  const timed = splitTime(rest)
  if (timed?.date === '')
    return [{ ...joined(timed.time, literal(zone)), order: 'time', unit: 'time', language: 'en', zone }]
  const days = datesOf(timed?.date ?? rest, timed?.isTwelve ?? false)
  if (timed === undefined) return zone === '' ? days.map((day) => ({ ...day, unit: 'date', zone: '' })) : []
  return days.map(({ order, language, ...date }) => ({
    ...joined(date, literal(timed.between), timed.time, literal(zone)),
    order,
    language,
    unit: 'timestamp',
    zone,
  }))
}

const zoneForm = /^(.*:\d\d(?:[.,]\d+)?|.*T\d{6})(\s?(?:Z|UTC|GMT)|\s?[+-]\d{2}(?::?\d{2})?)$/

function withoutZone(cell: string): { readonly rest: string; readonly zone: string } {
  const found = zoneForm.exec(cell)
  return found === null ? { rest: cell, zone: '' } : { rest: found[1]!, zone: found[2]! }
}

const clock =
  /^(?:(.*[^\s,])(T|\s*,\s*|\s+at\s+|\s+))?(\d{1,2})(:|\.| ?h ?)(\d{2})(?:\4(\d{2})(?:([.,])(\d{1,9}))?)?(?:(\s?)([AaPp][Mm]))?( Uhr)?$/
const hourOnly = /^(?:(.*[^\s,])(\s*,\s*|\s+at\s+|\s+))?(\d{1,2})(\s?)([AaPp][Mm])$/
const compactClock = /^(\d{8})(T?)(\d{2})(\d{2})(\d{2})?$/

interface TimeSplit {
  readonly date: string
  readonly between: string
  readonly time: Part
  readonly isTwelve: boolean
}

/** The time of day at the end of a cell, and what stands before it. */
function splitTime(text: string): TimeSplit | undefined {
  const compact = compactClock.exec(text)
  if (compact) {
    const [, date, between, , , seconds] = compact as unknown as [
      string,
      string,
      string,
      string,
      string,
      string | undefined,
    ]
    return {
      date,
      between,
      time: { ...nothing, format: seconds === undefined ? '%H%M' : '%H%M%S' },
      isTwelve: false,
    }
  }
  const hour = hourOnly.exec(text)
  if (hour) {
    const [, date = '', between = '', digits, blank, half] = hour as unknown as [
      string,
      string | undefined,
      string | undefined,
      string,
      string,
      string,
    ]
    return { date, between, time: joined(number('I', digits), literal(blank), halfOf(half)), isTwelve: true }
  }
  const found = clock.exec(text)
  if (found === null) return undefined
  const [
    ,
    date = '',
    between = '',
    hours,
    mark,
    ,
    seconds,
    point = '',
    fraction,
    blank = '',
    half,
    end = '',
  ] = found as unknown as string[]
  // 14.30 alone is a number.
  if (mark === '.' && date === '' && end === '') return undefined
  const time = joined(
    number(half === undefined ? 'H' : 'I', hours!),
    literal(mark!),
    { ...nothing, format: '%M' },
    seconds === undefined ? nothing : joined(literal(mark!), { ...nothing, format: '%S' }),
    fraction === undefined
      ? nothing
      : joined(literal(point), { ...nothing, format: fractionOf(fraction.length) }),
    literal(blank),
    half === undefined ? nothing : halfOf(half),
    literal(end),
  )
  return { date, between, time, isTwelve: half !== undefined }
}

function fractionOf(digits: number): string {
  return digits === 3 ? '%g' : digits === 6 ? '%f' : `%${digits}f`
}

function halfOf(half: string): Part {
  return { ...nothing, format: half === half.toUpperCase() ? '%p' : '%#p' }
}

type DayDraft = Part & Pick<MomentDraft, 'order' | 'language'>

const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/
const yearLast = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})$/
/** Chinese, Japanese, Korean: 2023年8月28日. */
const withSigns = /^(\d{4})(年|년 ?)(\d{1,2})(月|월 ?)(\d{1,2})(日|일)$/
const compactDay = /^\d{8}$/
const yearAndMonth = /^(\d{4})([-/])(\d{1,2})$/
const monthAndYear = /^(\d{1,2})([-/])(\d{4})$/

/** Every way in which a day may be written. */
function datesOf(text: string, isTwelve: boolean): DayDraft[] {
  const weekday = /^(\p{L}+)(\.?,?\s+)(.*\d.*)$/u.exec(text)
  const withWeekday =
    weekday === null
      ? []
      : weekdaysOf(weekday[1]!).flatMap(({ format, language }) =>
          plainDates(weekday[3]!, isTwelve)
            .concat(namedDates(weekday[3]!))
            .filter((day) => day.language === language || !/%[\^#]?[bB]/.test(day.format))
            .map((day) => ({
              ...joined({ ...nothing, format }, literal(weekday[2]!), day),
              order: day.order,
              language,
            })),
        )
  return [...plainDates(text, isTwelve), ...namedDates(text), ...withWeekday]
}

function plainDates(text: string, isTwelve: boolean): DayDraft[] {
  const day = (order: DayOrder, ...parts: readonly Part[]): DayDraft => ({
    ...joined(...parts),
    order,
    language: 'en',
  })
  const year = (digits: string): Part => ({ ...nothing, format: digits.length === 4 ? '%Y' : '%y' })
  if (compactDay.test(text)) return [day('year first', { ...nothing, format: '%Y%m%d' })]
  let found = withSigns.exec(text)
  if (found) {
    const [, y, ofYear, m, ofMonth, d, ofDay] = found
    return [
      day(
        'year first',
        ...[year(y!), literal(ofYear!), number('m', m!), literal(ofMonth!), number('d', d!), literal(ofDay!)],
      ),
    ]
  }
  found = yearFirst.exec(text)
  if (found) {
    const [, y, mark, m, d] = found as unknown as [string, string, string, string, string]
    return [day('year first', year(y), literal(mark), number('m', m), literal(mark), number('d', d))]
  }
  found = yearLast.exec(text)
  if (found) {
    const [, a, mark, b, y] = found as unknown as [string, string, string, string, string]
    const dayFirst = day('day first', number('d', a), literal(mark), number('m', b), literal(mark), year(y))
    const monthFirst = day(
      'month first',
      number('m', a),
      literal(mark),
      number('d', b),
      literal(mark),
      year(y),
    )
    const last =
      y.length === 2 && a.length === 2
        ? [day('year first', year(a), literal(mark), number('m', b), literal(mark), number('d', y))]
        : []
    // Who writes 3 PM writes the month first.
    return [...(isTwelve ? [monthFirst, dayFirst] : [dayFirst, monthFirst]), ...last]
  }
  found = yearAndMonth.exec(text)
  if (found) return [day('without day', year(found[1]!), literal(found[2]!), number('m', found[3]!))]
  found = monthAndYear.exec(text)
  return found ? [day('without day', number('m', found[1]!), literal(found[2]!), year(found[3]!))] : []
}

const word = '(\\p{L}{3,})'
const namedForms: readonly { readonly form: RegExp; readonly order: DayOrder; readonly parts: string }[] = [
  {
    form: new RegExp(`^(\\d{1,2})(\\.? | de |-|/|\\.|)${word}(\\.?,? | del? |-|/|)(\\d{4}|\\d{2})$`, 'u'),
    order: 'day first',
    parts: 'd.n.y',
  },
  {
    form: new RegExp(`^${word}(\\.? |-)(\\d{1,2})(,? |-)(\\d{4}|\\d{2})$`, 'u'),
    order: 'month first',
    parts: 'n.d.y',
  },
  {
    form: new RegExp(`^(\\d{4})( |-|/)${word}(\\.? |-|/)(\\d{1,2})$`, 'u'),
    order: 'year first',
    parts: 'y.n.d',
  },
  { form: new RegExp(`^${word}(\\.? |-|/)(\\d{4}|\\d{2})$`, 'u'), order: 'without day', parts: 'n.y' },
  { form: new RegExp(`^(\\d{4})( |-|/)${word}$`, 'u'), order: 'without day', parts: 'y.n' },
]

/** Days whose month is a word. */
function namedDates(text: string): DayDraft[] {
  for (const { form, order, parts } of namedForms) {
    const found = form.exec(text)
    if (found === null) continue
    const name = found[parts.indexOf('n') + 1]!
    return wordsOf(name, 'bB').map(({ format, language }): DayDraft => {
      const pieces = [...parts].map((part, k): Part => {
        const cell = found[k + 1]!
        if (part === 'n') return { ...nothing, format }
        if (part === 'd') return number('d', cell)
        return part === 'y' ? { ...nothing, format: cell.length === 4 ? '%Y' : '%y' } : literal(cell)
      })
      return { ...joined(...pieces), order, language }
    })
  }
  return []
}

function weekdaysOf(name: string): { readonly format: string; readonly language: string }[] {
  return wordsOf(name, 'aA')
}

/** The letters and languages that a name of a month or a weekday may stand for. */
function wordsOf(name: string, letters: string): { readonly format: string; readonly language: string }[] {
  return Object.keys(languages).flatMap((language) =>
    [...letters].flatMap((letter) => {
      const place = placeOfName(name, letter, language)
      if (place < 0) return []
      const usual = languages[language]![namesOf[letter]!][place]!
      const flag =
        name === usual ? '' : name === name.toLowerCase() ? '#' : name === name.toUpperCase() ? '^' : ''
      return [{ format: `%${flag}${letter}`, language }]
    }),
  )
}
