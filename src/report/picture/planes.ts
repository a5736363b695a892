import type * as Plot from '@observablehq/plot'
import { fittedAxis, linearAxis } from './axis.ts'
import { columnOf, type Interval, isInside, type Rows, rowCount, spreadRows } from './numbers.ts'
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
import { dotsOf, type Frame, scatterRows } from './scatter-plot.ts'
import { textElement } from './text.ts'
import { theme } from './theme.ts'

/** One panel of `planes`: a field with points over it, either of which may be absent. */
export interface Plane {
  name: string
  field?: PlaneField
  /** [n, 2]. */
  points?: Rows
}

/** What `planes` draws. */
export interface PlanesOptions extends PictureOptions {
  panels: readonly Plane[]
  x: Interval
  y: Interval
  labels?: readonly [string, string]
}

const left = 62
const gap = 22
const mostInARow = 3

/**
 * Densities, scores and points in the plane, panel by panel on the same axes, three in a row.
 * The frame is told; points outside are left out. Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function planes(options: PlanesOptions): string {
  const { panels, labels = ['x₁', 'x₂'], document } = options
  const frame = { x: options.x, y: options.y }
  const [width, height] = panelShape(frame)
  const x = fittedAxis(frame.x, { length: width, overhang: gap / 2 - 2 })
  const y = linearAxis(frame.y)
  const across = Math.min(mostInARow, panels.length)
  const rowHeight = height + 72
  const body = (top: number) => ({
    elements: panels.flatMap((panel, index) => {
      const column = index % across
      const place = {
        left: left + column * (width + gap),
        top: top + 20 + Math.floor(index / across) * rowHeight,
        width,
        height,
      }
      const axes = { x, y: { ...y, labelled: column === 0 } }
      const middle = { x: place.left + width / 2, anchor: 'middle', size: theme.labelSize } as const
      return [
        panelElement(
          {
            ...place,
            ...axes,
            marks: marksOf(panel, frame, width, height),
            grid: !panel.field,
            color: densityColour,
          },
          document,
        ),
        textElement(panel.name, { ...middle, y: place.top - 7, bold: true }),
        ...axisNames(labels[0], column === 0 ? labels[1] : '', place),
      ]
    }),
    height: rowHeight * Math.ceil(panels.length / across) - 12,
  })
  return pictureText({ title: options.title, width: left + across * (width + gap), body, caption: [] })
}

function marksOf({ field, points }: Plane, frame: Frame, width: number, height: number): Plot.Markish[] {
  const marks: Plot.Markish[] = []
  if (field) fieldFrame(field) // throws where its numbers do not fit
  if (field?.logDensity) marks.push(densityMark(field))
  if (field?.score) marks.push(scoreMark(field, frame, width, height))
  if (points) {
    const shown = spreadRows(rowCount(points, 2, 'points'), scatterRows)
    const [x, y] = [columnOf(points, 2, 0), columnOf(points, 2, 1)]
    const inside = shown.filter((row) => isInside(x[row]!, frame.x) && isInside(y[row]!, frame.y))
    marks.push(dotsOf({ x, y }, inside, theme.samples))
  }
  return marks
}
