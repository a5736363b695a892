import { counted, estimate, type Figure, tableMetrics } from '../../../evaluation/index.ts'
import { countText } from '../../picture/text.ts'
import type { ReportData } from '../data.ts'
import { type ForestEntry, forest } from '../forest.ts'
import { type Html, html } from '../html.ts'
import { dataTable, figure, type Section } from '../parts.ts'

const aims = { lower: 'lower is better', higher: 'higher is better', half: '0.5 is perfect' } as const

/** Whether a judge tells synthetic rows from real ones, and the distances between the two. */
export function twoSampleSection({ evaluation }: ReportData): Section {
  const { samples } = evaluation
  const heading = 'Telling synthetic rows from real ones'
  if (samples === undefined)
    return {
      id: 'two-sample',
      heading,
      short: 'Two-sample test',
      body: html`<p>Not measured: there are too few rows to compare with.</p>`,
    }
  const classifier = samples.figures.find(({ metric }) => metric === 'classifier')
  const whole = samples.figures.filter(({ column }) => column === undefined)
  return {
    id: 'two-sample',
    heading,
    short: 'Two-sample test',
    body: html`${classifier && judged(classifier, evaluation.baselineSamples ?? [])}<h3>All distances</h3>${dataTable(
      {
        caption: `Synthetic rows against ${evaluation.against}${otherwise(whole)}, with 95 % intervals; beside each figure what real rows reach in place of the synthetic ones, in as many rows`,
        stacked: true,
        heads: [
          'Figure',
          { text: 'Synthetic rows', numeric: true },
          { text: 'Real rows reach', numeric: true },
          'Which way is good',
          { text: 'Rows a side', numeric: true },
        ],
        rows: whole.map((figure) => [
          figure.name,
          estimate(figure),
          estimate(figure.floor),
          aims[figure.better],
          countText(figure.rows),
        ]),
      },
    )}`,
  }
}

/** Which of the figures compare with other rows than the evaluation's. */
function otherwise(figures: readonly Figure[]): string {
  const names = figures.map(({ name }) => name)
  const published = tableMetrics.map(({ name }) => name).filter((name) => names.includes(name))
  const said = [
    ...(names.includes('classifier') ? ['classifier: against all real rows'] : []),
    ...(published.length > 0 ? [`${published.join(', ')}: against training rows, as in papers`] : []),
  ]
  return said.length > 0 ? ` (${said.join('; ')})` : ''
}

function judged(
  classifier: Figure,
  baselines: NonNullable<ReportData['evaluation']['baselineSamples']>,
): Html {
  const entries: ForestEntry[] = [
    { name: 'rows of this model', estimate: classifier, kind: 'synthetic' },
    { name: 'real rows (the floor)', estimate: classifier.floor, kind: 'real' },
    ...baselines.map(({ name, classifier: of, rows }) => ({
      name: `rows of ${name}${rows && rows < classifier.rows ? ` (${countText(rows)} a side)` : ''}`,
      estimate: of,
      kind: 'neutral' as const,
    })),
  ]
  return html`<div class="grid wide"><div><p>Boosted trees learn to tell ${counted(classifier.rows, 'synthetic row')} from as many real ones and are then asked about rows they have not seen. The area under the curve says how often, of a real and a synthetic row, they find out which is which: 0.5 is guessing, 1 is always.</p><p>Grey band: the interval of real rows against real rows, which synthetic rows can only reach by chance or by being as good. Where an interval reaches into it, so many rows show no difference from real ones.${baselines.length === 0 && ' This evaluation holds no rows of baselines.'}</p></div>${figure(
    {
      heading: 'Area under the curve of the judge',
      drawing: forest({
        id: 'classifier',
        title: 'How well a judge tells rows from real rows: area under the curve',
        entries,
        axis: 'area under the curve; nearer to 0.5 is better',
        reference: { value: 0.5, text: 'guessing' },
        band: classifier.floor,
        least: [0.45, 0.7],
      }),
      table: {
        caption: 'Area under the curve of a judge of rows, with 95 % intervals',
        heads: ['Rows', { text: 'Area under the curve', numeric: true }],
        rows: entries.map(({ name, estimate: given }) => [name, estimate(given)]),
      },
    },
  )}</div>`
}
