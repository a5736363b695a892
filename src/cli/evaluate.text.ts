import {
  called,
  counted,
  diagnosisSentences,
  type Estimate,
  estimate,
  type FeatureFacts,
  featuresInWords,
  fixed,
  listed,
  percentEstimate,
  privacyFiguresOf,
  privacyMeasure,
  type StoredPrivacy,
  sideOf,
  type Verdict,
  verdictOf,
} from '../evaluation/index.ts'
import { markMeaning } from '../report/index.ts'
import type { RunEvaluation } from '../run/node.ts'
import { columnsText, proseWidth, wrapped } from './layout.ts'

/**
 * The evaluation as text: the verdict first, word for word that of the report, then the figures; no line wider than `width`, but
 * for a single word.
 */
export function describeEvaluation(
  evaluation: RunEvaluation,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const say = (lines: string[]): string[] => lines.map((line) => called(line, evaluation))
  const lines = [
    ...verdictLines(verdictOf(evaluation), evaluation.against, width),
    ...say(likelihoodLines(evaluation, width)),
    ...say(sampleLines(evaluation, width)),
    ...labelLines(evaluation, width),
    ...utilityLines(evaluation, width),
    ...say(privacyLines(evaluation, width)),
    ...diagnosisLines(evaluation),
    ...columnLines(evaluation),
  ]
  // Lines of columns are laid out already; sentences do not grow as wide as they may.
  const isProse = (line: string): boolean => !/^ |\S {2,}\S/.test(line)
  return lines.map((line) => wrapped(line, isProse(line) ? proseWidth(width) : width)).join('\n')
}

function verdictLines({ sentences, facts }: Verdict, against: string, width: number): string[] {
  const [first = 'Nothing was measured.', ...rest] = sentences
  return [
    `Verdict: ${first}`,
    ...rest.map((sentence) => `- ${sentence}`),
    '',
    `Judged by ${against}; intervals are 95 %; ${markMeaning}.`,
    ...columnsText(
      facts.map(({ name, mark, figureText, rule }) => [`  ${name}`, mark, figureText, rule]),
      { width },
    ),
  ]
}

/** What the interval of a difference, model minus baseline, shows. */
const sides = {
  more: 'model better by',
  less: 'model WORSE by',
  'not shown': 'no difference shown:',
} as const

function likelihoodLines({ likelihood, pictures }: RunEvaluation, width: number): string[] {
  if (likelihood === undefined && pictures) return []
  if (likelihood === undefined)
    return ['', 'This family of models has no log-density: there is no likelihood to compare.']
  const { model, baselines, logCell, isBound, bitsPerDimension: bits } = likelihood
  return [
    '',
    `Log-likelihood of ${counted(model.rows, 'row')}, nats a row in the data’s own units (higher is better)`,
    ...columnsText(
      [
        [isBound ? '  this, at least' : '  this model', estimate(model), ''],
        ...baselines.map(({ name, logDensity, advantage }) => {
          const side = sideOf(advantage)
          const size = side === 'less' ? negated(advantage) : advantage
          return [`  ${name}`, estimate(logDensity), `${sides[side]} ${estimate(size)}`]
        }),
      ],
      { width },
    ),
    ...(bits
      ? [`  In bits a dimension (lower is better): at most ${estimate(bits)}, of pictures as their bytes.`]
      : []),
    ...(logCell === undefined || bits
      ? []
      : [
          `  All columns are rounded or categories: log-probability of a row as it is written, at least ${fixed(model.value + logCell, 2)} nats.`,
        ]),
  ]
}

function negated({ value, low, high }: Estimate): Estimate {
  return { value: -value, low: -high, high: -low }
}

const aims = { lower: 'lower is better', higher: 'higher is better', half: '0.5 is perfect' } as const

function sampleLines({ samples, baselineSamples = [], pictures }: RunEvaluation, width: number): string[] {
  if (!samples) return ['', 'Too few rows to judge samples by.']
  const whole = samples.figures.filter(({ column }) => column === undefined)
  const rowsOf = (rows: number | undefined): string => (rows ? `, ${rows.toLocaleString('en')} rows` : '')
  const judged = baselineSamples.map(
    ({ name, classifier, rows }) => [`classifier, ${name}${rowsOf(rows)}`, classifier] as const,
  )
  const heading = ['Samples against real rows', '', 'real rows themselves reach', '']
  return [
    '',
    ...featureLines(pictures?.features),
    ...columnsText(
      [
        heading,
        ...whole.map(({ name, better, floor, ...figure }) => [
          `  ${name}`,
          estimate(figure),
          estimate(floor),
          aims[better],
        ]),
        ...judged.map(([name, classifier]) => [`  ${name}`, estimate(classifier), '', '']),
      ],
      { width, labels: ['', '', 'real rows', ''] },
    ),
  ]
}

/** What distances of pictures are measured in. */
function featureLines(features: FeatureFacts | undefined): string[] {
  if (!features) return []
  const { width, trainedOn, accuracy } = features
  return [
    `Distances are those of ${width} ${featuresInWords(features)} on ${counted(trainedOn, 'picture')}, in standard deviations${accuracy ? `; it tells ${percentEstimate(accuracy)} of held-out pictures rightly` : ''}. They are not FID.`,
  ]
}

function labelLines({ pictures }: RunEvaluation, width: number): string[] {
  const agreement = pictures?.agreement
  if (!agreement) return []
  const row = (name: string, made: Estimate, real: Estimate, taken = ''): string[] => [
    `  ${name}`,
    percentEstimate(made),
    percentEstimate(real),
    taken,
  ]
  return [
    '',
    'Pictures drawn under a label of which the classifier says that label',
    ...columnsText(
      [
        ['', 'synthetic', 'real', 'most often taken for'],
        ...agreement.classes.map((one) => row(one.label, one, one.floor, one.mistakenFor)),
        row('all', agreement, agreement.floor),
      ],
      { width, labels: ['', '', 'real', 'taken for'] },
    ),
  ]
}

function utilityLines({ utility }: RunEvaluation, width: number): string[] {
  if (!utility) return []
  const { target, chosenBy, measure, real, synthetic, relativeDifference, heldOutRows, copiesLeftOut } =
    utility
  const left = copiesLeftOut > 0 ? `, ${copiesLeftOut} copies of training rows left out` : ''
  return [
    '',
    `Predicting '${target}' (chosen by ${chosenBy}) on ${heldOutRows} held-out rows${left}: ${measure}, higher is better`,
    ...columnsText(
      [
        ['  learned from real rows', estimate(real), ''],
        [
          '  learned from synthetic rows',
          estimate(synthetic),
          `relative difference ${percentEstimate(relativeDifference)}`,
        ],
      ],
      { width },
    ),
  ]
}

function privacyLines({ privacy }: { readonly privacy?: StoredPrivacy }, width: number): string[] {
  if (!privacy) return []
  const figures = privacyFiguresOf(privacy).map(({ name, floor, columns = [], ...figure }) => {
    const { isShare, floorIs } = privacyMeasure(name)
    const shown = isShare ? percentEstimate : estimate
    const where = columns.length > 0 ? `; in ${listed(columns)}` : ''
    return { name, figure: shown(figure), floor: `${shown(floor)} ${floorIs}${where}` }
  })
  const { trainingRows, closest } = privacy
  return [
    '',
    `Privacy: can training rows be found again in the synthetic ones${trainingRows === undefined ? '' : `, among all ${counted(trainingRows, 'training row')}`}?`,
    ...columnsText(
      figures.map(({ name, figure, floor }) => [`  ${name}`, figure, floor]),
      { width },
    ),
    ...(closest
      ? [
          `  distance to closest, median: ${fixed(closest.synthetic.median, 3)}; of held-out rows ${fixed(closest.heldOut.median, 3)}`,
        ]
      : []),
  ]
}

function diagnosisLines({ diagnosis }: RunEvaluation): string[] {
  const sentences = diagnosis ? diagnosisSentences(diagnosis) : []
  return sentences.length > 0 ? ['', 'The score:', ...sentences.map((sentence) => `- ${sentence}`)] : []
}

const mostColumns = 3

function columnLines({ samples }: RunEvaluation): string[] {
  const columns = (samples?.figures ?? []).filter(
    ({ metric, column }) => metric === 'kolmogorov-smirnov' && column !== undefined,
  )
  const worst = [...columns]
    .sort((a, b) => b.value - b.floor.value - (a.value - a.floor.value))
    .slice(0, mostColumns)
  if (worst.length === 0) return []
  return [
    '',
    `The columns with the largest Kolmogorov–Smirnov distance above that of real rows, of ${counted(columns.length, 'column')} of numbers:`,
    ...worst.map(
      ({ column, floor, ...figure }) => `  ${column}: ${estimate(figure)}; real rows ${estimate(floor)}`,
    ),
  ]
}
