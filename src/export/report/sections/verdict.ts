import type { ReportData } from '../data.ts'
import { type Html, html } from '../html.ts'
import { dataTable } from '../parts.ts'
import { type Judgement, judgementsOf, type Mark, verdictSentences, worstMark } from '../verdict.ts'

/** The verdict: what a stranger should know first, then the figures that it is made of. */
export function verdictSection(data: ReportData): Html {
  const judgements = judgementsOf(data)
  return html`<section id="verdict" class="verdict ${worstMark(judgements) ?? 'unknown'}" aria-labelledby="verdict-heading"><h2 id="verdict-heading">Verdict</h2><p class="said">${verdictSentences(data).join(' ')}</p>${
    judgements.length > 0 && headline(judgements, data.evaluation.against)
  }</section>`
}

function headline(judgements: readonly Judgement[], against: string): Html {
  return dataTable({
    caption: `Judged by ${against}; in brackets 95 % intervals`,
    stacked: true,
    heads: [
      'What',
      { text: 'Figure', numeric: true },
      { text: 'Real rows reach', numeric: true },
      'Mark',
      'Rule of the mark',
    ],
    rows: judgements.map(({ aspect, figure, floor, mark, rule }) => [
      aspect,
      figure,
      floor,
      badge(mark),
      html`<span class="quiet">${rule}; poor otherwise</span>`,
    ]),
  })
}

/** A mark as a word with a shape of its own: full, half, hollow; colour only repeats it. */
export function badge(mark: Mark): Html {
  const shape = {
    good: html`<circle cx="8" cy="8" r="7.5"/>`,
    fair: html`<path d="M8,.5a7.5,7.5 0 0 0 0,15z"/><circle cx="8" cy="8" r="6.8" style="fill:none;stroke:var(--mark);stroke-width:1.4"/>`,
    poor: html`<circle cx="8" cy="8" r="6.8" style="fill:none;stroke:var(--mark);stroke-width:1.4"/>`,
  }[mark]
  return html`<span class="mark ${mark}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">${shape}</svg>${mark}</span>`
}
