import type { Column, NumberColumn, TextColumn } from '../../../data/index.ts'
import { fixed } from '../../../evaluation/index.ts'
import { fittedAxis, linearAxis } from '../../picture/axis.ts'
import { frameOf, spreadRows } from '../../picture/numbers.ts'
import { fitText } from '../../picture/text.ts'
import { timeAxis } from '../../picture/time-axis.ts'
import { associationsOf, measureOfPair, type RelatedPair, relatedPairs } from '../association-maps.ts'
import { axes, dotPath, drawing, type Frame, type Point } from '../chart.ts'
import type { ReportData } from '../data.ts'
import { cellText } from '../format.ts'
import { type Html, html } from '../html.ts'
import { colourKey, figure, type Section, type TableContent } from '../parts.ts'
import {
  quartileDrawing,
  quartiles,
  quartileTable,
  type Side,
  shadeKey,
  sharesDrawing,
  shareTable,
} from './pairs-of-words.ts'

/** Pairs drawn, and dots on each side of one, at most. */
const mostPairs = 6
const mostDots = 400

/** Pairs of columns, real beside synthetic. */
export function pairsSection(data: ReportData): Section | undefined {
  const associations = associationsOf(data)
  if (associations === undefined) return undefined
  const all = relatedPairs(associations)
  const drawn = all.slice(0, mostPairs)
  const { tables } = data
  const columnOf = (side: 'real' | 'synthetic', name: string): Column | undefined =>
    tables[side].columns.find((column) => column.name === name)
  const figures = drawn.flatMap((pair, index): Html[] => {
    const sides = (['real', 'synthetic'] as const).map((side): Side | undefined => {
      const [x, y] = [columnOf(side, pair.first), columnOf(side, pair.second)]
      return x && y ? { side, x, y } : undefined
    })
    const [real, synthetic] = sides
    return real && synthetic
      ? [pairFigure(pair, index, real, synthetic, measureOfPair(associations, [real.x.kind, real.y.kind]))]
      : []
  })
  if (figures.length === 0) return undefined
  return {
    id: 'pairs',
    heading: 'Pairs of columns',
    short: 'Pairs',
    body: html`<p>${
      all.length > drawn.length
        ? `The ${drawn.length} pairs most related in the real rows, of ${all.length}.`
        : 'Every pair of columns.'
    } The two clouds of a pair should look alike.</p>${colourKey('dot')}<div class="grid">${figures}</div>`,
  }
}

const size = { width: 340, height: 214 }
const [panelWidth, panelHeight, left, top, between] = [142, 142, 44, 26, 12]

function pairFigure(pair: RelatedPair, index: number, real: Side, synthetic: Side, measure: string): Html {
  const { x, y } = real
  const words = (column: Column): column is TextColumn => column.kind === 'text'
  const strength = `${measure}: ${fixed(pair.real, 2)} in real rows, ${fixed(pair.synthetic, 2)} in synthetic ones.`
  const common = { heading: `${pair.first} and ${pair.second}`, caption: strength }
  const described = {
    id: `pair-${index}`,
    title: `${pair.first} and ${pair.second}, real beside synthetic`,
    description: strength,
  }
  if (words(x) && words(y)) {
    const { table } = shareTable(real, synthetic)
    return figure({
      ...common,
      caption: `${strength} A bar for each ${x.name}, cut into the shares of each ${y.name}, real above synthetic.`,
      key: shadeKey(real, synthetic),
      drawing: sharesDrawing(real, synthetic, described),
      table,
    })
  }
  if (words(x) || words(y)) {
    const table = quartileTable(real, synthetic)
    const shown = 'Bars: the middle half of the numbers; dots: their medians; real above synthetic.'
    return figure({
      ...common,
      caption: `${strength} ${shown}`,
      drawing: quartileDrawing(real, synthetic, described),
      table,
    })
  }
  const frames = frameOfPair([real, synthetic])
  const body = [real, synthetic].map((one, k) => {
    const frame: Frame = { ...frames(k) }
    const points = rowsOf(one)
    // A few paths instead of one: where dots of different paths overlap, they darken.
    const parts = [0, 1, 2, 3].map((part) => points.filter((_, i) => i % 4 === part))
    return html`${panel(frame, one.side, k)}<g class="${one.side}">${parts.map((part) => html`<path class="dots" d="${dotPath(frame, part)}"/>`)}</g>`
  })
  return figure({
    ...common,
    drawing: drawing({
      ...described,
      ...size,
      body: html`${body}<text class="tick middle" x="${left + panelWidth + between / 2}" y="${size.height - 6}">${fitText(pair.first, 280, 11)}</text><text class="tick" x="2" y="12">${fitText(pair.second, 150, 11)}</text>`,
    }),
    table: bandTable(real, synthetic),
  })
}

function panel(frame: Frame, side: string, k: number): Html {
  return html`${axes({ ...frame, y: { ...frame.y, labelled: k === 0 } })}<text class="end label-${side}" x="${frame.left + frame.width}" y="${top - 14}">${side}</text>`
}

function frameOfPair(sides: readonly Side[]): (k: number) => Frame {
  const values = (axis: 'x' | 'y'): Float64Array[] => sides.map((side) => (side[axis] as NumberColumn).values)
  const [x, y] = [frameOf(...values('x')), frameOf(...values('y'))]
  const [first] = sides as readonly [Side]
  const calendars = { x: (first.x as NumberColumn).calendar, y: (first.y as NumberColumn).calendar }
  return (k) => ({
    left: left + k * (panelWidth + between),
    top,
    width: panelWidth,
    height: panelHeight,
    x: calendars.x
      ? timeAxis(x, calendars.x, 2)
      : fittedAxis(x, { length: panelWidth, overhang: between / 2 - 1, counts: [3, 2, 4, 1] }),
    y: calendars.y ? timeAxis(y, calendars.y, 3) : linearAxis(y, 4),
  })
}

/** At most `mostDots` of the rows with both values, evenly spread. */
function rowsOf({ x, y }: Side): Point[] {
  const [a, b] = [(x as NumberColumn).values, (y as NumberColumn).values]
  const complete = spreadRows(a.length, a.length).filter((row) => Number.isFinite(a[row]! + b[row]!))
  return spreadRows(complete.length, mostDots).map((i) => [a[complete[i]!]!, b[complete[i]!]!])
}

/** The middle half of the second column within fifths of the first: what a cloud shows, as numbers. */
function bandTable(real: Side, synthetic: Side): TableContent {
  const [x, y] = [real.x as NumberColumn, real.y as NumberColumn]
  const sorted = x.values.filter(Number.isFinite).sort()
  const edges = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN,
  )
  const within = (one: Side, band: number): string => {
    const [a, b] = [(one.x as NumberColumn).values, (one.y as NumberColumn).values]
    const last = band === 4
    return quartiles(
      b.filter(
        (value, row) =>
          !Number.isNaN(value) &&
          a[row]! >= edges[band]! &&
          (last ? a[row]! <= edges[5]! : a[row]! < edges[band + 1]!),
      ),
      y,
    )
  }
  return {
    caption: `${y.name} (first quartile, median, third quartile) within fifths of the real ${x.name}`,
    heads: [x.name, { text: 'Real', numeric: true }, { text: 'Synthetic', numeric: true }],
    rows: [0, 1, 2, 3, 4].map((band) => [
      `${cellText(edges[band]!, x)} to ${cellText(edges[band + 1]!, x)}`,
      within(real, band),
      within(synthetic, band),
    ]),
  }
}
