import type { Estimate } from '../../evaluation/index.ts'
import { estimate } from '../../evaluation/index.ts'
import { fittedAxis, linearAxis } from '../picture/axis.ts'
import { fitText } from '../picture/text.ts'
import { atX, axes, drawing, type Frame } from './chart.ts'
import { type Html, html } from './html.ts'

/** One figure with its interval. */
export interface ForestEntry {
  readonly name: string
  readonly estimate: Estimate
  readonly kind: 'real' | 'synthetic' | 'neutral'
}

/** What `forest` draws: figures under one another on a common axis. */
export interface ForestOptions {
  readonly id: string
  readonly title: string
  readonly entries: readonly ForestEntry[]
  /** Name of the axis, with its unit. */
  readonly axis: string
  /** A value that all are compared with, drawn as a line. */
  readonly reference?: { readonly value: number; readonly text: string }
  /** An interval behind all entries. */
  readonly band?: Estimate
  /** What the axis shows at least. */
  readonly least?: readonly [low: number, high: number]
}

const width = 340
const rowHeight = 38

/** Dots with whiskers: each figure's name and number above its interval, so that a narrow page has room for both. */
export function forest(options: ForestOptions): Html {
  const { entries, axis, reference, band, least } = options
  const ends = [
    ...entries.flatMap(({ estimate: { value, low, high } }) => [value, low, high]),
    ...(reference ? [reference.value] : []),
    ...(band ? [band.low, band.high] : []),
    ...(least ?? []),
  ].filter(Number.isFinite)
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const margin = (high - low || 1) / 20
  const top = reference ? 22 : 8
  const x = fittedAxis({ low: low - margin, high: high + margin }, { length: width - 24, overhang: 10 })
  const frame: Frame = {
    left: 12,
    top,
    width: width - 24,
    height: entries.length * rowHeight,
    x,
    y: { ...linearAxis({ low: 0, high: 1 }), ticks: [], labelled: false },
  }
  const bottom = top + frame.height
  const clamp = (value: number): number => atX(frame, Math.max(x.low, Math.min(x.high, value)))
  const rows = entries.map(({ name, estimate: given, kind }, i) => {
    const y = top + i * rowHeight + 26
    const text = estimate(given)
    const whisker = Number.isFinite(given.low) && Number.isFinite(given.high)
    return html`<text class="halo" x="${frame.left}" y="${y - 10}">${fitText(name, width - 160, 11)}</text><text class="tick end halo" x="${width - 12}" y="${y - 10}">${text}</text><g class="${kind}">${
      whisker &&
      html`<path class="whisker" d="M${clamp(given.low).toFixed(1)},${y}H${clamp(given.high).toFixed(1)}"/>`
    }<circle class="fill" cx="${clamp(given.value).toFixed(1)}" cy="${y}" r="4.5"/></g>`
  })
  const bandAt = (i: number): Html | undefined =>
    band &&
    html`<rect class="floor" x="${clamp(band.low).toFixed(1)}" y="${top + i * rowHeight + 18}" width="${Math.max(1, clamp(band.high) - clamp(band.low)).toFixed(1)}" height="16"/>`
  const line = reference && atX(frame, reference.value)
  return drawing({
    id: options.id,
    title: options.title,
    description: entries.map(({ name, estimate: given }) => `${name}: ${estimate(given)}.`).join(' '),
    width,
    height: bottom + 38,
    body: html`${band && entries.map((_, i) => bandAt(i))}${axes(frame, { x: axis })}${
      line !== undefined &&
      html`<path class="axis dashed" d="M${line.toFixed(1)},${top - 4}V${bottom}"/><text class="tick ${line > width * 0.7 ? 'end' : line < width * 0.3 ? '' : 'middle'}" x="${line.toFixed(1)}" y="${top - 9}">${reference!.text}</text>`
    }${rows}`,
  })
}
