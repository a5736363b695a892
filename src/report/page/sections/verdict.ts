import { called, type Fact, type Mark, type Verdict } from '../../../evaluation/index.ts'
import type { ReportData } from '../data.ts'
import { type Html, html } from '../html.ts'
import { dataTable } from '../parts.ts'
import { markMeaning, verdictOfReport } from '../verdict-of.ts'

/** The verdict: what a stranger should know first, then the figures that it is made of. */
export function verdictSection(data: ReportData): Html {
  const verdict = verdictOfReport(data)
  return html`<section id="verdict" class="verdict ${shadeOf(verdict.mark)}" aria-labelledby="verdict-heading"><h2 id="verdict-heading">Verdict</h2>${said(verdict)}${
    verdict.facts.length > 0 && headline(verdict.facts, data.evaluation)
  }</section>`
}

/** The count of marks large, then a line for each thing worth saying. */
function said({ sentences }: Verdict): Html {
  const [first = 'Nothing was measured.', ...rest] = sentences
  return html`<p class="said">${first}</p>${
    rest.length > 0 && html`<ul>${rest.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
  }`
}

function headline(facts: readonly Fact[], evaluation: ReportData['evaluation']): Html {
  const { against } = evaluation
  return dataTable({
    caption: `Judged by ${against}; in brackets 95 % intervals; ${markMeaning}`,
    stacked: true,
    heads: [
      'What',
      { text: 'Figure', numeric: true },
      { text: called('Real rows reach', evaluation), numeric: true },
      'Mark',
      'Limits of the mark',
    ],
    rows: facts.map(({ title, figureText, floorText, mark, rule }) => [
      title,
      figureText,
      floorText,
      badge(mark),
      html`<span class="quiet">${rule}; poor beyond</span>`,
    ]),
  })
}

type Shade = 'good' | 'fair' | 'poor' | 'unknown'

/** The colour of a mark: what is not known is no colour of praise or blame. */
const shades: Readonly<Record<Mark, Shade>> = {
  good: 'good',
  'good or fair': 'unknown',
  fair: 'fair',
  'not shown': 'unknown',
  'fair or poor': 'unknown',
  poor: 'poor',
}

function shadeOf(mark: Mark | undefined): Shade {
  return mark === undefined ? 'unknown' : shades[mark]
}

/** A mark as a word with a shape of its own: full, half, hollow, a dash; colour only repeats it. */
export function badge(mark: Mark): Html {
  const shade = shadeOf(mark)
  const shape = {
    good: html`<circle cx="8" cy="8" r="7.5"/>`,
    fair: html`<path d="M8,.5a7.5,7.5 0 0 0 0,15z"/><circle cx="8" cy="8" r="6.8" style="fill:none;stroke:var(--mark);stroke-width:1.4"/>`,
    poor: html`<circle cx="8" cy="8" r="6.8" style="fill:none;stroke:var(--mark);stroke-width:1.4"/>`,
    unknown: html`<path d="M1,8H15" style="stroke:var(--mark);stroke-width:2"/>`,
  }[shade]
  return html`<span class="mark ${shade}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">${shape}</svg>${mark}</span>`
}
