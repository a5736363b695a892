import type { BriefFigures, Estimate } from '../../evaluation/index.ts'
import { counted, estimate, fixed } from '../../evaluation/index.ts'
import { countText } from '../picture/text.ts'
import { forest } from './forest.ts'
import { framed } from './frame.ts'
import { dataUrl, type Html, html } from './html.ts'
import { dataTable } from './parts.ts'

/** What one family came to, over all seeds. */
export interface ComparedFamily {
  readonly family: string
  readonly objective: string
  readonly parameters?: number | undefined
  readonly steps?: number | undefined
  readonly sampler?: string | undefined
  readonly trainingSeconds?: Spread | undefined
  readonly secondsPerSample?: Spread | undefined
  /** Nats a row in the units of the data; without a value the family has no log-density. */
  readonly likelihood?: { readonly kind: string; readonly value?: Spread | undefined } | undefined
  readonly classifier?: Spread | undefined
  readonly energyDistance?: Spread | undefined
  readonly coverage?: Spread | undefined
  /** What went wrong, by seed. */
  readonly errors: readonly string[]
  /** A picture, as SVG. */
  readonly picture?: string | undefined
}

/** A figure's mean over seeds, and the least and the largest; of one seed its 95 % interval instead. */
export interface Spread extends Estimate {
  readonly seeds: number
}

/** What the page of a comparison shows. */
export interface ComparePage {
  readonly data: string
  readonly secondsPerTraining: number
  readonly seeds: number
  readonly testRows: number
  readonly floor?: Omit<BriefFigures, 'classifier'> | undefined
  readonly families: readonly ComparedFamily[]
  readonly version: string
}

/** A likelihood in words: its figure, a bound, or that there is none. */
export function likelihoodText(likelihood: ComparedFamily['likelihood']): string {
  if (likelihood === undefined) return '–'
  if (likelihood.value === undefined) return 'cannot'
  return `${likelihood.kind === 'bound' ? '≥ ' : ''}${estimate(likelihood.value)}`
}

/** The page of a comparison as one HTML file: no scripts, nothing fetched. */
export function comparePage(page: ComparePage): string {
  const { families, floor, seeds, data } = page
  const title = `Families of models on ${data}`
  const spread =
    seeds > 1
      ? `mean of ${seeds} seeds, in brackets the least and the largest`
      : 'in brackets the 95 % interval'
  const text = (value: Spread | undefined): string => (value ? estimate(value) : '–')
  const table = dataTable({
    caption: `Each family on the same split: ${spread}`,
    stacked: true,
    heads: [
      'Family',
      'Objective',
      { text: 'Log-likelihood, nats a row', numeric: true },
      { text: 'Classifier area', numeric: true },
      { text: 'Energy distance', numeric: true },
      { text: 'Coverage', numeric: true },
      { text: 'Training, s', numeric: true },
      { text: 'A sample, ms', numeric: true },
      { text: 'Parameters', numeric: true },
    ],
    rows: [
      ...families.map((it) => [
        it.family,
        it.objective,
        likelihoodText(it.likelihood),
        text(it.classifier),
        text(it.energyDistance),
        text(it.coverage),
        it.trainingSeconds ? fixed(it.trainingSeconds.value, 0) : '–',
        it.secondsPerSample ? fixed(1000 * it.secondsPerSample.value, 3) : '–',
        it.parameters === undefined ? '–' : countText(it.parameters),
      ]),
      ...(floor
        ? [['real rows', '', '', '0.5', estimate(floor.energyDistance), estimate(floor.coverage), '', '', '']]
        : []),
    ],
  })
  const plots = [
    plot(
      'likelihood',
      'Log-likelihood of the test rows',
      'nats a row; higher is better',
      families,
      (it) => it.likelihood?.value,
    ),
    plot(
      'classifier',
      'Two-sample classifier',
      'area under the curve; 0.5 is perfect',
      families,
      (it) => it.classifier,
    ),
    plot('energy', 'Energy distance', 'lower is better', families, (it) => it.energyDistance),
    plot(
      'coverage',
      'Coverage',
      'share of real rows near a sample; higher is better',
      families,
      (it) => it.coverage,
    ),
  ]
  const errors = families.flatMap(({ family, errors: own }) =>
    own.map((error) => html`<li><strong>${family}</strong>: ${error}</li>`),
  )
  const pictures = families.flatMap(({ family, picture }) =>
    picture === undefined
      ? []
      : [
          html`<figure><figcaption><h3>${family}</h3></figcaption><img alt="Data and samples of the family ${family}" src="${dataUrl('image/svg+xml', new TextEncoder().encode(picture))}"></figure>`,
        ],
  )
  const body = html`<header>
<p class="eyebrow">Scorefield comparison</p>
<h1>${title}</h1>
<p class="quiet">${families.length} families, at most ${page.secondsPerTraining} s of training each, ${counted(seeds, 'seed')}, judged by the same ${counted(page.testRows, 'test row')}.</p>
</header>
<main id="main" tabindex="-1">
<section aria-labelledby="figures"><h2 id="figures">Figures</h2>${table}
<p class="quiet">“cannot”: the family has no log-density. “≥”: a lower bound. Training and sampling times are of the machine that wrote this page. The classifier is boosted trees on as many rows as there are.</p>${
    errors.length > 0 && html`<p>These did not come to an end:</p><ul>${errors}</ul>`
  }</section>
<section aria-labelledby="plots"><h2 id="plots">Side by side</h2><div class="grid wide">${plots}</div></section>
${
  pictures.length > 0 &&
  html`<section aria-labelledby="samples"><h2 id="samples">Data and samples</h2><div class="grid wide">${pictures}</div></section>`
}
</main>
<footer><p>Written by Scorefield ${page.version}. Everything on this page is in this one file; the figures are those of compare.json beside it.</p></footer>`
  return framed({
    title: `${title} – Scorefield`,
    style: ' .short { white-space: normal } figure img { width: 100%; height: auto; background: #fff; }',
    body,
  })
}

function plot(
  id: string,
  heading: string,
  axis: string,
  families: readonly ComparedFamily[],
  of: (family: ComparedFamily) => Spread | undefined,
): Html | undefined {
  const entries = families.flatMap((it) => {
    const value = of(it)
    return value ? [{ name: it.family, estimate: value, kind: 'synthetic' as const }] : []
  })
  if (entries.length === 0) return undefined
  return html`<figure><figcaption><h3>${heading}</h3></figcaption>${forest({ id, title: heading, entries, axis })}</figure>`
}
