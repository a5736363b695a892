import type { Figure } from '../../../evaluation/index.ts'
import { counted, decimalsFor, estimate, fixed, percent } from '../../../evaluation/index.ts'
import { type Axis, type AxisRoom, fittedAxis, linearAxis } from '../../picture/axis.ts'
import { countText, fitText } from '../../picture/text.ts'
import { timeAxis } from '../../picture/time-axis.ts'
import { axes, drawing, type Frame, type Point, path } from '../chart.ts'
import type { ReportData } from '../data.ts'
import { cellText } from '../format.ts'
import { type Html, html } from '../html.ts'
import { colourKey, dataTable, figure, type Section } from '../parts.ts'
import {
  type ColumnShape,
  type Gaps,
  isConstant,
  type NumberShape,
  numberShape,
  shareMoved,
  shareMovedByChance,
  type WordShape,
  wordShape,
} from './column-shapes.ts'

/** Columns drawn, at most: those whose shares lie furthest apart. */
const mostColumns = 30

const size = { width: 340, height: 172 }
const inner = { left: 40, top: 22, width: 290, height: 130 }

/** Every column by itself: how real and synthetic values are distributed. */
export function columnsSection({ tables, evaluation }: ReportData): Section {
  const figures = evaluation.samples?.figures ?? []
  const metricOf = { number: 'kolmogorov-smirnov', text: 'total-variation' } as const
  const all = shapesOf(tables).map((shape) => ({
    shape,
    moved: shareMoved(shape),
    chance: shareMovedByChance(shape),
    distance: figures.find(
      ({ metric, column }) => metric === metricOf[shape.kind] && column === shape.column.name,
    ),
  }))
  const worstFirst = [...all].sort((a, b) => b.moved - a.moved)
  const varied = worstFirst.filter(({ shape }) => !isConstant(shape))
  const chosen = new Set(varied.slice(0, mostColumns))
  const drawn = all.filter((entry) => chosen.has(entry))
  const left = varied.length - drawn.length
  const constant = all.length - varied.length
  return {
    id: 'columns',
    heading: 'Each column by itself',
    short: 'Columns',
    body: html`<p>Real: ${tables.realAre}. Synthetic: ${countText(tables.synthetic.rowCount)} rows drawn from the model.${
      all.some(({ distance }) => distance !== undefined) &&
      ' Distance of numbers: Kolmogorov–Smirnov, the largest difference of the two shares below a value. Distance of words: total variation. 0 is perfect.'
    }${
      left > 0 &&
      ` The ${drawn.length} columns that lie furthest apart are drawn; ${left} more are in the table.`
    }${constant > 0 && ` Not drawn: ${counted(constant, 'column')} with one value throughout, the same on both sides.`}</p>${colourKey('line')}<div class="grid">${drawn.map(
      (entry, index) =>
        entry.shape.kind === 'number'
          ? numberFigure(entry.shape, index, entry)
          : wordFigure(entry.shape, index, entry),
    )}</div>${summary(worstFirst)}`,
  }
}

/** From nothing up to a share, in percent with as many decimals as the ticks need. */
function percentAxis(high: number): Axis {
  const { tickText, ...axis } = linearAxis({ low: 0, high: 100 * high }, 3)
  return {
    ...axis,
    low: 0,
    high,
    ticks: axis.ticks.map((tick) => tick / 100),
    tickText: (share) => `${tickText(100 * share)} %`,
  }
}

/** Whether every whole number has a bin of its own. */
function eachWhole({ edges }: NumberShape): boolean {
  return edges[1]! - edges[0]! === 1 && !Number.isInteger(edges[0])
}

/** Bins of one whole number each have their ticks at whole numbers. */
function numberAxis(shape: NumberShape, room: AxisRoom): Axis {
  const { frame, edges } = shape
  if (!eachWhole(shape)) return fittedAxis(frame, room)
  const axis = fittedAxis({ low: edges[0]!, high: edges.at(-1)! }, room)
  const ticks = axis.ticks.filter(Number.isInteger)
  return { ...axis, ticks, tickText: (value) => cellText(value, shape.column) }
}

/** The shapes of the columns that both tables have, in the real table's order. */
function shapesOf({ real, synthetic }: ReportData['tables']): ColumnShape[] {
  const made = new Map(synthetic.columns.map((column) => [column.name, column]))
  return real.columns.flatMap((column): ColumnShape[] => {
    const other = made.get(column.name)
    if (column.kind === 'number' && other?.kind === 'number') return [numberShape(column, other)]
    if (column.kind === 'text' && other?.kind === 'text') return [wordShape(column, other)]
    return []
  })
}

function movedText(moved: number, chance: number): string {
  return `${percent(moved)} of rows would have to move; ${percent(chance)} by chance`
}

function gapText({ real, synthetic }: Gaps): string {
  if (real === 0 && synthetic === 0) return ''
  return ` Gaps: ${percent(real)} of real rows, ${percent(synthetic)} of synthetic ones.`
}

function numberFigure(shape: NumberShape, index: number, { moved, chance, distance }: Entry): Html {
  const { column, edges, real, synthetic, gaps } = shape
  const extent = eachWhole(shape) ? { low: edges[0]!, high: edges.at(-1)! } : shape.frame
  const { calendar } = column
  const highest = Math.max(1e-9, ...real, ...synthetic)
  const room = { length: inner.width, overhang: 9 }
  const frame: Frame = {
    ...inner,
    x: calendar ? timeAxis(extent, calendar) : numberAxis(shape, room),
    y: percentAxis(1.08 * highest),
  }
  const outline = (shares: readonly number[]): Point[] => {
    const clip = (x: number): number => Math.max(extent.low, Math.min(extent.high, x))
    return [
      [clip(edges[0]!), 0],
      ...shares.flatMap((y, bin): Point[] => [
        [clip(edges[bin]!), y],
        [clip(edges[bin + 1]!), y],
      ]),
      [clip(edges.at(-1)!), 0],
    ]
  }
  const [realPath, syntheticPath] = [path(frame, outline(real)), path(frame, outline(synthetic))]
  const value = (x: number): string => cellText(x, calendar ? { calendar } : {})
  const peak = (shares: readonly number[]): string => {
    const bin = shares.indexOf(Math.max(...shares))
    return value((edges[bin]! + edges[bin + 1]!) / 2)
  }
  return figure({
    heading: column.name,
    caption: `${distance ? `Distance ${estimate(distance)}; real rows reach ${fixed(distance.floor.value, decimalsFor(distance))}.` : `${movedText(moved, chance)}.`}${gapText(gaps)}`,
    drawing: drawing({
      id: `column-${index}`,
      title: `${column.name}: real and synthetic values`,
      description: `Histograms over ${value(extent.low)} to ${value(extent.high)}; the fullest bin is around ${peak(real)} for real rows and ${peak(synthetic)} for synthetic ones. ${movedText(moved, chance)}.`,
      ...size,
      body: html`${axes(frame, { y: 'share of rows' })}<g class="real"><path class="area" d="${realPath}"/><path class="line" d="${realPath}"/></g><path class="synthetic line" d="${syntheticPath}"/>`,
    }),
    table: {
      caption: `${column.name}: share of the rows with a value, by bin`,
      heads: [
        'From',
        { text: 'to', numeric: true },
        { text: 'Real', numeric: true },
        { text: 'Synthetic', numeric: true },
      ],
      rows: real.map((share, bin) => [
        value(edges[bin]!),
        value(edges[bin + 1]!),
        percent(share),
        percent(synthetic[bin]!),
      ]),
    },
  })
}

const barHeight = 9
const barGap = 8

function wordFigure(
  { column, words, others, gaps }: WordShape,
  index: number,
  { moved, chance }: Entry,
): Html {
  const bars = [
    ...words.map(({ word, ...shares }) => ({ name: cellText(word), ...shares })),
    ...(others
      ? [{ name: `${countText(others.count)} others`, real: others.real, synthetic: others.synthetic }]
      : []),
  ]
  const most = Math.max(1e-9, ...bars.flatMap(({ real, synthetic }) => [real, synthetic]))
  const [left, right, top] = [112, 42, 6]
  const width = size.width - left - right
  const rowHeight = 2 * barHeight + barGap
  const bar = (kind: 'real' | 'synthetic', share: number, y: number): Html =>
    html`<g class="${kind}"><rect class="${kind === 'real' ? 'fill' : 'hatched'}" x="${left}" y="${y}" width="${((width * share) / most).toFixed(1)}" height="${barHeight - 1}"/></g>`
  const body = bars.map(({ name, real, synthetic }, row) => {
    const y = top + row * rowHeight
    const end = left + (width * Math.max(real, synthetic)) / most + 5
    return html`<text class="end" x="${left - 7}" y="${y + barHeight + 3}">${fitText(name, left - 10, 11)}</text>${bar('real', real, y)}${bar('synthetic', synthetic, y + barHeight)}<text class="tick small" x="${end.toFixed(1)}" y="${y + barHeight + 3}">${percent(real)}</text>`
  })
  return figure({
    heading: column.name,
    caption: `${movedText(moved, chance)}; the figures are those of real rows.${gapText(gaps)}`,
    drawing: drawing({
      id: `column-${index}`,
      title: `${column.name}: shares of each word in real and synthetic rows`,
      description: `Bars. ${bars
        .slice(0, 3)
        .map(
          ({ name, real, synthetic }) =>
            `${name}: ${percent(real)} of real rows, ${percent(synthetic)} of synthetic ones.`,
        )
        .join(' ')}`,
      width: size.width,
      height: top + bars.length * rowHeight,
      body,
    }),
    table: {
      caption: `${column.name}: share of the rows with a value`,
      heads: ['Word', { text: 'Real', numeric: true }, { text: 'Synthetic', numeric: true }],
      rows: bars.map(({ name, real, synthetic }) => [name, percent(real), percent(synthetic)]),
    },
  })
}

interface Entry {
  readonly shape: ColumnShape
  readonly moved: number
  readonly chance: number
  readonly distance: Figure | undefined
}

const summaryRows = 100

function summary(worstFirst: readonly Entry[]): Html {
  const some = worstFirst.slice(0, summaryRows)
  const measured = some.some(({ distance }) => distance !== undefined)
  return html`<h3>All columns, those furthest apart first</h3>${dataTable({
    caption:
      'Rows to move: share of rows that would have to change their bin or word for both sides to agree; by chance: the same between two sets of real rows. Typical: the median, or the most frequent word.',
    heads: [
      'Column',
      { text: 'Rows to move', numeric: true },
      { text: 'By chance', numeric: true },
      ...(measured
        ? [
            { text: 'Distance', numeric: true },
            { text: 'Real rows reach', numeric: true },
          ]
        : []),
      { text: 'Gaps, real', numeric: true },
      { text: 'Gaps, synthetic', numeric: true },
      { text: 'Typical, real', numeric: true },
      { text: 'Typical, synthetic', numeric: true },
    ],
    stacked: true,
    rows: some.map(({ shape, moved, chance, distance }) => [
      shape.column.name,
      percent(moved),
      percent(chance),
      ...(measured
        ? [
            distance ? estimate(distance) : '–',
            distance ? fixed(distance.floor.value, decimalsFor(distance)) : '–',
          ]
        : []),
      percent(shape.gaps.real),
      percent(shape.gaps.synthetic),
      middle(shape, 'real'),
      middle(shape, 'synthetic'),
    ]),
  })}${worstFirst.length > some.length && html`<p class="quiet">${countText(worstFirst.length - some.length)} more columns are in evaluation.json.</p>`}`
}

/** The median, or the most frequent word. */
function middle(shape: ColumnShape, side: 'real' | 'synthetic'): string {
  if (shape.kind === 'number') return cellText(shape.medians[side], shape.column)
  const most = Math.max(0, ...shape.words.map((entry) => entry[side]))
  return cellText(shape.words.find((entry) => entry[side] === most)?.word ?? null)
}
