import type { Estimate, Figure, Utility } from '../../evaluation/index.ts'
import type { ReportData, ReportPrivacy } from './data.ts'
import { counted, decimalsFor, estimate, fixed, percent } from './format.ts'

export type Mark = 'good' | 'fair' | 'poor'

/** One aspect of how good a run is: its figure, what real rows or nothing would reach, and the mark with its rule. */
export interface Judgement {
  readonly aspect: string
  readonly figure: string
  /** What real rows reach in the place of synthetic ones; a dash where there is no such thing. */
  readonly floor: string
  readonly mark: Mark
  /** When the mark is good, when fair; poor otherwise. */
  readonly rule: string
}

/** Limits of marks. Each rule is written out beside the mark that it gives. */
const limits = {
  areaUnderCurve: { good: 0.6, fair: 0.75 },
  columns: { good: 0.03, fair: 0.08 },
  correlations: { good: 0.03, fair: 0.08 },
  coverage: { good: 0.05, fair: 0.15 },
  utility: { good: 0.05, fair: 0.15 },
  membership: { good: 0.55, fair: 0.6 },
} as const

/** The marks of a run, one for each aspect that was measured. */
export function judgementsOf(data: ReportData): Judgement[] {
  const figures = data.evaluation.samples?.figures ?? []
  const whole = (metric: string): Figure | undefined =>
    figures.find((figure) => figure.metric === metric && figure.column === undefined)
  return [
    realism(whole('classifier')),
    likelihood(data),
    columns(whole('kolmogorov-smirnov')),
    correlations(whole('correlation-error')),
    variety(whole('coverage')),
    utility(data),
    privacy(data),
  ].filter((judgement) => judgement !== undefined)
}

function realism(figure: Figure | undefined): Judgement | undefined {
  if (figure === undefined) return undefined
  const { good, fair } = limits.areaUnderCurve
  return {
    aspect: 'Synthetic rows pass for real (area under a judge’s curve; 0.5 is perfect)',
    figure: estimate(figure),
    floor: estimate(figure.floor),
    mark: upTo(figure.value, good, fair),
    rule: `good up to ${good.toFixed(2)}, fair up to ${fair.toFixed(2)}`,
  }
}

/** The best baseline by its mean log-density, with the model's advantage over it. */
export function bestBaseline({
  evaluation,
}: ReportData): ReportData['evaluation']['likelihood']['baselines'][number] | undefined {
  return [...evaluation.likelihood.baselines].sort((a, b) => b.logDensity.value - a.logDensity.value)[0]
}

function likelihood(data: ReportData): Judgement | undefined {
  const best = bestBaseline(data)
  if (best === undefined) return undefined
  return {
    aspect: `Likelihood of unseen rows above the best simple model, ${best.name} (nats a row; above 0 is better)`,
    figure: estimate(best.advantage),
    floor: '–',
    mark: best.advantage.low > 0 ? 'good' : best.advantage.high >= 0 ? 'fair' : 'poor',
    rule: 'good if the whole interval is above 0, fair if 0 is in it',
  }
}

function columns(figure: Figure | undefined): Judgement | undefined {
  return (
    figure &&
    aboveFloor(
      figure,
      'Columns by themselves (Kolmogorov–Smirnov distance, mean; 0 is perfect)',
      limits.columns,
    )
  )
}

function correlations(figure: Figure | undefined): Judgement | undefined {
  return (
    figure && aboveFloor(figure, 'Correlations (root mean square error; 0 is perfect)', limits.correlations)
  )
}

function variety(figure: Figure | undefined): Judgement | undefined {
  if (figure === undefined) return undefined
  const { good, fair } = limits.coverage
  return {
    aspect: 'Variety (share of real rows with a synthetic row nearby; 1 is perfect)',
    figure: estimate(figure),
    floor: estimate(figure.floor),
    mark: upTo(figure.floor.value - figure.value, good, fair),
    rule: `good if at most ${good.toFixed(2)} below what real rows reach, fair if at most ${fair.toFixed(2)}`,
  }
}

/** The share of a predictor's figure that is lost by learning from synthetic rows. */
function skillLost({ relativeDifference }: Utility): number {
  return -relativeDifference.value
}

function utility({ utility: found }: ReportData): Judgement | undefined {
  if (found === undefined) return undefined
  const { good, fair } = limits.utility
  return {
    aspect: `Usefulness (${found.measure} of predicting ${found.target} in real rows, learned from synthetic ones)`,
    figure: estimate(found.synthetic),
    floor: estimate(found.real),
    mark: upTo(skillLost(found), good, fair),
    rule: `good if at most ${100 * good} % below what is learned from real rows, fair if at most ${100 * fair} %`,
  }
}

function privacy({ privacy: found }: ReportData): Judgement | undefined {
  if (found === undefined) return undefined
  const { good, fair } = limits.membership
  return {
    aspect: 'Privacy (area under the curve of telling rows learned from; 0.5 is perfect)',
    figure: estimate(found.membership),
    floor: '0.5',
    mark: moreCopies(found) ? 'poor' : upTo(found.membership.value, good, fair),
    rule: `good up to ${good.toFixed(2)}, fair up to ${fair.toFixed(2)}, both without more copies than unseen rows have`,
  }
}

/** Whether synthetic rows copy training rows more often than held-out rows do, beyond three standard errors of chance. */
export function moreCopies({ copies }: ReportPrivacy): boolean {
  const { synthetic, syntheticRows, heldOut, heldOutRows } = copies
  // With one copy more on either side, a share of none still has a spread.
  const share = (heldOut + 1) / (heldOutRows + 2)
  const spread = Math.sqrt(share * (1 - share) * (1 / syntheticRows + 1 / heldOutRows))
  return synthetic / syntheticRows - heldOut / heldOutRows > 3 * spread
}

/** Marks a distance by how far it lies above what real rows reach. */
function aboveFloor(
  figure: Figure,
  aspect: string,
  { good, fair }: { readonly good: number; readonly fair: number },
): Judgement {
  return {
    aspect,
    figure: estimate(figure),
    floor: estimate(figure.floor),
    mark: upTo(figure.value - figure.floor.value, good, fair),
    rule: `good if at most ${good.toFixed(2)} above what real rows reach, fair if at most ${fair.toFixed(2)}`,
  }
}

function upTo(value: number, good: number, fair: number): Mark {
  // NaN, where there is nothing to compare with, is not good.
  if (value <= good) return 'good'
  return value <= fair ? 'fair' : 'poor'
}

/** The worst of the marks; undefined where nothing was measured. */
export function worstMark(judgements: readonly Judgement[]): Mark | undefined {
  return (['poor', 'fair', 'good'] as const).find((mark) =>
    judgements.some((judgement) => judgement.mark === mark),
  )
}

/** What a stranger should know, in one to three sentences, made of the figures. */
export function verdictSentences(data: ReportData): string[] {
  return [realismSentence(data), likelihoodSentence(data), lastSentence(data)].filter(
    (sentence) => sentence !== undefined,
  )
}

function realismSentence({ evaluation }: ReportData): string {
  const figure = evaluation.samples?.figures.find(({ metric }) => metric === 'classifier')
  if (figure === undefined)
    return 'How well the synthetic rows pass for real was not measured: there were too few rows to compare with.'
  const share = (value: number): string => `${Math.round(100 * value)}`
  const { good, fair } = limits.areaUnderCurve
  const opinion = {
    good: 'The synthetic rows are hard to tell from real ones',
    fair: 'The synthetic rows resemble real ones but can often be told from them',
    poor: 'The synthetic rows are easily told from real ones',
  }[upTo(figure.value, good, fair)]
  return `${opinion}: of a real and a synthetic row, a trained judge finds the synthetic one ${share(figure.value)} times in 100 (guessing gives 50; between two sets of real rows it was ${share(figure.floor.value)}).`
}

function likelihoodSentence(data: ReportData): string | undefined {
  const best = bestBaseline(data)
  if (best === undefined) return undefined
  const { advantage, name } = best
  const size = (given: Estimate): string => fixed(Math.abs(given.value), decimalsFor(given))
  const title = baselineTitle(name)
  if (advantage.low > 0)
    return `The model explains rows it never saw better than every simple model tried, by ${size(advantage)} nats a row over the best of them, ${title}.`
  if (advantage.high < 0)
    return `A simple model, ${title}, explains unseen rows better than this one, by ${size(advantage)} nats a row.`
  return `It explains unseen rows about as well as the best simple model tried, ${title}.`
}

function baselineTitle(name: string): string {
  return `a ${name.replaceAll('-', ' ').replace(/^gaussian/, 'Gaussian')}`
}

/** Usefulness and privacy in one sentence; none where neither was measured. */
function lastSentence({ utility: useful, privacy: kept }: ReportData): string | undefined {
  const parts = [useful && usefulness(useful), kept && secrecy(kept)].filter((part) => part !== undefined)
  const sentence = parts.join('; ')
  return sentence === '' ? undefined : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
}

function usefulness(found: Utility): string {
  const lost = skillLost(found)
  const told = `predictors of ${found.target} that learned from synthetic rows`
  if (lost <= 0) return `${told} do as well on real rows as those that learned from real ones`
  return `${told} do ${percent(lost)} worse on real rows than those that learned from real ones`
}

function secrecy(found: ReportPrivacy): string {
  const { good } = limits.membership
  if (moreCopies(found))
    return `${counted(found.copies.synthetic, 'synthetic row')} copy rows that were learned from`
  return found.membership.value <= good
    ? 'no sign was found that rows learned from show through'
    : 'rows learned from can in part be told by how near synthetic rows are to them'
}
