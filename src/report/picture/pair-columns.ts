import type { Calendar, Column, Table } from '../../data/index.ts'
import { type Associations, associationsOf } from '../../evaluation/index.ts'
import { type Axis, type AxisRoom, fittedAxis, linearAxis } from './axis.ts'
import { binEdges, columnOf, frameOf, type Interval, type Rows } from './numbers.ts'
import { countText, fitText, textWidth } from './text.ts'
import { theme } from './theme.ts'
import { fittedTimeAxis, timeAxis } from './time-axis.ts'

/** A column of a picture. */
export interface PictureColumn {
  /** Its name, with its unit. */
  readonly name: string
  /** Of a column of words: rows hold the place of a word among these. */
  readonly words?: readonly string[]
  /** Of a column of days or times. */
  readonly calendar?: Calendar
}

/** Rows of two tables as a picture takes them: columns, and numbers [n, d]; a gap is NaN. */
export interface PictureRows {
  readonly columns: readonly PictureColumn[]
  readonly data: Float64Array
  readonly samples: Float64Array
}

/** The columns `names` of two tables; words are those of both, the most frequent of the data first. */
export function pictureRows(data: Table, samples: Table, names: readonly string[]): PictureRows {
  const columns = names.map((name) => {
    const [real, made] = [data, samples].map((table) => table.columns.find((one) => one.name === name)!)
    const words = real!.kind === 'text' ? wordsOf(real!, made!) : undefined
    const places = new Map(words?.map((word, place) => [word as string | null, place]))
    const numbers = (column: Column): Float64Array =>
      column.kind === 'number'
        ? column.values
        : Float64Array.from(column.values, (word) => places.get(word) ?? Number.NaN)
    const calendar = real!.kind === 'number' ? real!.calendar : undefined
    return {
      column: { name, ...(words ? { words } : {}), ...(calendar ? { calendar } : {}) },
      data: numbers(real!),
      samples: numbers(made!),
    }
  })
  return {
    columns: columns.map(({ column }) => column),
    data: interleaved(columns.map((one) => one.data)),
    samples: interleaved(columns.map((one) => one.samples)),
  }
}

/** Columns, [d] of [n], as rows, [n, d]. */
function interleaved(columns: readonly Float64Array[]): Float64Array {
  const rows = new Float64Array((columns[0]?.length ?? 0) * columns.length)
  columns.forEach((values, k) => {
    for (let row = 0; row < values.length; row++) rows[row * columns.length + k] = values[row]!
  })
  return rows
}

function wordsOf(real: Column, made: Column): string[] {
  const counts = new Map<string, number>()
  for (const [column, weight] of [
    [real, 1],
    [made, 0],
  ] as const)
    for (const word of column.values as readonly (string | null)[])
      if (word !== null) counts.set(word, (counts.get(word) ?? 0) + weight)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word)
}

/** Words of a column that have a place of their own, at most; the others share one. */
export const mostWords = 6

/** A column as the panels see it. */
export interface ColumnView {
  readonly name: string
  /** [n] and [m]: numbers, or places of words; NaN is a gap. */
  readonly data: Float64Array
  readonly samples: Float64Array
  readonly frame: Interval
  /** The words that stand at 0, 1, 2, …, the last of them for all others where there are more. */
  readonly words?: readonly string[]
  readonly calendar?: Calendar
}

/** The view of column `index` of rows. */
export function columnView(
  {
    columns,
    data,
    samples,
  }: { readonly columns: readonly PictureColumn[]; readonly data: Rows; readonly samples: Rows },
  index: number,
): ColumnView {
  const { name, words, calendar } = columns[index]!
  const [own, made] = [data, samples].map((rows) => columnOf(rows, columns.length, index)) as [
    Float64Array,
    Float64Array,
  ]
  if (words === undefined) {
    const frame = frameOf(own, made)
    const edges = binEdges(own, frame)
    // Whole numbers have a bin each, which the frame does not cut.
    const whole = isWhole(edges) ? { low: edges[0]!, high: edges.at(-1)! } : frame
    return { name, data: own, samples: made, frame: whole, ...(calendar ? { calendar } : {}) }
  }
  const left = words.length - mostWords
  const shown = left > 1 ? [...words.slice(0, mostWords), `${countText(left)} others`] : words
  const place = (values: Float64Array): Float64Array =>
    values.map((value) => Math.min(value, shown.length - 1))
  return {
    name,
    data: place(own),
    samples: place(made),
    frame: { low: -0.5, high: Math.max(1, shown.length) - 0.5 },
    words: shown,
  }
}

/** Whether each whole number has a bin of its own. */
export function isWhole(edges: readonly number[]): boolean {
  return edges[1]! - edges[0]! === 1 && !Number.isInteger(edges[0])
}

/** The axis of a column: words at their places, dates at whole days, months or years, whole numbers at whole ticks. */
export function columnAxis(view: ColumnView, room: AxisRoom): Axis {
  const { frame, words, calendar } = view
  if (words) {
    const texts = fittedWords(words)
    return {
      ...frame,
      type: 'linear',
      ticks: words.map((_, place) => place),
      tickText: (place) => texts[place]!,
    }
  }
  if (calendar) return fittedTimeAxis(frame, calendar, room)
  const axis = fittedAxis(frame, room)
  return isWhole(binEdges(view.data, frame)) ? { ...axis, ticks: axis.ticks.filter(Number.isInteger) } : axis
}

/** The axis of a column where it goes upwards: of words the first is on top, and numbers have room beside one another. */
export function columnAxisUp(view: ColumnView): Axis {
  const { frame, words, calendar } = view
  if (words) {
    const across = columnAxis(view, { length: 0, overhang: 0 })
    return { ...across, tickText: (place) => across.tickText(words.length - 1 - place) }
  }
  if (calendar) return timeAxis(frame, calendar, 3)
  const axis = linearAxis(frame, 3)
  return isWhole(binEdges(view.data, frame)) ? { ...axis, ticks: axis.ticks.filter(Number.isInteger) } : axis
}

/** Pixels that a word beside an axis has. */
const wordRoom = 84

/** Words as they stand beside an axis: cut at their ends, or in their middles where their beginnings are alike. */
export function fittedWords(words: readonly string[]): string[] {
  const cut = words.map((word) => fitText(word, wordRoom, theme.tickSize))
  return words.map((word, place) => {
    if (cut.filter((text) => text === cut[place]).length === 1) return cut[place]!
    const characters = [...word]
    let kept = Math.floor(characters.length / 2)
    const text = (): string => `${characters.slice(0, kept).join('')}…${characters.slice(-kept).join('')}`
    while (kept > 1 && textWidth(text(), theme.tickSize) > wordRoom) kept--
    return text()
  })
}

/** The shares of each word among the rows with a value. */
export function wordShares({ words = [] }: ColumnView, places: Float64Array): number[] {
  const filled = places.filter((place) => !Number.isNaN(place))
  return words.map((_, word) => filled.filter((place) => place === word).length / Math.max(1, filled.length))
}

/** How strongly columns of which some are words go together, in data and samples: `associationsOf` the evaluation. */
export function mixedAssociations(views: readonly ColumnView[]): Associations {
  const tableOf = (kind: 'data' | 'samples'): Table => ({
    rowCount: views[0]![kind].length,
    source: kind,
    columns: views.map((view, k): Column => {
      const shared = { name: String(k), type: '' }
      if (!view.words) return { ...shared, kind: 'number', decimals: 0, values: view[kind] }
      return {
        ...shared,
        kind: 'text',
        values: Array.from(view[kind], (place) => view.words![place] ?? null),
      }
    }),
  })
  return associationsOf({
    real: tableOf('data'),
    synthetic: tableOf('samples'),
    names: views.map((_, k) => String(k)),
  })
}
