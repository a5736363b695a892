import { daysOf } from '../moments/civil.ts'
import { momentFormat } from '../moments/moment-format.ts'
import type { Calendar } from '../table.ts'
import { type DayOrder, draftsOf, type MomentDraft } from './moment-drafts.ts'
import { leastShare, type Reading, type TextReading } from './reading.ts'
import type { Shape } from './shapes.ts'

/** Days and times, each column in a format of its own: 2020-12-31, 31.12.2020 08:30, 12/31/99, 5 May 2021, 20201231, 3:04 PM. */
export const moments: Reading = {
  name: 'moments',
  summary: 'days and times: 2020-12-31, 31.12.2020 08:30, 12/31/99, 5 May 2021, 20201231, 3:04 PM',
  propose: (shapes) => {
    const total = shapes.reduce((sum, { count }) => sum + count, 0)
    const tallies = tally(shapes)
    const orders = [...new Set([...tallies.values()].map(({ draft }) => `${draft.order}|${draft.language}`))]
    return orders
      .map((order) =>
        [...tallies.values()].filter(({ draft }) => `${draft.order}|${draft.language}` === order),
      )
      .filter(
        (ways) =>
          new Set(ways.flatMap(({ shapes }) => shapes)).size > 0 && cellsOf(ways) >= leastShare * total,
      )
      .flatMap(readingsOf)
  },
}

/** A way to write moments, and the shapes whose cells may be written so. */
interface Way {
  readonly draft: MomentDraft
  readonly shapes: Shape[]
  count: number
  /** Cells with one digit where others have two, by letter, and cells with a leading zero. */
  readonly bare: Map<string, number>
  readonly zero: Map<string, number>
}

function tally(shapes: readonly Shape[]): Map<string, Way> {
  const ways = new Map<string, Way>()
  for (const shape of shapes)
    for (const draft of draftsOf(shape.example.trim())) {
      const key = `${draft.order}|${draft.unit}|${draft.language}|${draft.format}`
      const way: Way = ways.get(key) ?? { draft, shapes: [], count: 0, bare: new Map(), zero: new Map() }
      ways.set(key, way)
      way.shapes.push(shape)
      way.count += shape.count
      for (const letter of draft.bare) way.bare.set(letter, (way.bare.get(letter) ?? 0) + shape.count)
      for (const letter of draft.zero) way.zero.set(letter, (way.zero.get(letter) ?? 0) + shape.count)
    }
  return ways
}

function cellsOf(ways: readonly Way[]): number {
  return [...new Set(ways.flatMap(({ shapes }) => shapes))].reduce((sum, { count }) => sum + count, 0)
}

/** The readings of ways that have the order of day and month in common: one, or one more where zones differ. */
function readingsOf(ways: readonly Way[]): TextReading[] {
  const main = mainOf(ways)
  const unit = main.draft.unit
  const others = ways.filter((way) => way !== main && unitFits(way.draft.unit, unit))
  const one = readingOf(
    main,
    others.filter(({ draft }) => draft.zone === '' || draft.zone === main.draft.zone),
  )
  return main.draft.zone === '' ? [one] : [one, acrossZones(main, others)]
}

/** Days may stand among timestamps, for midnight. */
function unitFits(unit: Calendar['unit'], main: Calendar['unit']): boolean {
  return unit === main || (main === 'timestamp' && unit === 'date')
}

/** The way that most cells are written in, among those that say the most. */
function mainOf(ways: readonly Way[]): Way {
  const detail = ({ draft: { unit, format } }: Way): number =>
    (unit === 'date' ? 0 : 1) + Number(/%S/.test(format)) + Number(/%\d?[fg]/.test(format))
  return ways.reduce((best, way) => ((detail(way) - detail(best) || way.count - best.count) > 0 ? way : best))
}

/** The format of a way: leading zeros where most cells that can show it have them. */
function formatOf({ draft, bare, zero }: Way): string {
  return draft.format.replace(/%([dmHI])/g, (all, letter: string) =>
    (bare.get(letter) ?? 0) > (zero.get(letter) ?? 0) ? `%-${letter}` : all,
  )
}

function readingOf(main: Way, others: readonly Way[]): TextReading {
  const calendar = calendarOf(main, formatOf(main))
  const parsers = [main, ...others].map(
    (way) => momentFormat(calendarOf(main, formatOf(way), way.draft.language)).parse,
  )
  const { order } = main.draft
  const remark = remarkOf(calendar.format)
  return {
    parse: firstOf(parsers, calendar),
    format: momentFormat(calendar).format,
    isShapeEnough: !/%[\^#]?[aA]/.test(calendar.format),
    carries: { calendar },
    type: typeOf[calendar.unit],
    meaning: order,
    ...(remark === undefined ? {} : { remark }),
    ...doubtOf(order, calendar.format),
  }
}

/** The same for cells of several zones: all are brought to UTC. */
function acrossZones(main: Way, others: readonly Way[]): TextReading {
  const unzoned = ({ draft, ...way }: Way): Way => ({
    ...way,
    draft: { ...draft, format: draft.format.slice(0, draft.format.length - draft.zone.length) },
  })
  const utc = calendarOf(main, `${formatOf(unzoned(main))}Z`)
  const parsers = [main, ...others].map(
    (way) => momentFormat(calendarOf(main, `${formatOf(unzoned(way))}%z`)).parse,
  )
  return {
    parse: firstOf(parsers, utc),
    format: momentFormat(utc).format,
    isShapeEnough: true,
    isRewritten: true,
    carries: { calendar: utc },
    type: 'TIMESTAMP',
    meaning: main.draft.order,
    remark: 'has times of several zones; all were brought to UTC.',
  }
}

function calendarOf({ draft: { unit, language } }: Way, format: string, spoken = language): Calendar {
  return { unit, format, ...(spoken === 'en' ? {} : { language: spoken }) }
}

/** Reads a cell in the first way that fits; days without separators only where they are of a likely year. */
function firstOf(parsers: readonly TextReading['parse'][], { format, unit }: Calendar): TextReading['parse'] {
  const [first, ...others] = parsers as [TextReading['parse'], ...TextReading['parse'][]]
  const isCompact = format.startsWith('%Y%m%d')
  const [least, most] = likelyDays.map((days) => (unit === 'date' ? days : days * 86_400)) as [number, number]
  return (cell) => {
    let value = first(cell)
    if (Number.isNaN(value)) {
      const bare = cell.trim()
      value = first(bare)
      for (let k = 0; k < others.length && Number.isNaN(value); k++) value = others[k]!(bare)
    }
    return isCompact && !(value >= least && value <= most) ? Number.NaN : value
  }
}

/** Numbers outside are no days. */
const likelyDays: readonly [number, number] = [daysOf(1800, 1, 1), daysOf(2199, 12, 31)]

const typeOf: Readonly<Record<Calendar['unit'], string>> = {
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  time: 'TIME',
}

function remarkOf(format: string): string | undefined {
  if (format.includes('%y'))
    return `has years of two digits: 69 to 99 were read as 1969 to 1999, 00 to 68 as 2000 to 2068.`
  return format.startsWith('%Y%m%d') ? 'was read as days written without separators.' : undefined
}

/** What to say where day and month could stand the other way round, too. */
function doubtOf(order: DayOrder, format: string): Pick<TextReading, 'doubt'> {
  if (order !== 'day first' && order !== 'month first')
    return order === 'year first' && format.includes('%y')
      ? { doubt: () => `was read as ${order} (${format}); it could be the other way round.` }
      : {}
  return {
    doubt: (others) => {
      const read = `was read as ${order} (${format})`
      // Years of two digits may be days: 15-10-20.
      return others.every((other) => other === 'year first')
        ? `${read}; as written year first, all cells are days, too.`
        : `${read}; no day is above 12, so it could be the other way round.`
    },
  }
}
