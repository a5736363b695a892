import { ScorefieldError } from '../base/index.ts'

/** What the weights are chosen by: rows of their own, the rows that report, too, or nothing, so that the last ones are taken. */
export type WeightsBy = 'validation' | 'test' | 'none'

/** Every way to choose the weights. */
export const weightsByChoices: readonly WeightsBy[] = ['validation', 'test', 'none']

/** How a table is split: what is not for the two parts is learned from. */
export interface SplitShares {
  /** Share of the rows to choose the weights by, in [0, 1). */
  readonly validation: number
  /** Share of the rows to report by, in [0, 1). */
  readonly test: number
  readonly weightsBy: WeightsBy
}

/**
 * Shares unless told: a tenth to report by and a twentieth to choose by, but not more rows than it takes to measure a mean
 * well; of a small table as many as can be judged by.
 */
const usual = {
  test: { share: 0.1, mostRows: 2000, fewestRows: 45, mostShare: 0.3 },
  validation: { share: 0.05, mostRows: 1000, fewestRows: 45, mostShare: 0.1 },
} as const

/** Tables of fewer rows cannot spare rows to choose the weights by: where both parts have their fewest, a fifth is held out. */
export const fewestRowsForThreeParts = 450

/**
 * How a table of so many rows is split, where a person leaves it open.
 *
 * Below 450 rows the test rows choose the weights, too: the figures are then a little too good, and whoever prints them says so.
 * Throws `usage/share` where rows shall choose the weights of which there are none.
 */
export function splitShares(rowCount: number, told: Partial<SplitShares> = {}): SplitShares {
  const ownRows = told.validation === undefined ? rowCount >= fewestRowsForThreeParts : told.validation > 0
  const noTest = told.test === 0
  const weightsBy = told.weightsBy ?? (ownRows ? 'validation' : noTest ? 'none' : 'test')
  const shares = {
    validation: told.validation ?? (weightsBy === 'validation' ? usualShare('validation', rowCount) : 0),
    test: told.test ?? usualShare('test', rowCount),
  }
  if (weightsBy === 'none' || shares[weightsBy] > 0) return { ...shares, weightsBy }
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/share',
    message: `The ${weightsBy} rows shall choose the weights, but their share is 0.`,
    hint: 'Give them a share, or let other rows choose, or none.',
  })
}

function usualShare(part: keyof typeof usual, rowCount: number): number {
  const { share, mostRows, fewestRows, mostShare } = usual[part]
  return Math.max(Math.min(share, mostRows / rowCount), Math.min(fewestRows / rowCount, mostShare))
}
