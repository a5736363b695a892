import { privacyFiguresOf } from '../privacy/index.ts'
import type { Estimate } from '../statistics/estimate.ts'
import type { Evidence } from './evidence.ts'
import type { Mark } from './mark.ts'

/** A kind of claim. */
export type Claim = 'praise' | 'excludesPoor' | 'middling' | 'excludesGood' | 'blame'

/**
 * What words claim, told apart without looking at marks. Claims of praise and of blame; `excludes` that it is not poor, or
 * not good, without saying which of the others it is.
 */
const vocabulary: Readonly<Record<Claim, RegExp>> = {
  praise:
    /are hard to tell|are more likely under the model|nearly as|next to nothing about|or hardly more often/,
  excludesPoor:
    /are not easily told|distributed roughly as|look roughly as|are mostly what|go together roughly as|Most of the variety|do not do much worse|at most a little|do not often /,
  middling:
    /resemble real ones but|only roughly as|Some of the variety|somewhat worse|somewhat less often|tells in part which|Some synthetic rows |are somewhat nearer/,
  excludesGood:
    /^Synthetic rows can be told|is not distributed as|do not look as|what their labels say less often than real ones$|do not go together as|^Variety of real rows is missing|do worse than|^The distance to synthetic rows tells which rows were trained on$|^Synthetic rows (equal|lie|hold) .* more often than real rows do$|^Synthetic rows are nearer to training rows than to unseen ones$/,
  blame:
    /are easily told|are often not what|are less likely|quite differently|much worse|^Much of the variety|tells well which|^Synthetic rows often |are much nearer/,
}

/** A sentence without its numbers and without what it leaves open. */
function asserted(sentence: string): string {
  return sentence
    .replace(/(, since [^:]*)?:.*$/, '')
    .replace(/(^|; )\d+ (unseen )?rows (a side )?do not show (whether|how) .*$/, '')
}

/** What a sentence claims, of rows. */
export function claimsOf(sentence: string): Claim[] {
  const text = asserted(sentence)
  return (Object.keys(vocabulary) as Claim[]).filter((claim) => {
    // ‘only roughly’ is not ‘roughly’; ‘not much worse’ is not ‘much worse’.
    const plain = claim === 'excludesPoor' ? text.replace('only roughly', 'only') : text
    return vocabulary[claim].test(claim === 'blame' ? plain.replace('not do much worse', '') : plain)
  })
}

/** What may be claimed at each mark. */
export const claimOfMark: Readonly<Record<Mark, readonly Claim[]>> = {
  good: ['praise'],
  'good or fair': ['excludesPoor'],
  fair: ['middling'],
  'not shown': [],
  'fair or poor': ['excludesGood'],
  poor: ['blame'],
}

/** The judged interval and the limits, a second time: what a claim of each aspect needs. */
export const needs: Readonly<
  Record<
    string,
    (evidence: Evidence) => { low: number; high: number; good: number; fair: number; rows: number }
  >
> = {
  realism: (evidence) => {
    const { low, high, rows } = figureOf(evidence, 'classifier')
    const ends = [Math.abs(low - 0.5), Math.abs(high - 0.5)]
    return {
      low: low < 0.5 && high > 0.5 ? 0 : Math.min(...ends),
      high: Math.max(...ends),
      good: 0.1,
      fair: 0.25,
      rows,
    }
  },
  likelihood: ({ likelihood }) => {
    const { baselines } = likelihood!
    const lows = baselines.map(({ advantage }) => advantage.low)
    const highs = baselines.map(({ advantage }) => advantage.high)
    // Better than all of them, or worse than one.
    return {
      low: -Math.min(...highs),
      high: -Math.min(...lows),
      good: 0,
      fair: 0,
      rows: baselines[0]!.advantage.rows,
    }
  },
  columns: (evidence) =>
    has(evidence, 'shape-error')
      ? { ...excess(evidence, 'shape-error', 1), good: 1, fair: 4 }
      : { ...excess(evidence, 'kolmogorov-smirnov', 1), good: 0.03, fair: 0.08 },
  pairs: (evidence) =>
    has(evidence, 'trend-error')
      ? { ...excess(evidence, 'trend-error', 1), good: 2, fair: 6 }
      : { ...excess(evidence, 'correlation-error', 1), good: 0.03, fair: 0.08 },
  variety: (evidence) => ({ ...excess(evidence, 'coverage', -1), good: 0.05, fair: 0.15 }),
  fidelity: (evidence) => {
    const { floor, rows, ...figure } = figureOf(evidence, 'frechet-distance')
    const over = (above: number, below: number): number => (below > 0 ? above / below : Infinity)
    return { low: over(figure.low, floor.high), high: over(figure.high, floor.low), good: 3, fair: 10, rows }
  },
  labels: ({ pictures }) => {
    const { floor, rows, ...figure } = pictures!.agreement!
    return { ...apart(floor, figure), good: 0.05, fair: 0.15, rows }
  },
  usefulness: ({ utility }) => {
    const { low, high } = utility!.relativeDifference
    return { low: -high, high: -low, good: 0.05, fair: 0.15, rows: utility!.heldOutRows }
  },
  membership: ({ privacy }) => ({
    ...privacy!.membership,
    good: 0.55,
    fair: 0.6,
    rows: privacy!.copies.heldOutRows,
  }),
  copies: (evidence) => ({ ...ofPrivacy(evidence, 'copies'), good: 0.005, fair: 0.02 }),
  'near copies': (evidence) => ({ ...ofPrivacy(evidence, 'near copies'), good: 0.02, fair: 0.05 }),
  'copies but one': (evidence) => ({ ...ofPrivacy(evidence, 'copies but one'), good: 0.02, fair: 0.05 }),
  'single values': (evidence) => ({ ...ofPrivacy(evidence, 'single values'), good: 0.005, fair: 0.02 }),
  nearer: (evidence) => ({ ...ofPrivacy(evidence, 'nearer'), good: 0.05, fair: 0.1 }),
}

function ofPrivacy({ privacy }: Evidence, name: string): { low: number; high: number; rows: number } {
  const { floor, rows, ...figure } = privacyFiguresOf(privacy!).find((one) => one.name === name)!
  return { ...apart(figure, floor), rows }
}

function figureOf({ samples }: Evidence, name: string): Estimate & { floor: Estimate; rows: number } {
  return samples!.figures.find(({ metric }) => metric === name)!
}

function has({ samples }: Evidence, name: string): boolean {
  return samples?.figures.some(({ metric }) => metric === name) ?? false
}

function excess(
  evidence: Evidence,
  metric: string,
  sign: 1 | -1,
): { low: number; high: number; rows: number } {
  const { floor, rows, ...figure } = figureOf(evidence, metric)
  return { ...(sign === 1 ? apart(figure, floor) : apart(floor, figure)), rows }
}

function apart(a: Estimate, b: Estimate): { low: number; high: number } {
  const value = a.value - b.value
  return {
    low: value - Math.sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2),
    high: value + Math.sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2),
  }
}
