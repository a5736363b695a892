import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import type { Associations } from '../../evaluation/index.ts'
import { type Axis, linearAxis } from './axis.ts'
import {
  binEdges,
  correlation,
  histogram,
  type Interval,
  isInside,
  type Rows,
  rowCount,
  spreadRows,
} from './numbers.ts'
import {
  type ColumnView,
  columnAxis,
  columnAxisUp,
  fittedWords,
  mixedAssociations,
  type PictureColumn,
  wordShares,
} from './pair-columns.ts'
import { type PictureOptions, panelElement } from './panel.ts'
import { type LegendEntry, pictureText } from './picture.ts'
import { shownViews } from './shown-columns.ts'
import { countText, fitText, textElement, wrapText } from './text.ts'
import { theme } from './theme.ts'

/** What `pairPlot` draws. */
export interface PairPlotOptions extends PictureOptions {
  /** The columns, [d]; a plain name, with its unit, is a column of numbers. */
  columns: readonly (string | PictureColumn)[]
  /** Rows of the data, [n, d]; a gap is NaN, a word its place among its column's. */
  data: Rows
  /** Rows of the model, [m, d]. */
  samples: Rows
  /** Columns drawn, at most. Default: 6. */
  maxColumns?: number
}

/** Points of each kind in one panel, at most. */
export const pairRows = 200

const cell = 112
const gap = 9
/** Room on the left for names and numbers; more where words stand there. */
const leftOf = (isMixed: boolean): number => (isMixed ? 126 : 88)
/** Where names on the left stand. */
const nameLeft = 28
/** Room for words that stand upright below the last row. */
const wordsBelow = 78

/**
 * Every pair of columns at a glance: scatter below the diagonal, densities on it, correlations above it. Words have bars of their
 * shares on the diagonal, and a stripe each in scatters; how strongly they go with other columns is told as evaluations do.
 * Of more columns than `maxColumns`, those are drawn whose mean absolute correlation with the others is largest in the
 * data: where there is most structure to get right. They keep their order, and the picture says how many they are.
 * Throws `picture/shape`, `picture/no-document`.
 */
export function pairPlot(options: PairPlotOptions): string {
  const { maxColumns = 6 } = options
  const columns = options.columns.map((column) => (typeof column === 'string' ? { name: column } : column))
  rowCount(options.data, columns.length, 'data')
  rowCount(options.samples, columns.length, 'samples')
  if (maxColumns < 1) {
    throw new ScorefieldError({
      kind: 'usage',
      code: 'picture/shape',
      message: 'maxColumns must be at least 1',
    })
  }
  const views = shownViews({ ...options, columns }, maxColumns)
  const isMixed = views.some(({ words }) => words)
  const associations = isMixed ? mixedAssociations(views) : undefined
  const size = views.length * (cell + gap)
  const left = leftOf(isMixed)
  const hidden = columns.length > views.length
  const shownText = hidden ? `${views.length} of ${columns.length} columns` : undefined
  const title = [options.title, shownText].filter((part) => part !== undefined).join(' — ')

  const body = (top: number) => {
    const elements = views.flatMap((vertical, row) =>
      views.flatMap((horizontal, column) => {
        const place: Place = {
          left: left + column * (cell + gap),
          top: top + row * (cell + gap),
          outerX: row === views.length - 1,
          outerY: column === 0 && row > 0,
          document: options.document,
        }
        if (row === column) return densityPanel(horizontal, place)
        if (row > column) return pairPanel(horizontal, vertical, place)
        return strengthCell(
          strengths(horizontal, vertical, associations && { associations, row, column }),
          place,
        )
      }),
    )
    const below = isMixed ? wordsBelow : 0
    return {
      elements: [...elements, ...names(views, { top, left, wordsBelow: below })],
      height: size + 44 + below,
    }
  }
  return pictureText({
    title: title || undefined,
    width: left + size + 10,
    legend,
    body,
    caption: [hidden ? 'The columns most related to the others are shown.' : '', ...sentences(views)],
  })
}

const legend: readonly LegendEntry[] = [
  { text: 'data', colour: theme.data, textColour: theme.dataText, symbol: 'dot' },
  { text: 'samples', colour: theme.samples, textColour: theme.samplesText, symbol: 'dot' },
]

interface Place {
  left: number
  top: number
  /** Whether this panel carries the numbers of the axis. */
  outerX: boolean
  outerY: boolean
  document: Document | undefined
}

const noTicks = { ticks: [], labelled: false }

function axis(view: ColumnView, labelled: boolean): Axis {
  const fitted = columnAxis(view, { length: cell, overhang: gap / 4, counts: [3, 2, 4, 1.5, 5, 6, 1] })
  // Words below are too long to stand side by side: they are set upright, see `names`.
  if (view.words) return { ...fitted, labelled: false }
  return labelled ? fitted : { ...fitted, ...noTicks }
}

/** The axis upwards. */
function axisUp(view: ColumnView, labelled: boolean): Axis {
  const up = columnAxisUp(view)
  return labelled || view.words ? { ...up, labelled } : { ...up, ...noTicks }
}

function densityPanel(view: ColumnView, place: Place): string[] {
  if (view.words) return sharePanel(view, place)
  const edges = binEdges(view.data, view.frame)
  const [dataHeights, samplesHeights] = [histogram(view.data, edges), histogram(view.samples, edges)]
  const highest = Math.max(...dataHeights, ...samplesHeights) || 1
  const [dataOutline, samplesOutline] = [dataHeights, samplesHeights].map((heights) =>
    stepOutline(edges, heights, view.frame),
  )
  // Only the data are filled: two overlapping fills would mix to grey.
  const marks = [
    Plot.areaY(dataOutline, { x: 'x', y1: 0, y2: 'y', fill: theme.data, fillOpacity: 0.16 }),
    Plot.line(dataOutline, { x: 'x', y: 'y', stroke: theme.data, strokeWidth: 1.4 }),
    Plot.line(samplesOutline, { x: 'x', y: 'y', stroke: theme.samples, strokeWidth: 1.4 }),
  ]
  const y = { ...linearAxis({ low: 0, high: 1.08 * highest }), ...noTicks }
  const panel = { ...place, width: cell, height: cell, x: axis(view, place.outerX), y, marks, grid: false }
  return [panelElement(panel, place.document)]
}

/** Shares of words as bars, those of the data beside those of the samples. */
function sharePanel(view: ColumnView, place: Place): string[] {
  const shares = (['data', 'samples'] as const).map((kind) => wordShares(view, view[kind]))
  const bars = (['data', 'samples'] as const).flatMap((kind, side) =>
    shares[side]!.map((y, word) => ({
      x1: word - 0.38 + 0.39 * side,
      x2: word - 0.01 + 0.39 * side,
      y,
      fill: theme[kind],
      opacity: kind === 'data' ? 0.55 : 0.75,
    })),
  )
  const marks = [
    Plot.rectY(bars, { x1: 'x1', x2: 'x2', y1: 0, y2: 'y', fill: 'fill', fillOpacity: 'opacity' }),
  ]
  const y = { ...linearAxis({ low: 0, high: 1.08 * Math.max(0.01, ...shares.flat()) }), ...noTicks }
  return [
    panelElement(
      { ...place, width: cell, height: cell, x: axis(view, false), y, marks, grid: false },
      place.document,
    ),
  ]
}

/** The corners of a histogram's outline, from the ground up and back to it, within the frame. */
function stepOutline(
  edges: readonly number[],
  heights: readonly number[],
  frame: Interval,
): { x: number; y: number }[] {
  const inside = (x: number): number => Math.max(frame.low, Math.min(frame.high, x))
  const corners = heights.flatMap((y, bin) => [
    { x: inside(edges[bin]!), y },
    { x: inside(edges[bin + 1]!), y },
  ])
  return [{ x: inside(edges[0]!), y: 0 }, ...corners, { x: inside(edges.at(-1)!), y: 0 }]
}

function pairPanel(x: ColumnView, y: ColumnView, place: Place): string[] {
  const marks = [
    Plot.dot(interleaved(x, y), {
      x: 'x',
      y: 'y',
      r: 1.4,
      fill: 'colour',
      fillOpacity: 0.45,
      stroke: 'none',
    }),
  ]
  const axes = { x: axis(x, place.outerX), y: axisUp(y, place.outerY) }
  return [panelElement({ ...place, width: cell, height: cell, ...axes, marks, grid: false }, place.document)]
}

interface ColouredPoint {
  x: number
  y: number
  colour: string
}

/** Data and samples by turns, so that neither kind lies on top of the other. */
function interleaved(x: ColumnView, y: ColumnView): ColouredPoint[] {
  const pick = (kind: 'data' | 'samples'): ColouredPoint[] =>
    spreadRows(x[kind].length, pairRows).map((row) => ({
      x: across(x, kind, x[kind][row]!, row),
      y: upwards(y, y[kind][row]!, row),
      colour: theme[kind],
    }))
  const [data, samples] = [pick('data'), pick('samples')]
  return Array.from({ length: Math.max(data.length, samples.length) }, (_, index) => [
    data[index],
    samples[index],
  ])
    .flat()
    .filter((point) => point !== undefined)
    .filter((point) => isInside(point.x, x.frame) && isInside(point.y, y.frame))
}

/** Where a word's dot lies across: within its stripe, data on the left and samples on the right, evenly, so that dots show how many. */
function across({ words }: ColumnView, kind: 'data' | 'samples', value: number, row: number): number {
  return words ? value + (kind === 'data' ? -0.36 : 0.02) + 0.34 * ((row * Math.SQRT2) % 1) : value
}

/** Where it lies upwards, the first word on top; in steps that have nothing to do with those across. */
function upwards({ words }: ColumnView, value: number, row: number): number {
  return words ? words.length - 1 - value - 0.36 + 0.72 * ((row * Math.sqrt(3)) % 1) : value
}

/** How strongly two columns go together, in data and samples. */
function strengths(
  x: ColumnView,
  y: ColumnView,
  mixed: { readonly associations: Associations; readonly row: number; readonly column: number } | undefined,
): readonly [data: number, samples: number] {
  if (!x.words && !y.words) return [correlation(x.data, y.data), correlation(x.samples, y.samples)]
  const { associations, row, column } = mixed!
  const of = (kind: 'real' | 'synthetic'): number => associations[kind][row]![column] ?? Number.NaN
  return [of('real'), of('synthetic')]
}

function strengthCell([data, samples]: readonly [number, number], place: Place): string[] {
  const middle = { x: place.left + cell / 2, anchor: 'middle', size: 15, bold: true } as const
  const line = (value: number, y: number, fill: string): string =>
    textElement(correlationText(value), { ...middle, y, fill })
  return [
    `<rect x="${place.left}" y="${place.top}" width="${cell}" height="${cell}" fill="none" stroke="${theme.grid}"/>`,
    line(data, place.top + cell / 2 - 5, theme.dataText),
    line(samples, place.top + cell / 2 + 17, theme.samplesText),
  ]
}

/** A correlation to two decimals, with a sign as wide as a digit; a dash where there is none. */
export function correlationText(value: number): string {
  if (Number.isNaN(value)) return '–'
  const text = Math.abs(value).toFixed(2)
  return value < 0 && text !== '0.00' ? `−${text}` : text
}

const nameLineHeight = 13

/** The columns' names below and left of the panels, in at most two lines each. */
function names(
  views: readonly ColumnView[],
  { top, left, wordsBelow }: { readonly top: number; readonly left: number; readonly wordsBelow: number },
): string[] {
  const size = theme.labelSize
  const style = { anchor: 'middle', size } as const
  const ground = top + views.length * (cell + gap) - gap
  const bottom = ground + 32 + wordsBelow
  return views.flatMap(({ name, words = [] }, index) => {
    const middle = index * (cell + gap) + cell / 2
    const upright = fittedWords(words).map((line, place) => {
      const x = left + index * (cell + gap) + (cell * (place + 0.5)) / words.length + 3.5
      return textElement(line, { anchor: 'end', size: theme.tickSize, x, y: ground + 8, rotate: -90 })
    })
    const [first = '', ...rest] = wrapText(name, cell + gap - 4, size)
    const lines = rest.length === 0 ? [first] : [first, fitText(rest.join(' '), cell + gap - 4, size)]
    const named = lines.flatMap((line, number) => {
      const x = nameLeft - (lines.length - 1 - number) * nameLineHeight
      return [
        textElement(line, { ...style, x: left + middle, y: bottom + number * nameLineHeight }),
        textElement(line, { ...style, x, y: top + middle, rotate: -90 }),
      ]
    })
    return [...upright, ...named]
  })
}

function sentences(views: readonly ColumnView[]): string[] {
  const [first] = views
  if (first === undefined) return []
  const drawn = (['data', 'samples'] as const)
    .filter((kind) => first[kind].length > pairRows)
    .map(
      (kind) =>
        `${pairRows} of ${countText(first[kind].length)} ${kind === 'data' ? 'data rows' : 'samples'}`,
    )
  const outside = (['data', 'samples'] as const).reduce((sum, kind) => sum + rowsOutside(views, kind), 0)
  const gaps = views.some((view) =>
    [view.data, view.samples].some((column) => column.some((v) => !Number.isFinite(v))),
  )
  return [
    views.some(({ words }) => words)
      ? 'Diagonal: histograms of numbers, shares of words. Above it, data over samples: Pearson’s correlation of numbers, η of a number and words, Cramér’s V of words.'
      : 'Diagonal: densities, as histograms. Above it: Pearson’s correlation, data over samples.',
    drawn.length === 0 ? '' : `Dots: ${drawn.join(' and ')}; all other figures use every row.`,
    outside === 0 ? '' : `${countText(outside)} data rows or samples lie outside the frame of a column.`,
    gaps ? 'Where a value is missing, the row is left out of that panel.' : '',
  ]
}

function rowsOutside(views: readonly ColumnView[], kind: 'data' | 'samples'): number {
  let count = 0
  for (let row = 0; row < views[0]![kind].length; row++) {
    const beyond = views.some(
      (view) => Number.isFinite(view[kind][row]!) && !isInside(view[kind][row]!, view.frame),
    )
    if (beyond) count++
  }
  return count
}
