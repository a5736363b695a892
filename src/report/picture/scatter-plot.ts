import * as Plot from '@observablehq/plot'
import { columnOf, frameOf, isInside, type Rows, rowCount, spreadRows } from './numbers.ts'
import type { PictureOptions } from './panel.ts'
import { densityMark, fieldFrame, fieldSentences, type PlaneField, scoreMark } from './plane-field.ts'
import { type PlaneFrame, type PlaneLabels, type PlaneView, planePanels } from './plane-panels.ts'
import { countText } from './text.ts'
import { theme } from './theme.ts'

export type { PlaneField } from './plane-field.ts'

/** What `scatterPlot` draws. */
export interface ScatterPlotOptions extends PictureOptions, PlaneLabels {
  /** Points of the data, [n, 2]. */
  data: Rows
  /** Points of the model, [m, 2]. */
  samples: Rows
  /** What the model believes on a grid, for a third panel; its extent is then what all panels show. */
  field?: PlaneField
}

/** Points drawn in each panel, at most. */
export const scatterRows = 2000

/**
 * Data and samples in the plane, side by side on the same axes, and, given a field, density and score beside them.
 * One unit is equally long on both axes unless their spans differ more than 2.5-fold.
 * Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function scatterPlot(options: ScatterPlotOptions): string {
  const { field, data: dataRows, samples: sampleRows, ...rest } = options
  const data = points(dataRows, 'data')
  const samples = points(sampleRows, 'samples')
  const frame = field === undefined ? frameOfPoints([data, samples]) : fieldFrame(field)
  return planePanels({
    ...rest,
    frame,
    views: (width, height) => [
      { name: 'data', marks: [dots(data, frame, theme.data)], grid: true },
      { name: 'samples', marks: [dots(samples, frame, theme.samples)], grid: true },
      ...(field === undefined ? [] : [modelView(field, frame, width, height)]),
    ],
    caption: [
      ...shownSentences(data, 'data points', frame),
      ...shownSentences(samples, 'samples', frame),
      ...(field === undefined ? [] : fieldSentences(field)),
    ],
  })
}

function modelView(field: PlaneField, frame: PlaneFrame, width: number, height: number): PlaneView {
  const parts = [
    { name: 'density', marks: field.logDensity === undefined ? [] : [densityMark(field)] },
    { name: 'score', marks: field.score === undefined ? [] : [scoreMark(field, frame, width, height)] },
  ].filter(({ marks }) => marks.length > 0)
  const name = `model: ${parts.map((part) => part.name).join(' and ')}`
  return { name, marks: parts.flatMap(({ marks }) => marks), grid: false }
}

export interface Points {
  x: Float64Array
  y: Float64Array
}

export function points(values: Rows, where: string): Points {
  rowCount(values, 2, where)
  return { x: columnOf(values, 2, 0), y: columnOf(values, 2, 1) }
}

function frameOfPoints(sets: readonly Points[]): PlaneFrame {
  return { x: frameOf(...sets.map((set) => set.x)), y: frameOf(...sets.map((set) => set.y)) }
}

function isShown(set: Points, frame: PlaneFrame, row: number): boolean {
  return isInside(set.x[row]!, frame.x) && isInside(set.y[row]!, frame.y)
}

function dots(set: Points, frame: PlaneFrame, colour: string): Plot.Markish {
  const rows = spreadRows(set.x.length, scatterRows).filter((row) => isShown(set, frame, row))
  return dotsOf(set, rows, colour)
}

/** A small dot at each of these rows' points. */
export function dotsOf(set: Points, rows: readonly number[], colour: string): Plot.Markish {
  return Plot.dot(rows, {
    x: (row: number) => set.x[row],
    y: (row: number) => set.y[row],
    r: 1.6,
    fill: colour,
    fillOpacity: 0.4,
    stroke: 'none',
  })
}

/** What a reader must know of the points a panel leaves out. */
function shownSentences(set: Points, plural: string, frame: PlaneFrame): string[] {
  const total = set.x.length
  let [infinite, outside] = [0, 0]
  for (let row = 0; row < total; row++) {
    if (!Number.isFinite(set.x[row]) || !Number.isFinite(set.y[row])) infinite++
    else if (!isShown(set, frame, row)) outside++
  }
  const some =
    total > scatterRows ? `${countText(scatterRows)} of ${countText(total)} ${plural} are drawn.` : ''
  return [
    some,
    outside === 0 ? '' : `Outside the frame: ${countText(outside)} of ${countText(total)} ${plural}.`,
    infinite === 0 ? '' : `Not finite: ${countText(infinite)} of ${countText(total)} ${plural}.`,
  ]
}
