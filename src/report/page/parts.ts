import { type Html, html, type Part } from './html.ts'

/** A section of the page, found by its heading. */
export interface Section {
  readonly id: string
  readonly heading: string
  /** A shorter heading for the list of contents. */
  readonly short?: string
  readonly body: Part
}

/** One column of a table: what stands above it, and whether it holds numbers. */
export interface Head {
  readonly text: string
  readonly numeric?: boolean
}

/** A table: its first column names the rows. */
export interface TableContent {
  readonly caption: string
  readonly heads: readonly (string | Head)[]
  readonly rows: readonly (readonly Part[])[]
  /** On a narrow page each row becomes a block of lines, where reading along a row matters more than down a column. */
  readonly stacked?: boolean
}

/**
 * A table with a caption and named rows, in a box of its own that scrolls sideways where the page is narrower; one that can
 * be scrolled can be reached by keyboard.
 */
export function dataTable({ caption, heads, rows, stacked = false }: TableContent): Html {
  const known = heads.map((head): Head => (typeof head === 'string' ? { text: head } : head))
  const classOf = (index: number, part?: Part): Html | false =>
    known[index]?.numeric === true && (isShort(part) ? html` class="n short"` : html` class="n"`)
  const cells = (row: readonly Part[]): Html[] =>
    row.map((part, index) =>
      index === 0
        ? html`<th scope="row"${classOf(index)}>${part}</th>`
        : html`<td${classOf(index, part)}${stacked && html` data-label="${known[index]!.text}"`}>${part}</td>`,
    )
  const table = html`<table${stacked && html` class="stack"`}><caption>${caption}</caption><thead><tr>${known.map(
    ({ text }, index) => html`<th scope="col"${classOf(index)}>${text}</th>`,
  )}</tr></thead><tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody></table>`
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}">${table}</div>`
}

/** Whether a cell is short enough to stay on one line where there is room: a figure with its interval is. */
function isShort(part: Part | undefined): boolean {
  return typeof part === 'string' && part.length <= 26
}

/** Something to unfold. */
export function unfold(summary: string, content: Part): Html {
  return html`<details><summary>${summary}</summary>${content}</details>`
}

/** A drawing with its heading, what there is to see, and its numbers as a table. */
export function figure(options: {
  readonly heading: string
  readonly caption?: Part
  readonly drawing: Html
  readonly table: TableContent
  /** Between heading and drawing, such as what the colours mean. */
  readonly key?: Part
}): Html {
  const { heading, caption, drawing, table, key } = options
  return html`<figure><figcaption><h3>${heading}</h3>${caption && html`<p>${caption}</p>`}</figcaption>${key}${drawing}${unfold(
    'The numbers as a table',
    dataTable(table),
  )}</figure>`
}

/** What the colours of real and synthetic rows mean, told in shapes as well. */
export function colourKey(shape: 'line' | 'bar' | 'dot'): Html {
  const entry = (kind: 'real' | 'synthetic', text: string): Html =>
    html`<li><svg viewBox="0 0 28 14" aria-hidden="true" focusable="false">${samples[shape](kind)}</svg>${text}</li>`
  return html`<ul class="key">${entry('real', 'real rows')}${entry('synthetic', 'synthetic rows')}</ul>`
}

const samples: Readonly<Record<'line' | 'bar' | 'dot', (kind: 'real' | 'synthetic') => Html>> = {
  line: (kind) =>
    kind === 'real'
      ? html`<g class="real"><rect class="area" x="1" y="4" width="26" height="10"/><path class="line" d="M1,4H27"/></g>`
      : html`<path class="synthetic line" d="M1,7H27"/>`,
  bar: (kind) =>
    html`<g class="${kind}"><rect class="${kind === 'real' ? 'fill' : 'hatched'}" x="2" y="2" width="24" height="10"/></g>`,
  dot: (kind) =>
    html`<path class="${kind} dots" d="M6,7h0M14,7h0M22,7h0" style="stroke-width:6;stroke-opacity:1"/>`,
}

/** Names and what belongs to each. */
export function definitions(entries: readonly (readonly [term: string, value: Part])[]): Html {
  return html`<dl>${entries.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`
}
