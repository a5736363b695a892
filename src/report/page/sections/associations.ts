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
  const pairs = relatedPairs(all).filter((pair) => Number.isFinite(pair.real - pair.synthetic))
  const furthest = [...pairs].sort((a, b) => gap(b) - gap(a))
  const [worst] = furthest
  const hidden = all.columns.length - maps.columns.length
  return {
    id: 'associations',
    heading: 'How columns go together',
    short: 'Associations',
    body: html`<p>${all.measure} of each pair of columns; cells without a number are nearer to 0 than 0.05.${
      worst &&
      ` The real rows here are ${realRowsOf(data)}, and nothing here has an interval: what pairs of columns are judged by is their figure in the verdict. As measured here, the difference is largest for ${worst.first} and ${worst.second}: ${fixed(worst.real, 2)} in real rows, ${fixed(worst.synthetic, 2)} in synthetic ones.`
    }${hidden > 0 && ` The maps show the ${maps.columns.length} of ${countText(all.columns.length)} columns most related to others.`}</p>${scale(maps)}<div class="grid">${[
      { id: 'map-real', heading: 'Real', map: maps.real },
      { id: 'map-synthetic', heading: 'Synthetic', map: maps.synthetic },
      { id: 'map-difference', heading: 'Difference', map: difference },
    ].map(({ id, heading, map }) =>
      mapFigure(id, heading, map, maps),
    )}</div><ol class="names">${maps.columns.map((name, i) => html`<li><b>${i + 1}</b> ${name}</li>`)}</ol>${unfold(
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

/** What the shades stand for. */
function scale({ signed }: ReportAssociations): Html {
  const sample = (value: number): Html =>
    html`<li><svg viewBox="0 0 28 14" aria-hidden="true" focusable="false">${shade(value, 1, 1, 26, 12)}<rect class="cell-frame" x="1" y="1" width="26" height="12"/></svg>${fixed(value, 1)}</li>`
  return html`<ul class="key" aria-label="What the shades stand for">${(signed ? [-1, -0.5, 0, 0.5, 1] : [0, 0.5, 1]).map(sample)}</ul>`
}

function shade(value: number, x: number, y: number, width: number, height: number): Html {
  const opacity = mapOpacity * Math.min(1, Math.abs(value))
  return html`<g class="${value < 0 ? 'synthetic' : 'real'}"><rect class="fill" x="${x}" y="${y}" width="${width}" height="${height}" fill-opacity="${opacity.toFixed(2)}"/></g>`
}

const side = 330

function mapFigure(
  id: string,
  heading: string,
  map: ReportAssociations['real'],
  { columns, measure }: ReportAssociations,
): Html {
  const count = columns.length
  // Names of few columns fit beside the cells; of more, numbers stand for them.
  const named = count <= 6
  const left = named ? 84 : 20
  const top = 20
  const cell = (side - left) / count
  const cells = map.flatMap((row, i) =>
    row.map((value, j) => {
      const [x, y] = [left + j * cell, top + i * cell]
      if (value === null || Number.isNaN(value)) return html``
      const worded = i !== j && cell >= 19 && Math.abs(value) >= 0.05
      return html`${shade(i === j && heading !== 'Difference' ? 0 : value, round1(x), round1(y), round1(cell), round1(cell))}${
        worded &&
        html`<text class="middle small" x="${round1(x + cell / 2)}" y="${round1(y + cell / 2 + 3.4)}">${shortNumber(value, cell)}</text>`
      }`
    }),
  )
  const labels = columns.map((name, i) => {
    const middle = (i + 0.5) * cell
    return html`<text class="tick middle" x="${round1(left + middle)}" y="${top - 6}">${i + 1}</text><text class="tick end" x="${left - 5}" y="${round1(top + middle + 3.5)}">${named ? `${fitText(name, left - 18, 11)} ${i + 1}` : i + 1}</text>`
  })
  const strongest = map
    .flatMap((row, i) =>
      row.slice(0, i).map((value, j) => ({ value: value ?? 0, pair: `${columns[j]} and ${columns[i]}` })),
    )
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]!
  const height = top + count * cell
  return html`<figure><figcaption><h3>${heading}</h3></figcaption>${drawing({
    id,
    title: `${measure}: ${heading.toLowerCase()}`,
    description: `A map of ${count} by ${count} cells. The strongest is ${number(strongest.value, 2)}, for ${strongest.pair}. The numbers are in the table below the maps.`,
    width: side,
    height: height + 2,
    body: html`${cells}<rect class="cell-frame" x="${left}" y="${top}" width="${round1(count * cell)}" height="${round1(count * cell)}"/>${labels}`,
  })}</figure>`
}

/** .87 and −.3 where there is no room for 0.87. */
function shortNumber(value: number, cell: number): string {
  const text = fixed(value, cell >= 27 ? 2 : 1)
  return cell >= 34 ? text : text.replace(/^(−?)0\./, '$1.')
}

function round1(value: number): number {
  return Math.round(value * 10) / 10
}
