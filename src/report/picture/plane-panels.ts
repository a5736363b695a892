import type * as Plot from '@observablehq/plot'
import type { Calendar } from '../../data/index.ts'
import { fittedAxis, linearAxis } from './axis.ts'
import type { Interval } from './numbers.ts'
import { axisNames, type PictureOptions, panelElement } from './panel.ts'
import { pictureText } from './picture.ts'
import { densityColour } from './plane-field.ts'
import { textElement } from './text.ts'
import { theme } from './theme.ts'
import { fittedTimeAxis, timeAxis } from './time-axis.ts'

/** What the coordinates of a picture of the plane are. */
export interface PlaneLabels {
  /** Names of the two coordinates, with units. Default: x₁, x₂. */
  labels?: readonly [string, string]
  /** What the numbers of the coordinates are as days or times, where they are. */
  calendars?: readonly [x: Calendar | undefined, y: Calendar | undefined]
}

/** What a picture of the plane shows. */
export interface PlaneFrame {
  x: Interval
  y: Interval
}

/** What fills one panel. */
export interface PlaneView {
  name: string
  /** A second line above the panel. */
  under?: string
  marks: readonly Plot.Markish[]
  grid: boolean
  /** Turns numbers into colours; those of densities unless given. */
  color?: Plot.ScaleOptions
}

// The area of a panel is this, squared, whatever its shape.
const panelSize = 270
const left = 62
const gap = 22

/**
 * Panels of the plane, row by row, on the same axes. One unit is equally long on both axes unless their spans differ more than
 * 2.5-fold. `views` is told the width and height of a panel, in pixels.
 */
export function planePanels(
  options: PictureOptions &
    PlaneLabels & {
      frame: PlaneFrame
      views: (width: number, height: number) => readonly PlaneView[]
      caption: readonly string[]
      /** Panels in a row, at most. All unless given. */
      inARow?: number
    },
): string {
  const { frame, labels = ['x₁', 'x₂'], caption } = options
  const [width, height] = panelShape(frame)
  const [calendarX, calendarY] = options.calendars ?? []
  const room = { length: width, overhang: gap / 2 - 2 }
  const axes = {
    x: calendarX ? fittedTimeAxis(frame.x, calendarX, room) : fittedAxis(frame.x, room),
    y: calendarY ? timeAxis(frame.y, calendarY, 5) : linearAxis(frame.y),
  }
  const views = options.views(width, height)
  const across = Math.min(options.inARow ?? views.length, views.length)
  const lines = views.some(({ under }) => under !== undefined) ? 2 : 1
  const rowHeight = height + 58 + 14 * lines
  const body = (top: number) => {
    const elements = views.flatMap(({ name, under, marks, grid, color = densityColour }, index) => {
      const column = index % across
      const place = {
        left: left + column * (width + gap),
        top: top + 6 + 14 * lines + Math.floor(index / across) * rowHeight,
        width,
        height,
      }
      const y = { ...axes.y, labelled: column === 0 }
      const middle = { x: place.left + width / 2, anchor: 'middle', size: theme.labelSize } as const
      return [
        panelElement({ ...place, x: axes.x, y, marks, grid, color }, options.document),
        textElement(name, { ...middle, y: place.top - 7 - 14 * (lines - 1), bold: true }),
        ...(under === undefined ? [] : [textElement(under, { ...middle, y: place.top - 7 })]),
        ...axisNames(labels[0], column === 0 ? labels[1] : '', place),
      ]
    })
    return { elements, height: rowHeight * Math.ceil(views.length / across) - 12 }
  }
  return pictureText({
    title: options.title,
    width: left + across * (width + gap),
    body,
    caption,
  })
}

function panelShape(frame: PlaneFrame): [number, number] {
  const ratio = (frame.y.high - frame.y.low) / (frame.x.high - frame.x.low)
  if (ratio < 0.4 || ratio > 2.5) return [panelSize, panelSize]
  return [Math.round(panelSize / Math.sqrt(ratio)), Math.round(panelSize * Math.sqrt(ratio))]
}
