import {
  type ClassAgreement,
  counted,
  estimate,
  featuresInWords,
  listed,
  percentEstimate,
} from '../../../evaluation/index.ts'
import { countText } from '../../picture/text.ts'
import type { PictureSheets, ReportData, Sheet } from '../data.ts'
import { dataUrl, type Html, html } from '../html.ts'
import { dataTable, type Section } from '../parts.ts'

/** Synthetic pictures beside real ones, label by label. */
export function picturesSection({ pictures, evaluation }: ReportData): Section | undefined {
  if (pictures === undefined) return undefined
  const { groups } = pictures
  const agreement = evaluation.pictures?.agreement
  const labelled = groups.length > 1
  return {
    id: 'pictures',
    heading: labelled ? 'Pictures of each label' : 'Pictures',
    short: 'Pictures',
    body: html`<p>Synthetic pictures as they were drawn, none chosen, above real ones that the model never saw (${evaluation.against}).${
      agreement &&
      ` Beside each label: how often the classifier says it of synthetic pictures, and of real ones.`
    }</p><div class="grid pictures">${groups.map((group) => groupFigure(group, agreement?.classes))}</div>`,
  }
}

function groupFigure(
  { label, synthetic, real }: PictureSheets['groups'][number],
  classes: readonly ClassAgreement[] | undefined,
): Html {
  const found = classes?.find((one) => one.label === label)
  const what = label === undefined ? 'pictures' : `pictures of the label ${label}`
  return html`<figure><figcaption><h3>${label ?? 'All pictures'}</h3>${
    found &&
    html`<p>${percentEstimate(found)} of ${countText(found.rows)}; real ${percentEstimate(found.floor)} of ${countText(found.floorRows)}</p>`
  }</figcaption>${image(synthetic, `Synthetic ${what}`)}${image(real, `Real ${what}`)}</figure>`
}

/** A sheet as an image that keeps its pixels; a line instead where there is none. */
function image(sheet: Sheet | undefined, what: string): Html {
  if (sheet === undefined) return html`<p class="quiet small">${what}: none.</p>`
  return html`<p class="quiet small">${what.split(' ')[0]}</p><img alt="${what}: ${counted(sheet.count, 'picture')}" src="${dataUrl('image/png', sheet.png)}">`
}

/** Training pictures beside the synthetic ones that lie nearest to one. */
export function nearestSection({ pictures }: ReportData): Section | undefined {
  if (pictures === undefined) return undefined
  const { nearest } = pictures
  const { neighbours, byFeatures } = nearest
  const columns = [
    'the synthetic picture',
    ...(byFeatures ? [`the ${neighbours} training pictures nearest to it by features`] : []),
    `the ${neighbours} nearest by pixels`,
  ]
  return {
    id: 'nearest',
    heading: 'Nearest training pictures',
    short: 'Nearest',
    body: html`<p>The ${counted(nearest.count, 'synthetic picture')} of those shown above that ${nearest.count === 1 ? 'lies' : 'lie'} nearest to a training picture by pixels, a row each, the nearest first. In a row from the left: ${listed(columns)}. A picture learned by heart is the same as one of them.</p><figure class="nearest">${image(nearest, 'Synthetic pictures and the training pictures nearest to each')}</figure>`,
  }
}

const aims = { lower: 'lower is better', higher: 'higher is better', half: '0.5 is perfect' } as const

/** Distances on features, beside what real pictures reach. */
export function featureSection({ evaluation }: ReportData): Section | undefined {
  const { samples, pictures, against } = evaluation
  const { features, agreement } = pictures ?? {}
  if (!samples || !features) return undefined
  return {
    id: 'features',
    heading: 'Distances on features',
    short: 'Features',
    body: html`<p>Pictures are compared by ${countText(features.width)} ${featuresInWords(features)}. It learned from ${counted(features.trainedOn, 'training picture')} of this run${
      features.accuracy && ` and tells ${percentEstimate(features.accuracy)} of the held-out ones rightly`
    }${
      features.task === 'rotations' &&
      ': since the pictures have no labels, it tells by how far a picture was turned (Gidaris, Singh, Komodakis 2018)'
    }. Its features are its own: the Fréchet distance here is not FID, and is not to be compared with figures on other features. Features are in standard deviations of real pictures. ${counted(features.setAside, 'training picture')}, from which it did not learn, stand for real pictures.</p>${dataTable(
      {
        caption: `Synthetic pictures against ${against}, with 95 % intervals; beside each figure what as many real pictures reach in their place`,
        stacked: true,
        heads: [
          'Figure',
          { text: 'Synthetic pictures', numeric: true },
          { text: 'Real pictures reach', numeric: true },
          'Which way is good',
          { text: 'Pictures a side', numeric: true },
        ],
        rows: samples.figures.map((figure) => [
          figure.name,
          estimate(figure),
          estimate(figure.floor),
          aims[figure.better],
          countText(figure.rows),
        ]),
      },
    )}${
      agreement &&
      dataTable({
        caption:
          'Share of the pictures of each label of which the classifier says that label, with 95 % intervals',
        stacked: true,
        heads: [
          'Label',
          { text: 'Synthetic pictures', numeric: true },
          { text: 'Real pictures', numeric: true },
          'Most often taken for',
        ],
        rows: [
          ...agreement.classes.map((one) => [
            one.label,
            percentEstimate(one),
            percentEstimate(one.floor),
            one.mistakenFor ?? '–',
          ]),
          ['all', percentEstimate(agreement), percentEstimate(agreement.floor), ''],
        ],
      })
    }`,
  }
}
