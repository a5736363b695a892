import { counted, estimate, percentEstimate } from '../../../evaluation/index.ts'
import type { ReportData } from '../data.ts'
import { type ForestEntry, forest } from '../forest.ts'
import { html } from '../html.ts'
import { figure, type Section } from '../parts.ts'

/** Whether what is learned from synthetic rows holds for real ones. */
export function utilitySection({ utility }: ReportData): Section | undefined {
  if (utility === undefined) return undefined
  const { target, chosenBy, measure, real, synthetic, relativeDifference, rows, heldOutRows, copiesLeftOut } =
    utility
  const copies =
    copiesLeftOut > 0 ? ` ${copiesLeftOut} more are left out, since they equal a training row.` : ''
  const entries: ForestEntry[] = [
    { name: 'learned from synthetic rows', estimate: synthetic, kind: 'synthetic' },
    { name: 'learned from real rows', estimate: real, kind: 'real' },
  ]
  return {
    id: 'utility',
    heading: 'Usefulness: learned from synthetic rows, judged on real ones',
    short: 'Usefulness',
    body: html`<div class="grid wide"><div><p>Boosted trees learn to predict ${target} (chosen by ${chosenBy}) from the other columns, once from ${counted(rows, 'synthetic row')} and once from as many real ones. Both are judged on ${counted(heldOutRows, 'real row')} that neither has seen.${copies}</p><p>Relative difference: ${percentEstimate(relativeDifference)}; below 0 the synthetic rows teach less, as far as the whole interval lies there.</p></div>${figure(
      {
        heading: `${measure}, predicting ${target}`,
        drawing: forest({
          id: 'utility-figures',
          title: `${measure} of predicting ${target} in real rows`,
          entries,
          axis: `${measure}; higher is better`,
          band: real,
        }),
        table: {
          caption: `${measure} on real rows, with 95 % intervals`,
          heads: ['Predictor', { text: measure, numeric: true }],
          rows: entries.map(({ name, estimate: given }) => [name, estimate(given)]),
        },
      },
    )}</div>`,
  }
}
