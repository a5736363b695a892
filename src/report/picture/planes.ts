import type * as Plot from '@observablehq/plot'
import { columnOf, type Interval, isInside, type Rows, rowCount, spreadRows } from './numbers.ts'
import type { PictureOptions } from './panel.ts'
import { densityMark, fieldFrame, type PlaneField, scoreMark } from './plane-field.ts'
import { type PlaneFrame, planePanels } from './plane-panels.ts'
import { dotsOf, scatterRows } from './scatter-plot.ts'
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

const mostInARow = 3

/**
 * Densities, scores and points in the plane, panel by panel on the same axes, three in a row.
 * The frame is told; points outside are left out. Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function planes(options: PlanesOptions): string {
  const { panels, x, y, ...rest } = options
  const frame = { x, y }
  return planePanels({
    ...rest,
    frame,
    inARow: mostInARow,
    views: (width, height) =>
      panels.map((panel) => ({
        name: panel.name,
        marks: marksOf(panel, frame, width, height),
        grid: !panel.field,
      })),
    caption: [],
  })
}

function marksOf({ field, points }: Plane, frame: PlaneFrame, width: number, height: number): Plot.Markish[] {
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
