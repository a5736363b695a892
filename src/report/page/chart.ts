import type { Axis } from '../picture/axis.ts'
import { fitText, round } from '../picture/text.ts'
import { type Html, html } from './html.ts'

/**
 * Pieces of the page's charts: SVG without sizes or colours of its own. The style sheet gives both, so that a chart fills
 * its place on a phone as in print, and turns dark with the page. `export/picture` draws pictures that stand alone.
 */

/** The inner frame of a chart and what its sides mean. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly x: Axis
  readonly y: Axis
}

/** Where a value lies along x, in pixels of the chart. */
export function atX(frame: Frame, value: number): number {
  return frame.left + frame.width * share(frame.x, value)
}

/** Where a value lies along y; upwards is more. */
export function atY(frame: Frame, value: number): number {
  return frame.top + frame.height * (1 - share(frame.y, value))
}

function share({ type, low, high }: Axis, value: number): number {
  return type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
}

/** A point of a line; NaN in either breaks it. */
export type Point = readonly [x: number, y: number]

/** The path through points, in pixels. */
export function path(frame: Frame, points: readonly Point[]): string {
  let d = ''
  let broken = true
  for (const [x, y] of points) {
    const [px, py] = [atX(frame, x), atY(frame, y)]
    const drawn = Number.isFinite(px) && Number.isFinite(py)
    if (drawn) d += `${broken ? 'M' : 'L'}${round(px)},${round(py)}`
    broken = !drawn
  }
  return d
}

/** Points as dots: one path of strokes without length, drawn as dots by their round ends; smaller than as many circles. */
export function dotPath(frame: Frame, points: readonly Point[]): string {
  return points
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .map(([x, y]) => `M${oneDecimal(atX(frame, x))},${oneDecimal(atY(frame, y))}h0`)
    .join('')
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10
}

/** Names of a chart's axes. */
export interface AxisNames {
  readonly x?: string
  readonly y?: string
}

/** Grid, axis line and ticks with their numbers; the name of y stands above its axis, where it is read without turning. */
export function axes(frame: Frame, names: AxisNames = {}): Html {
  const { left, top, width, height, x, y } = frame
  const [right, bottom] = [left + width, top + height]
  return html`${y.ticks.map((tick) => html`<path class="grid-line" d="M${left},${round(atY(frame, tick))}H${right}"/>`)}${
    y.labelled === false
      ? ''
      : y.ticks.map(
          (tick) =>
            html`<text class="tick end" x="${left - 5}" y="${round(atY(frame, tick) + 3.5)}">${y.tickText(tick)}</text>`,
        )
  }<path class="axis" d="M${left},${bottom}H${right}${x.ticks.map((tick) => `M${round(atX(frame, tick))},${bottom}v4`).join('')}"/>${
    x.labelled === false
      ? ''
      : x.ticks.map(
          (tick) =>
            html`<text class="tick middle" x="${round(atX(frame, tick))}" y="${bottom + 15}">${x.tickText(tick)}</text>`,
        )
  }${names.y && html`<text class="tick" x="${Math.max(2, left - 40)}" y="${top - 9}">${names.y}</text>`}${
    names.x &&
    html`<text class="tick middle" x="${left + width / 2}" y="${bottom + 31}">${fitText(names.x, width, 11)}</text>`
  }`
}

/** A chart's whole drawing, named for those who do not see it. */
export function drawing(options: {
  /** Unique on the page. */
  readonly id: string
  readonly title: string
  /** What there is to see, in a sentence or two. */
  readonly description: string
  readonly width: number
  readonly height: number
  readonly body: Html | readonly Html[]
}): Html {
  const { id, title, description, width, height, body } = options
  return html`<svg role="img" viewBox="0 0 ${width} ${height}" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>${body}</svg>`
}
