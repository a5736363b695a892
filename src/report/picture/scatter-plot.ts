import * as Plot from '@observablehq/plot'
import type { Calendar } from '../../data/index.ts'
import { fittedAxis, linearAxis } from './axis.ts'
import { columnOf, frameOf, type Interval, isInside, type Rows, rowCount, spreadRows } from './numbers.ts'
import { axisNames, type PictureOptions, panelElement } from './panel.ts'
import { pictureText } from './picture.ts'
import {
  densityColour,
  densityMark,
  fieldFrame,
  type PlaneField,
  panelShape,
  scoreMark,
} from './plane-field.ts'
import { countText, textElement } from './text.ts'
import { theme } from './theme.ts'
import { fittedTimeAxis, timeAxis } from './time-axis.ts'

export type { PlaneField } from './plane-field.ts'

/** What `scatterPlot` draws. */
export interface ScatterPlotOptions extends PictureOptions {
  /** Points of the data, [n, 2]. */
  data: Rows
  /** Points of the model, [m, 2]. */
  samples: Rows
  /** Names of the two coordinates, with units. Default: x₁, x₂. */
  labels?: readonly [string, string]
  /** What the numbers of the coordinates are as days or times, where they are. */
  calendars?: readonly [x: Calendar | undefined, y: Calendar | undefined]
  /** What the model believes on a grid, for a third panel; its extent is then what all panels show. */
  field?: PlaneField
}

/** Points drawn in each panel, at most. */
export const scatterRows = 2000

const left = 62
const gap = 22

/**
 * Data and samples in the plane, side by side on the same axes, and, given a field, density and score beside them.
 * One unit is equally long on both axes unless their spans differ more than 2.5-fold.
 * Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function scatterPlot(options: ScatterPlotOptions): string {
  const { field, labels = ['x₁', 'x₂'] } = options
  const data = points(options.data, 'data')
  const samples = points(options.samples, 'samples')
  const frame = field === undefined ? frameOfPoints([data, samples]) : fieldFrame(field)
  const [width, height] = panelShape(frame)
  const [calendarX, calendarY] = options.calendars ?? []
  const room = { length: width, overhang: gap / 2 - 2 }
  const axes = {
    x: calendarX ? fittedTimeAxis(frame.x, calendarX, room) : fittedAxis(frame.x, room),
    y: calendarY ? timeAxis(frame.y, calendarY, 5) : linearAxis(frame.y),
  }

  const views: View[] = [
    { name: 'data', marks: [dots(data, frame, theme.data)], grid: true },
    { name: 'samples', marks: [dots(samples, frame, theme.samples)], grid: true },
  ]
  if (field !== undefined) views.push(modelView(field, frame, width, height))

  const body = (top: number) => {
    const panelTop = top + 20
    const elements = views.flatMap(({ name, marks, grid }, index) => {
      const x = left + index * (width + gap)
      const place = { left: x, top: panelTop, width, height }
      const y = { ...axes.y, labelled: index === 0 }
      const middle = { x: x + width / 2, anchor: 'middle', size: theme.labelSize } as const
      return [
        panelElement({ ...place, x: axes.x, y, marks, grid, color: densityColour }, options.document),
        textElement(name, { ...middle, y: panelTop - 7, bold: true }),
        ...axisNames(labels[0], index === 0 ? labels[1] : '', place),
      ]
    })
    return { elements, height: height + 60 }
  }
  return pictureText({
    title: options.title,
    width: left + views.length * (width + gap),
    body,
    caption: [
      ...shownSentences(data, 'data points', frame),
      ...shownSentences(samples, 'samples', frame),
      field?.logDensity === undefined ? '' : 'Shade: density relative to its maximum, darker where denser.',
      field?.score === undefined
        ? ''
        : 'Arrows: the score; their length follows its norm, up to the ninth decile.',
    ],
  })
}

/** What fills one panel. */
interface View {
  name: string
  marks: readonly Plot.Markish[]
  grid: boolean
}

function modelView(field: PlaneField, frame: Frame, width: number, height: number): View {
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

export interface Frame {
  x: Interval
  y: Interval
}

function points(values: Rows, where: string): Points {
  rowCount(values, 2, where)
  return { x: columnOf(values, 2, 0), y: columnOf(values, 2, 1) }
}

function frameOfPoints(sets: readonly Points[]): Frame {
  return { x: frameOf(...sets.map((set) => set.x)), y: frameOf(...sets.map((set) => set.y)) }
}

function isShown(set: Points, frame: Frame, row: number): boolean {
  return isInside(set.x[row]!, frame.x) && isInside(set.y[row]!, frame.y)
}

function dots(set: Points, frame: Frame, colour: string): Plot.Markish {
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
function shownSentences(set: Points, plural: string, frame: Frame): string[] {
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
