import type { Column, NumberColumn, TextColumn } from '../../../data/index.ts'
import { percent } from '../../../evaluation/index.ts'
import { fittedAxis, linearAxis } from '../../picture/axis.ts'
import { frameOf } from '../../picture/numbers.ts'
import { fitText } from '../../picture/text.ts'
import { timeAxis } from '../../picture/time-axis.ts'
import { atX, axes, drawing, type Frame } from '../chart.ts'
import { cellText } from '../format.ts'
import { type Html, html } from '../html.ts'
import type { TableContent } from '../parts.ts'

/** Pairs of columns of which one or both hold words. */

/** The two columns of a pair on one side. */
export interface Side {
  readonly side: 'real' | 'synthetic'
  readonly x: Column
  readonly y: Column
}

/** Words of a column, at most: the most frequent. */
const mostWords = 8

const width = 340

/** First quartile, median and third quartile as cells of their column. */
export function quartiles(values: Float64Array, column: NumberColumn): string {
  if (values.length === 0) return 'no rows'
  return quartilesOf(values)
    .map((value) => cellText(value, column))
    .join(', ')
}

function quartilesOf(values: Float64Array): [number, number, number] {
  const sorted = values.filter(Number.isFinite).sort()
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN
  return [at(0.25), at(0.5), at(0.75)]
}

/** The words column and the numbers column of a mixed pair. */
function mixed({ x, y }: Side): { words: TextColumn; numbers: NumberColumn } {
  return x.kind === 'text' ? { words: x, numbers: y as NumberColumn } : { words: y as TextColumn, numbers: x }
}

function groupsOf(one: Side, kept: readonly string[]): Float64Array[] {
  const { words, numbers } = mixed(one)
  return kept.map((word) =>
    numbers.values.filter((value, row) => words.values[row] === word && !Number.isNaN(value)),
  )
}

/** Most frequent words first. */
function frequentWords({ values }: TextColumn): string[] {
  const counts = new Map<string, number>()
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostWords)
    .map(([word]) => word)
}

type Described = { readonly id: string; readonly title: string; readonly description: string }

/** The middle half of the numbers for each word: real above synthetic. */
export function quartileDrawing(real: Side, synthetic: Side, described: Described): Html {
  const { words, numbers } = mixed(real)
  const kept = frequentWords(words)
  const groups = { real: groupsOf(real, kept), synthetic: groupsOf(synthetic, kept) }
  const [labelWidth, rowHeight, first] = [104, 24, 8]
  const extent = frameOf(numbers.values, mixed(synthetic).numbers.values)
  const frame: Frame = {
    left: labelWidth,
    top: first,
    width: width - labelWidth - 12,
    height: kept.length * rowHeight,
    x: numbers.calendar
      ? timeAxis(extent, numbers.calendar)
      : fittedAxis(extent, { length: 220, overhang: 10 }),
    y: { ...linearAxis({ low: 0, high: 1 }), ticks: [] },
  }
  const bar = (side: 'real' | 'synthetic', group: Float64Array, y: number): Html => {
    if (group.length === 0) return html``
    const [low, middle, high] = quartilesOf(group).map((value) => atX(frame, value)) as [
      number,
      number,
      number,
    ]
    return html`<g class="${side}"><path class="whisker" d="M${low.toFixed(1)},${y}H${high.toFixed(1)}" style="stroke-width:6;stroke-opacity:.4"/><circle class="fill" cx="${middle.toFixed(1)}" cy="${y}" r="3.4"/></g>`
  }
  return drawing({
    ...described,
    description: `${described.description} Bars span the middle half of ${numbers.name} for each ${words.name}; dots are medians.`,
    width,
    height: first + kept.length * rowHeight + 40,
    body: html`${axes(frame, { x: numbers.name })}${kept.map((word, i) => {
      const y = first + i * rowHeight + 7
      return html`<text class="end" x="${labelWidth - 8}" y="${y + 8}">${fitText(cellText(word), labelWidth - 12, 11)}</text>${bar('real', groups.real[i]!, y)}${bar('synthetic', groups.synthetic[i]!, y + 9)}`
    })}`,
  })
}

export function quartileTable(real: Side, synthetic: Side): TableContent {
  const { words, numbers } = mixed(real)
  const kept = frequentWords(words)
  const [a, b] = [groupsOf(real, kept), groupsOf(synthetic, kept)]
  return {
    caption: `${numbers.name} (first quartile, median, third quartile) by ${words.name}`,
    heads: [words.name, { text: 'Real', numeric: true }, { text: 'Synthetic', numeric: true }],
    rows: kept.map((word, i) => [cellText(word), quartiles(a[i]!, numbers), quartiles(b[i]!, numbers)]),
  }
}

/** Shares of the second column's words within each word of the first. */
export function shareTable(real: Side, synthetic: Side): { table: TableContent; rows: SharedWords[] } {
  const [x, y] = [real.x as TextColumn, real.y as TextColumn]
  const [xs, ys] = [frequentWords(x).slice(0, 5), frequentWords(y).slice(0, 5)]
  const share = ({ x: a, y: b }: Side, first: string, second: string): number => {
    const rows = (a as TextColumn).values.flatMap((value, row) => (value === first ? [row] : []))
    return rows.filter((row) => (b as TextColumn).values[row] === second).length / Math.max(1, rows.length)
  }
  const rows = xs.flatMap((first) =>
    ys.map((second) => ({
      first,
      second,
      real: share(real, first, second),
      synthetic: share(synthetic, first, second),
    })),
  )
  return {
    rows,
    table: {
      caption: `Share of each ${y.name} among the rows of a ${x.name}; the most frequent words`,
      heads: [x.name, y.name, { text: 'Real', numeric: true }, { text: 'Synthetic', numeric: true }],
      rows: rows.map(({ first, second, ...shares }) => [
        cellText(first),
        cellText(second),
        percent(shares.real),
        percent(shares.synthetic),
      ]),
    },
  }
}

interface SharedWords {
  readonly first: string
  readonly second: string
  readonly real: number
  readonly synthetic: number
}

/** How dark the parts of a bar are, the most frequent word first. */
const shades = [1, 0.65, 0.4, 0.25, 0.12]

/** Which word each shade of `sharesDrawing` stands for. */
export function shadeKey(real: Side, synthetic: Side): Html {
  const seconds = [...new Set(shareTable(real, synthetic).rows.map(({ second }) => second))]
  const swatch = (shade: number): Html =>
    html`<svg viewBox="0 0 28 14" aria-hidden="true" focusable="false">${(['real', 'synthetic'] as const).map(
      (side, k) =>
        html`<g class="${side}"><rect class="fill" x="${2 + 12 * k}" y="2" width="12" height="10" fill-opacity="${shade}"/></g>`,
    )}</svg>`
  return html`<ul class="key" aria-label="What the shades stand for">${seconds.map(
    (word, i) => html`<li>${swatch(shades[i]!)}${cellText(word)}</li>`,
  )}</ul>`
}

/** One bar of shares for each word, real above synthetic, cut where the second column's words change. */
export function sharesDrawing(real: Side, synthetic: Side, described: Described): Html {
  const { rows } = shareTable(real, synthetic)
  const names = [...new Set(rows.map(({ first }) => first))]
  const [labelWidth, rowHeight] = [104, 30]
  const length = width - labelWidth - 8
  const bar = (side: 'real' | 'synthetic', name: string, y: number): Html => {
    let x = labelWidth
    return html`<g class="${side}">${rows
      .filter(({ first }) => first === name)
      .map((entry, i) => {
        const share = length * entry[side]
        const from = x
        x += share
        return html`<rect class="fill" x="${from.toFixed(1)}" y="${y}" width="${Math.max(0, share - 1).toFixed(1)}" height="10" fill-opacity="${shades[i]}"/>`
      })}</g>`
  }
  return drawing({
    ...described,
    description: `${described.description} A bar for each ${real.x.name}, cut into the shares of each ${real.y.name}, the most frequent first.`,
    width,
    height: names.length * rowHeight + 8,
    body: names.map((name, i) => {
      const y = i * rowHeight + 4
      return html`<text class="end" x="${labelWidth - 8}" y="${y + 14}">${fitText(cellText(name), labelWidth - 12, 11)}</text>${bar('real', name, y)}${bar('synthetic', name, y + 11)}`
    }),
  })
}
