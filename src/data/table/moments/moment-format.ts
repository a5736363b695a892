import type { Calendar } from '../table.ts'
import { dayAt, daysOf, weekdayAt } from './civil.ts'
import { languages, namesOf, placeOfName } from './names.ts'

/** Reads and writes moments of one calendar. */
export interface MomentFormat {
  /** The days or seconds that a cell stands for; NaN where it is written otherwise, or there is no such moment. */
  readonly parse: (cell: string) => number
  readonly format: (value: number) => string
}

const secondsADay = 86_400
/** Years of two digits from this on are of the last century.  POSIX.1-2017, strptime. */
const firstYearOf1900s = 69

/** A piece of a format: text as it stands, or a letter with its flag and how many digits it has. */
interface Piece {
  readonly text: string
  readonly letter: string
  readonly flag: string
  readonly digits: number
}

function piecesOf(format: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const found of format.matchAll(/%([-^#]?)(\d?)([A-Za-z%])/g)) {
    const [all, flag, digits, letter] = found as unknown as [string, string, string, string]
    if (found.index > end)
      pieces.push({ text: format.slice(end, found.index), letter: '', flag: '', digits: 0 })
    const isKnown = letter in widths || letter in namesOf || 'pz'.includes(letter)
    if (isKnown) pieces.push({ text: '', letter, flag, digits: Number(digits) || (widths[letter] ?? 0) })
    else pieces.push({ text: letter === '%' ? '%' : all, letter: '', flag: '', digits: 0 })
    end = found.index + all.length
  }
  if (end < format.length) pieces.push({ text: format.slice(end), letter: '', flag: '', digits: 0 })
  return pieces
}

/** Digits of each letter that stands for a number. */
const widths: Readonly<Record<string, number>> = {
  Y: 4,
  y: 2,
  m: 2,
  d: 2,
  H: 2,
  I: 2,
  M: 2,
  S: 2,
  f: 6,
  g: 3,
}

const known = new Map<string, MomentFormat>()

/** The reader and writer of a calendar; made once. */
export function momentFormat(calendar: Calendar): MomentFormat {
  const { unit, format, language = 'en' } = calendar
  const key = `${unit} ${language} ${format}`
  let found = known.get(key)
  if (found === undefined) {
    const pieces = piecesOf(format)
    found = { parse: parserOf(pieces, unit, language), format: writerOf(pieces, unit, language) }
    known.set(key, found)
  }
  return found
}

/** A moment taken apart. */
interface Moment {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  microsecond: number
  weekday: number
}

type Write = (at: Moment) => string

function writerOf(
  pieces: readonly Piece[],
  unit: Calendar['unit'],
  language: string,
): MomentFormat['format'] {
  const writes = pieces.map((piece) => writePiece(piece, language))
  return (value) => {
    const seconds = unit === 'date' ? Math.round(value) * secondsADay : value
    // Microseconds are what is kept; beyond them is the rounding of float64.
    const whole = Math.floor(Math.round(seconds * 1e6) / 1e6)
    const days = Math.floor(whole / secondsADay)
    const ofDay = whole - days * secondsADay
    const at: Moment = {
      ...dayAt(days),
      hour: Math.floor(ofDay / 3600),
      minute: Math.floor(ofDay / 60) % 60,
      second: ofDay % 60,
      microsecond: Math.min(999_999, Math.round((seconds - whole) * 1e6)),
      weekday: weekdayAt(days),
    }
    let text = ''
    for (const write of writes) text += write(at)
    return text
  }
}

function writePiece({ text, letter, flag, digits }: Piece, language: string): Write {
  const padded = (pick: (at: Moment) => number): Write =>
    flag === '-' ? (at) => String(pick(at)) : (at) => String(pick(at)).padStart(digits, '0')
  const cased = (pick: (at: Moment) => string): Write =>
    flag === '^' ? (at) => pick(at).toUpperCase() : flag === '#' ? (at) => pick(at).toLowerCase() : pick
  const names = languages[language]![namesOf[letter] ?? 'months']
  switch (letter) {
    case 'Y':
      return padded(({ year }) => year)
    case 'y':
      return padded(({ year }) => year % 100)
    case 'm':
      return padded(({ month }) => month)
    case 'd':
      return padded(({ day }) => day)
    case 'H':
      return padded(({ hour }) => hour)
    case 'I':
      return padded(({ hour }) => hour % 12 || 12)
    case 'M':
      return padded(({ minute }) => minute)
    case 'S':
      return padded(({ second }) => second)
    case 'f':
    case 'g':
      return ({ microsecond }) => {
        // Three digits are rounded to thousandths; more are cut, so that no second is carried.
        const scaled =
          digits === 3
            ? Math.min(999, Math.round(microsecond / 1000))
            : Math.floor(microsecond / 10 ** (6 - digits))
        return String(scaled).padStart(digits, '0')
      }
    case 'B':
    case 'b':
      return cased(({ month }) => names[month - 1]!)
    case 'A':
    case 'a':
      return cased(({ weekday }) => names[weekday]!)
    case 'p':
      return cased(({ hour }) => (hour < 12 ? 'AM' : 'PM'))
    case 'z':
      return () => 'Z'
    default:
      return () => text
  }
}

function parserOf(pieces: readonly Piece[], unit: Calendar['unit'], language: string): MomentFormat['parse'] {
  const read = pieces.filter(({ letter }) => letter !== '')
  const form = new RegExp(`^${pieces.map((piece, i) => formOf(piece, pieces[i + 1])).join('')}$`, 'u')
  const letters = read.map(({ letter }) => letter)
  return (cell) => {
    const found = form.exec(cell)
    return found === null ? Number.NaN : momentOf(found, letters, unit, language)
  }
}

/** A pattern of what a piece may look like; digits that other digits follow are as many as they must be. */
function formOf({ text, letter, digits }: Piece, next: Piece | undefined): string {
  if (letter === '') return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll(' ', '[ \\u00a0\\u202f]')
  if (letter in namesOf) return '(\\p{L}+)'
  if (letter === 'p') return '([AaPp][Mm])'
  if (letter === 'z') return '(Z|[+\\-]\\d{2}(?::?\\d{2})?)'
  if (letter === 'f' || letter === 'g') return '(\\d{1,9})'
  if (letter === 'Y' || letter === 'y') return `(\\d{${digits}})`
  return next !== undefined && next.letter in widths ? `(\\d{${digits}})` : '(\\d{1,2})'
}

function momentOf(
  found: RegExpExecArray,
  letters: readonly string[],
  unit: Calendar['unit'],
  language: string,
): number {
  let [year, month, day, hour, minute, second, fraction] = [1970, 1, 1, 0, 0, 0, 0]
  let [half, weekday, zone] = [-1, -1, 0]
  for (let k = 0; k < letters.length; k++) {
    const text = found[k + 1]!
    const letter = letters[k]!
    if (letter === 'Y') year = Number(text)
    else if (letter === 'y') year = Number(text) + (Number(text) < firstYearOf1900s ? 2000 : 1900)
    else if (letter === 'm') month = Number(text)
    else if (letter === 'd') day = Number(text)
    else if (letter === 'H') hour = Number(text)
    else if (letter === 'I') hour = Number(text) >= 1 && Number(text) <= 12 ? Number(text) % 12 : Number.NaN
    else if (letter === 'M') minute = Number(text)
    else if (letter === 'S') second = Number(text)
    else if (letter === 'f' || letter === 'g') fraction = Number(`0.${text}`)
    else if (letter === 'p') half = /p/i.test(text) ? 12 : 0
    else if (letter === 'z') zone = secondsOfZone(text)
    else {
      const place = placeOfName(text, letter, language)
      if (place < 0) return Number.NaN
      if (letter === 'B' || letter === 'b') month = place + 1
      else weekday = place
    }
  }
  if (half >= 0) hour += half
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN
  const seconds = hour * 3600 + minute * 60 + second
  if (unit === 'time') return seconds + fraction
  const days = daysOf(year, month, day)
  if (weekday >= 0 && weekday !== weekdayAt(days)) return Number.NaN
  return unit === 'date' ? days : days * secondsADay + seconds - zone + fraction
}

/** Seconds that a zone is ahead of UTC. */
function secondsOfZone(text: string): number {
  if (text === 'Z') return 0
  const digits = text.slice(1).replace(':', '').padEnd(4, '0')
  const size = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60
  return text.startsWith('-') ? -size : size
}
