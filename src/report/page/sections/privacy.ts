import {
  called,
  counted,
  estimate,
  listed,
  number,
  percentEstimate,
  privacyFiguresOf,
  privacyMeasure,
} from '../../../evaluation/index.ts'
import type { ReportData } from '../data.ts'
import { html } from '../html.ts'
import { dataTable, type Section } from '../parts.ts'
import { unseenRowsSentence } from '../steps.ts'
import { verdictOfReport } from '../verdict-of.ts'
import { badge } from './verdict.ts'

type Privacy = NonNullable<ReportData['privacy']>

/** Whether rows that were learned from show through in the synthetic ones. */
export function privacySection(data: ReportData): Section | undefined {
  const { privacy, source } = data
  if (source.words.nobodys !== undefined) return undefined
  const heading = called('Privacy: do training rows show through?', data.evaluation)
  const common = { id: 'privacy', heading, short: 'Privacy' }
  if (privacy === undefined)
    return { ...common, body: html`<p>Not measured: this evaluation holds no figures of privacy.</p>` }
  const unseen = unseenRowsSentence(data.training)
  return {
    ...common,
    body: html`<ul>${verdictOfReport(data)
      .facts.filter(({ topic }) => topic === 'privacy')
      .map(
        ({ mark, says }) => html`<li>${badge(mark)} ${says}</li>`,
      )}</ul><p>These figures are a check, not a guarantee: only training with noise of its own can promise privacy.</p>${unseen === undefined ? '' : html`<p>${unseen}</p>`}${dataTable(
      {
        caption: called(
          `Figures of privacy, with 95 % intervals${
            privacy.trainingRows === undefined
              ? ''
              : `; compared with all ${counted(privacy.trainingRows, 'training row')}`
          }`,
          data.evaluation,
        ),
        stacked: true,
        heads: ['What', { text: 'Figure', numeric: true }, 'Without a leak'],
        rows: [...figureRows(privacy), ...distanceRows(privacy, data.evaluation)].map((row) =>
          row.map((cell) => called(cell, data.evaluation)),
        ),
      },
    )}`,
  }
}

function figureRows(privacy: Privacy): string[][] {
  return privacyFiguresOf(privacy).map(({ name, floor, columns = [], ...figure }) => {
    const { summary, floorIs, isShare } = privacyMeasure(name)
    const shown = isShare ? percentEstimate : estimate
    const where = columns.length > 0 ? `; in ${listed(columns)}` : ''
    return [
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${where}`,
      shown(figure),
      `${shown(floor)} ${floorIs}`,
    ]
  })
}

function distanceRows({ closest }: Privacy, { pictures }: ReportData['evaluation']): string[][] {
  if (closest === undefined) return []
  const { synthetic, heldOut, training } = closest
  const unit = pictures ? 'of the bytes' : 'in standard deviations'
  return (
    [
      ['median', 'median'],
      ['low', 'one row in twenty is nearer than'],
    ] as const
  ).map(([key, text]) => [
    `Distance to the closest training row, ${unit}: ${text}`,
    number(synthetic[key]),
    `${number(heldOut[key])} of held-out rows${training ? `; ${number(training[key])} of training rows to another one` : ''}`,
  ])
}
