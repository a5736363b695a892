import type { ReportData } from '../data.ts'
import { counted, estimate, number, percent } from '../format.ts'
import { html } from '../html.ts'
import { dataTable, type Section } from '../parts.ts'
import { verdictOfReport } from '../verdict-of.ts'
import { badge } from './verdict.ts'

/** Whether rows that were learned from show through in the synthetic ones. */
export function privacySection(data: ReportData): Section | undefined {
  const { privacy, source } = data
  if (source.kind === 'toy') return undefined
  const common = { id: 'privacy', heading: 'Privacy: do rows learned from show through?', short: 'Privacy' }
  if (privacy === undefined)
    return { ...common, body: html`<p>Not measured: this evaluation holds no figures of privacy.</p>` }
  const { copies, membership, nearer, closest } = privacy
  return {
    ...common,
    body: html`<ul>${verdictOfReport(data)
      .facts.filter(({ topic }) => topic === 'privacy')
      .map(
        ({ mark, says }) => html`<li>${badge(mark)} ${says}</li>`,
      )}</ul><p>These figures are a check, not a guarantee: only training with noise of its own can promise privacy.</p>${dataTable(
      {
        caption: 'Figures of privacy, with 95 % intervals',
        stacked: true,
        heads: ['What', { text: 'Figure', numeric: true }, 'Where nothing leaks'],
        rows: [
          [
            'Synthetic rows that equal a training row',
            `${counted(copies.synthetic, 'row')} (${percent(copies.synthetic / copies.syntheticRows)})`,
            `${percent(copies.heldOut / copies.heldOutRows)}, as among held-out rows`,
          ],
          [
            'Telling training rows from unseen ones by the nearest synthetic row: area under the curve',
            estimate(membership),
            '0.5',
          ],
          ...(closest
            ? (
                [
                  ['median', 'median'],
                  ['low', 'one row in twenty is nearer than'],
                ] as const
              ).map(([key, text]) => [
                `Distance to the closest training row, in standard deviations: ${text}`,
                number(closest.synthetic[key]),
                `${number(closest.heldOut[key])}, as of held-out rows`,
              ])
            : []),
          ...(nearer
            ? [
                [
                  'Share of synthetic rows nearer to a training row than to an unseen one',
                  estimate(nearer),
                  '0.5',
                ],
              ]
            : []),
        ],
      },
    )}`,
  }
}
