import { called, counted, estimate } from '../../../evaluation/index.ts'
import type { ReportData } from '../data.ts'
import { forest } from '../forest.ts'
import { html } from '../html.ts'
import { dataTable, definitions, type Section } from '../parts.ts'

/** How likely the model finds rows that it never saw, beside densities that anybody can fit. */
export function likelihoodSection({ evaluation }: ReportData): Section | undefined {
  const { likelihood, against } = evaluation
  if (likelihood === undefined) return undefined
  const say = (sentence: string): string => called(sentence, evaluation)
  const { model, baselines, isBound, bitsPerDimension } = likelihood
  const drawn = forest({
    id: 'likelihood-advantage',
    title: say('Advantage of this model over each simple model, nats a row'),
    entries: baselines.map(({ name, advantage }) => ({
      name: `over ${name}`,
      estimate: advantage,
      kind: 'synthetic',
    })),
    axis: say('nats a row; an interval right of 0: better'),
    reference: { value: 0, text: 'no difference' },
  })
  const table = dataTable({
    caption: say('Mean log-density of the rows, nats a row; higher is better. Differences are paired by row'),
    stacked: true,
    heads: [
      'Density',
      { text: say('Nats a row'), numeric: true },
      { text: 'Advantage of this model', numeric: true },
    ],
    rows: [
      [isBound ? 'this model, at least' : 'this model', estimate(model), '–'],
      ...baselines.map(({ name, logDensity, advantage }) => [
        name,
        estimate(logDensity),
        estimate(advantage),
      ]),
    ],
  })
  return {
    id: 'likelihood',
    heading: say('Likelihood of rows it never saw'),
    short: 'Likelihood',
    body: html`<p>${say(
      `How probable ${against} are under the model, and under simple densities fitted to the same training rows: ${counted(
        model.rows,
        'row',
      )}, in nats a row and in the data’s own units. A nat more means 2.7 times the probability in the geometric mean. Intervals are 95 %.`,
    )}${
      bitsPerDimension &&
      ` In bits a dimension (lower is better): at most ${estimate(bitsPerDimension)}, of pictures as their bytes.`
    }</p><div class="grid wide">${
      baselines.length > 0 &&
      html`<figure><figcaption><h3>Advantage of this model</h3><p>An interval that holds 0 shows no difference.</p></figcaption>${drawn}</figure>`
    }<div>${table}</div></div>${definitions(baselines.map(({ name, summary }) => [name, summary]))}`,
  }
}
