import {
  counted,
  type Estimate,
  estimate,
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

/** The evaluation as text: the verdict first, word for word that of the report, then the figures. */
export function describeEvaluation(evaluation: RunEvaluation): string {
  return [
    ...verdictLines(verdictOf(evaluation), evaluation.against),
    ...likelihoodLines(evaluation),
    ...sampleLines(evaluation),
    ...utilityLines(evaluation),
    ...privacyLines(evaluation),
    ...columnLines(evaluation),
  ].join('\n')
}

function verdictLines({ sentences, facts }: Verdict, against: string): string[] {
  const [first = 'Nothing was measured.', ...rest] = sentences
  const width = Math.max(...facts.map(({ name }) => name.length))
  const marked = Math.max(...facts.map(({ mark }) => mark.length))
  return [
    `Verdict: ${first}`,
    ...rest.map((sentence) => `- ${sentence}`),
    '',
    `Judged by ${against}; intervals are 95 %; ${markMeaning}.`,
    ...facts.map(
      ({ name, mark, figureText, rule }) =>
        `  ${name.padEnd(width)}  ${mark.padEnd(marked)}  ${figureText.padEnd(26)} ${rule}`,
    ),
  ]
}

/** What the interval of a difference, model minus baseline, shows. */
const sides = {
  more: 'model better by',
  less: 'model WORSE by',
  'not shown': 'no difference shown:',
} as const

function likelihoodLines({ likelihood }: RunEvaluation): string[] {
  if (likelihood === undefined)
    return ['', 'This family of models has no log-density: there is no likelihood to compare.']
  const { model, baselines, logCell, isBound } = likelihood
  return [
    '',
    `Log-likelihood of ${counted(model.rows, 'row')}, nats a row in the data’s own units (higher is better)`,
    `  ${(isBound ? 'this, at least' : 'this model').padEnd(18)} ${estimate(model)}`,
    ...baselines.map(({ name, logDensity, advantage }) => {
      const side = sideOf(advantage)
      const size = side === 'less' ? negated(advantage) : advantage
      return `  ${name.padEnd(18)} ${estimate(logDensity).padEnd(24)} ${sides[side]} ${estimate(size)}`
    }),
    ...(logCell === undefined
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

function sampleLines({ samples, baselineSamples = [] }: RunEvaluation): string[] {
  if (!samples) return ['', 'Too few rows to judge samples by.']
  const whole = samples.figures.filter(({ column }) => column === undefined)
  const rowsOf = (rows: number | undefined): string => (rows ? `, ${rows.toLocaleString('en')} rows` : '')
  const judged = baselineSamples.map(
    ({ name, classifier, rows }) => [`classifier, ${name}${rowsOf(rows)}`, classifier] as const,
  )
  const names = [...whole.map(({ name }) => name), ...judged.map(([name]) => name)]
  const width = Math.max(...names.map((name) => name.length))
  return [
    '',
    `${'Samples against real rows'.padEnd(width + 31)}real rows themselves reach`,
    ...whole.map(
      ({ name, better, floor, ...figure }) =>
        `  ${name.padEnd(width)}  ${estimate(figure).padEnd(26)} ${estimate(floor).padEnd(26)} ${aims[better]}`,
    ),
    ...judged.map(([name, classifier]) => `  ${name.padEnd(width)}  ${estimate(classifier)}`),
  ]
}

function utilityLines({ utility }: RunEvaluation): string[] {
  if (!utility) return []
  const { target, chosenBy, measure, real, synthetic, relativeDifference, heldOutRows, copiesLeftOut } =
    utility
  const left = copiesLeftOut > 0 ? `, ${copiesLeftOut} copies of training rows left out` : ''
  return [
    '',
    `Predicting '${target}' (chosen by ${chosenBy}) on ${heldOutRows} held-out rows${left}: ${measure}, higher is better`,
    `  learned from real rows       ${estimate(real)}`,
    `  learned from synthetic rows  ${estimate(synthetic)}   relative difference ${percentEstimate(relativeDifference)}`,
  ]
}

function privacyLines({ privacy }: { readonly privacy?: StoredPrivacy }): string[] {
  if (!privacy) return []
  const figures = privacyFiguresOf(privacy).map(({ name, floor, columns = [], ...figure }) => {
    const { isShare, floorIs } = privacyMeasure(name)
    const shown = isShare ? percentEstimate : estimate
    const where = columns.length > 0 ? `; in ${listed(columns)}` : ''
    return { name, figure: shown(figure), floor: `${shown(floor)} ${floorIs}${where}` }
  })
  const width = Math.max(...figures.map(({ name }) => name.length))
  const { trainingRows, closest } = privacy
  return [
    '',
    `Privacy: can training rows be found again in the synthetic ones${trainingRows === undefined ? '' : `, among all ${counted(trainingRows, 'training row')}`}?`,
    ...figures.map(({ name, figure, floor }) => `  ${name.padEnd(width)}  ${figure.padEnd(26)} ${floor}`),
    ...(closest
      ? [
          `  distance to closest, median: ${fixed(closest.synthetic.median, 3)}; of held-out rows ${fixed(closest.heldOut.median, 3)}`,
        ]
      : []),
  ]
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
    `Of ${counted(columns.length, 'column')} of numbers, those with the largest Kolmogorov–Smirnov distance above real rows’ own:`,
    ...worst.map(
      ({ column, floor, ...figure }) => `  ${column}: ${estimate(figure)}; real rows ${estimate(floor)}`,
    ),
  ]
}
