import { counted, fixed, percent } from '../../../evaluation/index.ts'
import type { ReportData, ReportRows } from '../data.ts'
import { cellText } from '../format.ts'
import { type Html, html } from '../html.ts'
import { dataTable, type Section } from '../parts.ts'

/** Columns shown of a row, at most, and beside one another. */
const mostColumns = 20
const mostBeside = 8

/** Real rows that the model finds least likely, and synthetic rows that the judge finds out first. */
export function worstRowsSection({ leastLikely, mostRecognisable }: ReportData): Section | undefined {
  if (leastLikely === undefined && mostRecognisable === undefined) return undefined
  return {
    id: 'worst-rows',
    heading: 'The worst rows',
    short: 'Worst rows',
    body: html`${
      leastLikely &&
      html`<h3>Real rows that the model finds least likely</h3><p>Held-out rows with the least log-density of ${counted(leastLikely.among, 'row')}: oddities of the data, or places where the model is wrong.</p>${table(leastLikely, { name: 'Nats', text: (value) => fixed(value, 1), caption: 'Held-out rows, the least likely first' })}`
    }${
      mostRecognisable &&
      html`<h3>Synthetic rows that the judge recognises first</h3><p>Of ${counted(mostRecognisable.among, 'synthetic row')}, those to which boosted trees give the highest probability of being synthetic. The trees did not learn these rows. What the rows have in common may be what the model gets wrong; it may be chance if the judge as a whole does no better than guessing.</p>${table(mostRecognisable, { name: 'Judge’s probability', text: percent, caption: 'Synthetic rows, the most recognisable first, with the judge’s probability' })}`
    }`,
  }
}

function table(
  { columns, rows }: ReportRows,
  of: { readonly name: string; readonly text: (value: number) => string; readonly caption: string },
): Html {
  const shown = columns.slice(0, mostColumns)
  const left = columns.length - shown.length
  const caption = `${of.caption}${left > 0 ? `; ${left} more columns are not shown` : ''}`
  // Rows of many columns are read downwards: beside one another they would be wider than the page.
  if (shown.length > mostBeside)
    return dataTable({
      caption,
      stacked: true,
      heads: ['Column', ...rows.map((_, i) => ({ text: String(i + 1), numeric: false }))],
      rows: [
        [of.name, ...rows.map(({ value }) => of.text(value))],
        ...shown.map((column, k) => [
          column.name,
          ...rows.map(({ cells }) => cellText(cells[k] ?? null, column)),
        ]),
      ],
    })
  const isNumber = (cell: string | number | null | undefined): boolean => typeof cell === 'number'
  const numeric = shown.map(
    (_, k) =>
      rows.some(({ cells }) => isNumber(cells[k])) &&
      rows.every(({ cells }) => isNumber(cells[k]) || (cells[k] ?? null) === null),
  )
  return dataTable({
    caption,
    stacked: true,
    heads: [
      { text: of.name, numeric: true },
      ...shown.map(({ name }, k) => ({ text: name, numeric: numeric[k]! })),
    ],
    rows: rows.map(({ value, cells }) => [
      of.text(value),
      ...shown.map((column, k) => cellText(cells[k] ?? null, column)),
    ]),
  })
}
