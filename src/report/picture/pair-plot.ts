import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import { type Axis, fittedAxis, linearAxis } from './axis.ts'
import {
  binEdges,
  columnOf,
  correlation,
  frameOf,
  histogram,
  type Interval,
  isInside,
  type Rows,
  rowCount,
  spreadRows,
} from './numbers.ts'
import { type PictureOptions, panelElement } from './panel.ts'
import { type LegendEntry, pictureText } from './picture.ts'
import { countText, fitText, textElement, wrapText } from './text.ts'
import { theme } from './theme.ts'

/** What `pairPlot` draws. */
export interface PairPlotOptions extends PictureOptions {
  /** Names of the columns, with units, [d]. */
  columns: readonly string[]
  /** Rows of the data, [n, d]; a gap is NaN. */
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
const left = 88

/**
 * Every pair of columns at a glance: scatter below the diagonal, densities on it, correlations above it.
 * Of more columns than `maxColumns`, those are drawn whose mean absolute correlation with the others is largest in the
 * data: where there is most structure to get right. They keep their order, and the picture says how many they are.
 * Throws `picture/shape`, `picture/no-document`.
 */
export function pairPlot(options: PairPlotOptions): string {
  const { columns, maxColumns = 6 } = options
  rowCount(options.data, columns.length, 'data')
  rowCount(options.samples, columns.length, 'samples')
  if (maxColumns < 1) {
    throw new ScorefieldError({
      kind: 'usage',
      code: 'picture/shape',
      message: 'maxColumns must be at least 1',
    })
  }
  const chosen = mostCorrelated(options.data, columns.length, maxColumns)
  const views = chosen.map((index) => columnView(options, index))
  const size = views.length * (cell + gap)
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
        const draw = row > column ? pairPanel : correlationCell
        return draw(horizontal, vertical, place)
      }),
    )
    return { elements: [...elements, ...names(views, top)], height: size + 44 }
  }
  return pictureText({
    title: title || undefined,
    width: left + size + 10,
    legend,
    body,
    caption: [hidden ? 'Shown are the columns most correlated with the others.' : '', ...sentences(views)],
  })
}

const legend: readonly LegendEntry[] = [
  { text: 'data', colour: theme.data, textColour: theme.dataText, symbol: 'dot' },
  { text: 'samples', colour: theme.samples, textColour: theme.samplesText, symbol: 'dot' },
]

// Multiplications spent on choosing columns, about: a tenth of a second.
const choosingWork = 2e7

/**
 * The columns to draw, ascending: see `pairPlot`.
 * Of very many columns, such as pixels, evenly spread rows are compared rather than all, at least 50.
 */
export function mostCorrelated(data: Rows, width: number, limit: number): number[] {
  const all = Array.from({ length: width }, (_, index) => index)
  if (width <= limit) return all
  const rows = spreadRows(data.length / width, Math.max(50, Math.floor(choosingWork / width ** 2)))
  const values = all.map((column) => Float64Array.from(rows, (row) => data[row * width + column]!))
  const strength = new Array<number>(width).fill(0)
  for (const first of all) {
    for (let second = 0; second < first; second++) {
      const size = Math.abs(correlation(values[first]!, values[second]!))
      if (Number.isNaN(size)) continue
      strength[first]! += size
      strength[second]! += size
    }
  }
  const ranked = [...all].sort((a, b) => strength[b]! - strength[a]! || a - b)
  return ranked.slice(0, limit).sort((a, b) => a - b)
}

interface ColumnView {
  name: string
  data: Float64Array
  samples: Float64Array
  frame: Interval
}

interface Place {
  left: number
  top: number
  /** Whether this panel carries the numbers of the axis. */
  outerX: boolean
  outerY: boolean
  document: Document | undefined
}

function columnView(options: PairPlotOptions, index: number): ColumnView {
  const data = columnOf(options.data, options.columns.length, index)
  const samples = columnOf(options.samples, options.columns.length, index)
  return { name: options.columns[index]!, data, samples, frame: frameOf(data, samples) }
}

const noTicks = { ticks: [], labelled: false }

function axis(view: ColumnView, labelled: boolean): Axis {
  const fitted = fittedAxis(view.frame, { length: cell, overhang: gap / 4, counts: [3, 2, 4, 1.5, 5, 6, 1] })
  return labelled ? fitted : { ...fitted, ...noTicks }
}

function densityPanel(view: ColumnView, place: Place): string[] {
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
  const axes = { x: axis(x, place.outerX), y: axis(y, place.outerY) }
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
      x: x[kind][row]!,
      y: y[kind][row]!,
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

function correlationCell(x: ColumnView, y: ColumnView, place: Place): string[] {
  const middle = { x: place.left + cell / 2, anchor: 'middle', size: 15, bold: true } as const
  const line = (value: number, y: number, fill: string): string =>
    textElement(correlationText(value), { ...middle, y, fill })
  return [
    `<rect x="${place.left}" y="${place.top}" width="${cell}" height="${cell}" fill="none" stroke="${theme.grid}"/>`,
    line(correlation(x.data, y.data), place.top + cell / 2 - 5, theme.dataText),
    line(correlation(x.samples, y.samples), place.top + cell / 2 + 17, theme.samplesText),
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
function names(views: readonly ColumnView[], top: number): string[] {
  const size = theme.labelSize
  const style = { anchor: 'middle', size } as const
  const bottom = top + views.length * (cell + gap) - gap + 32
  return views.flatMap(({ name }, index) => {
    const middle = index * (cell + gap) + cell / 2
    const [first = '', ...rest] = wrapText(name, cell + gap - 4, size)
    const lines = rest.length === 0 ? [first] : [first, fitText(rest.join(' '), cell + gap - 4, size)]
    return lines.flatMap((line, number) => {
      const x = left - 60 - (lines.length - 1 - number) * nameLineHeight
      return [
        textElement(line, { ...style, x: left + middle, y: bottom + number * nameLineHeight }),
        textElement(line, { ...style, x, y: top + middle, rotate: -90 }),
      ]
    })
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
    'Diagonal: densities, as histograms. Above it: Pearson’s correlation, data over samples.',
    drawn.length === 0 ? '' : `Dots: ${drawn.join(' and ')}; all other figures use every row.`,
    outside === 0 ? '' : `${countText(outside)} data rows or samples lie outside the frame of a column.`,
    gaps ? 'Where a number is missing or not finite, the row is left out of that panel.' : '',
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
