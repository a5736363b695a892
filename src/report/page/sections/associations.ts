import { fixed, number } from '../../../evaluation/index.ts'
import { countText, fitText } from '../../picture/text.ts'
import { associationsOf, readableMaps, relatedPairs } from '../association-maps.ts'
import { drawing } from '../chart.ts'
import type { ReportAssociations, ReportData } from '../data.ts'
import { type Html, html } from '../html.ts'
import { mapOpacity } from '../palette.ts'
import { dataTable, type Section, unfold } from '../parts.ts'

/** Pairs in the table, at most. */
const mostPairs = 300

/** Maps of how strongly columns go together: in real rows, in synthetic ones, and the difference. */
export function associationsSection(data: ReportData): Section | undefined {
  const all = associationsOf(data)
  if (all === undefined || all.columns.length < 2) return undefined
  const maps = readableMaps(all)
  const difference = maps.real.map((row, i) => row.map((value, j) => minus(maps.synthetic[i]![j], value)))
  const furthestApart = Math.max(
    0,
    ...difference.flatMap((row) => row.map((value) => (Number.isFinite(value) ? Math.abs(value!) : 0))),
  )
  // Shades of small differences would all look alike on the scale of the maps themselves.
  const widest = Math.min(1, Math.max(0.2, Math.ceil(10 * furthestApart) / 10))
  const ends = maps.signed ? [-1, -0.5, 0, 0.5, 1] : [0, 0.5, 1]
  const pairs = relatedPairs(all).filter((pair) => Number.isFinite(pair.real - pair.synthetic))
  const furthest = [...pairs].sort((a, b) => gap(b) - gap(a))
  const [worst] = furthest
  const hidden = all.columns.length - maps.columns.length
  return {
    id: 'associations',
    heading: 'How columns go together',
    short: 'Associations',
    body: html`<p>${all.measure} of each pair of columns. ${
      cellOf(maps) < leastWritten
        ? 'The numbers are in the table below the maps.'
        : 'Cells without a number are nearer to 0 than 0.05; a dash stands where a column does not vary.'
    } A column with itself is left empty.${
      worst &&
      ` The real rows here are ${realRowsOf(data)}, and no figure here has an interval; the verdict judges pairs of columns by its own figure. The difference here is largest for ${worst.first} and ${worst.second}: ${fixed(worst.real, 2)} in real rows, ${fixed(worst.synthetic, 2)} in synthetic ones.`
    }${hidden > 0 && ` The maps show the ${maps.columns.length} of ${countText(all.columns.length)} columns most related to others.`}</p><div class="grid maps">${[
      { id: 'map-real', heading: 'Real', map: maps.real, scale: 1, ends },
      { id: 'map-synthetic', heading: 'Synthetic', map: maps.synthetic, scale: 1, ends },
      {
        id: 'map-difference',
        heading: 'Difference',
        map: difference,
        scale: widest,
        ends: [-widest, 0, widest],
      },
    ].map((one) => mapFigure(one, maps))}</div>${unfold(
      'The numbers as a table',
      dataTable({
        caption: `${all.measure} by pair, those furthest apart first${furthest.length > mostPairs ? `; ${mostPairs} of ${countText(furthest.length)} pairs` : ''}`,
        heads: [
          'Pair',
          { text: 'Real', numeric: true },
          { text: 'Synthetic', numeric: true },
          { text: 'Difference', numeric: true },
        ],
        rows: furthest
          .slice(0, mostPairs)
          .map((pair) => [
            `${pair.first} – ${pair.second}`,
            fixed(pair.real, 3),
            fixed(pair.synthetic, 3),
            fixed(pair.synthetic - pair.real, 3),
          ]),
      }),
    )}`,
  }
}

/** Which real rows the maps are of: an evaluation measures rows learned from; without its maps they are of the rows shown. */
function realRowsOf({ associations, source, tables }: ReportData): string {
  if (associations === undefined) return tables.realAre
  return source.words.measured
}

function gap(pair: { readonly real: number; readonly synthetic: number }): number {
  return Math.abs(pair.synthetic - pair.real)
}

function minus(a: number | null | undefined, b: number | null | undefined): number | null {
  return typeof a === 'number' && typeof b === 'number' ? a - b : null
}

/** A map and what its shades stand for. */
interface ShadedMap {
  readonly id: string
  readonly heading: string
  readonly map: ReportAssociations['real']
  /** The value of the darkest shade. */
  readonly scale: number
  /** Values that the key shows. */
  readonly ends: readonly number[]
}

/** What the shades stand for. */
function keyOf({ ends, scale }: ShadedMap): Html {
  const sample = (value: number): Html =>
    html`<li><svg viewBox="0 0 28 14" aria-hidden="true" focusable="false">${shade(value / scale, 1, 1, 26, 12)}<rect class="cell-frame" x="1" y="1" width="26" height="12"/></svg>${fixed(value, scale < 1 ? 2 : 1)}</li>`
  return html`<ul class="key" aria-label="What the shades stand for">${ends.map(sample)}</ul>`
}

function shade(value: number, x: number, y: number, width: number, height: number): Html {
  const opacity = mapOpacity * Math.min(1, Math.abs(value))
  return html`<g class="${value < 0 ? 'synthetic' : 'real'}"><rect class="fill" x="${x}" y="${y}" width="${width}" height="${height}" fill-opacity="${opacity.toFixed(2)}"/></g>`
}

const side = 340
/** Room for names beside the cells, and above them. */
const nameRoom = 96

/** Cells of so many pixels hold their number. */
const leastWritten = 19

/** Pixels of a cell on a side. */
function cellOf({ columns }: Pick<ReportAssociations, 'columns'>): number {
  return (side - nameRoom) / columns.length
}

const captions: Readonly<Record<string, string>> = {
  Real: 'How strongly two columns go together in real rows.',
  Synthetic: 'The same in synthetic rows.',
  Difference: 'Synthetic minus real: blue where synthetic columns go together more, orange where less.',
}

function mapFigure(shaded: ShadedMap, { columns, measure }: ReportAssociations): Html {
  const { id, heading, map, scale } = shaded
  const count = columns.length
  const [left, top] = [nameRoom, nameRoom]
  const cell = cellOf({ columns })
  const size = Math.min(11, Math.max(7.5, cell - 1))
  const cells = map.flatMap((row, i) =>
    row.map((value, j) => {
      const [x, y] = [left + j * cell, top + i * cell]
      const isNothing = value === null || Number.isNaN(value)
      const words = isNothing ? '–' : Math.abs(value) >= 0.05 ? shortNumber(value, cell) : ''
      const written = i !== j && cell >= leastWritten && words !== ''
      return html`${!isNothing && shade(i === j && heading !== 'Difference' ? 0 : value / scale, round1(x), round1(y), round1(cell), round1(cell))}${
        written &&
        html`<text class="middle small" x="${round1(x + cell / 2)}" y="${round1(y + cell / 2 + 3.4)}">${words}</text>`
      }`
    }),
  )
  const labels = columns.map((name, i) => {
    const middle = (i + 0.5) * cell + size / 3
    const text = fitText(name, nameRoom - 8, size)
    const [x, y] = [round1(left + middle), top - 5]
    return html`<text class="tick" style="font-size:${size.toFixed(1)}px" transform="rotate(-90 ${x} ${y})" x="${x}" y="${y}">${text}</text><text class="tick end" style="font-size:${size.toFixed(1)}px" x="${left - 5}" y="${round1(top + middle)}">${text}</text>`
  })
  const strongest = map
    .flatMap((row, i) =>
      row.slice(0, i).map((value, j) => ({ value: value ?? 0, pair: `${columns[j]} and ${columns[i]}` })),
    )
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]!
  const height = top + count * cell
  return html`<figure><figcaption><h3>${heading}</h3><p>${captions[heading]}</p></figcaption>${keyOf(shaded)}${drawing(
    {
      id,
      title: `${measure}: ${heading.toLowerCase()}`,
      description: `A map of ${count} by ${count} cells. The strongest is ${number(strongest.value, 2)}, for ${strongest.pair}. The numbers are in the table below the maps.`,
      width: side,
      height: height + 2,
      body: html`${cells}<rect class="cell-frame" x="${left}" y="${top}" width="${round1(count * cell)}" height="${round1(count * cell)}"/>${labels}`,
    },
  )}</figure>`
}

/** .87 and −.3 where there is no room for 0.87. */
function shortNumber(value: number, cell: number): string {
  const text = fixed(value, cell >= 27 ? 2 : 1)
  return cell >= 34 ? text : text.replace(/^(−?)0\./, '$1.')
}

function round1(value: number): number {
  return Math.round(value * 10) / 10
}
