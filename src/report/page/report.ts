import { counted } from '../../evaluation/index.ts'
import type { ReportData } from './data.ts'
import { framed } from './frame.ts'
import { type Html, html } from './html.ts'
import type { Section } from './parts.ts'
import { associationsSection } from './sections/associations.ts'
import { columnsSection } from './sections/columns.ts'
import { likelihoodSection } from './sections/likelihood.ts'
import { pairsSection } from './sections/pairs.ts'
import { featureSection, nearestSection, picturesSection } from './sections/pictures.ts'
import { privacySection } from './sections/privacy.ts'
import { reproduceSection } from './sections/reproduce.ts'
import { settingsSection } from './sections/settings.ts'
import { trainingSection } from './sections/training.ts'
import { twoSampleSection } from './sections/two-sample.ts'
import { utilitySection } from './sections/utility.ts'
import { verdictSection } from './sections/verdict.ts'
import { worstRowsSection } from './sections/worst-rows.ts'

type SectionOf = (data: ReportData) => Section | undefined

/** The sections after the verdict of rows of cells, in the order of the page; one without figures is left out. */
const cellSections: readonly SectionOf[] = [
  trainingSection,
  columnsSection,
  pairsSection,
  associationsSection,
  likelihoodSection,
  twoSampleSection,
  utilitySection,
  privacySection,
  worstRowsSection,
  settingsSection,
  reproduceSection,
]

/** The same of pictures. */
const pictureSections: readonly SectionOf[] = [
  picturesSection,
  nearestSection,
  featureSection,
  privacySection,
  likelihoodSection,
  trainingSection,
  settingsSection,
  reproduceSection,
]

/**
 * The report of a run as one HTML file: no scripts, nothing fetched, readable on paper and on a phone, in light and dark,
 * by keyboard and by ear.
 */
export function reportHtml(data: ReportData): string {
  const sections = data.pictures ? pictureSections : cellSections
  const shown = sections.map((section) => section(data)).filter((section) => section !== undefined)
  const title = `How good is ${data.run.name}?`
  const body = html`<a class="skip" href="#main">Skip to the verdict</a>
<header>
<p class="eyebrow">Scorefield report</p>
<h1>${title}</h1>
<p class="quiet">${summary(data)}</p>
${contents(shown)}
</header>
<main id="main" tabindex="-1">
${verdictSection(data)}
${shown.map(
  ({ id, heading, body }) =>
    html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}</h2>${body}</section>\n`,
)}</main>
<footer><p>Written by Scorefield ${data.run.versions['scorefield'] ?? ''}. Everything on this page is in this one file; the figures are those of evaluation.json beside it.</p></footer>`
  return framed({ title: `${title} – Scorefield report`, body })
}

function summary({ source, training, pictures }: ReportData): string {
  const { one = 'row' } = source.words
  const what = pictures ? '' : `${counted(source.columns.length, 'column')} from `
  const learned =
    source.trainingRows === null
      ? `fresh draws of ${source.name}`
      : `${counted(source.trainingRows, one)} of ${source.name}`
  const size = training.parameters === undefined ? '' : ` of ${counted(training.parameters, 'parameter')}`
  return `A score-based generative model${size} that learned ${what}${learned}.`
}

function contents(shown: readonly Section[]): Html {
  return html`<nav aria-label="Contents"><ol>${[
    { id: 'verdict', heading: 'Verdict', short: undefined },
    ...shown,
  ].map(({ id, heading, short }) => html`<li><a href="#${id}">${short ?? heading}</a></li>`)}</ol></nav>`
}
