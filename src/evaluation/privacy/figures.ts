import type { Estimate } from '../statistics/estimate.ts'

/** What is measured of privacy, and where the borders lie. */
export interface PrivacyMeasure {
  readonly name: 'copies' | 'near copies' | 'copies but one' | 'single values' | 'nearer' | 'membership'
  /** What the figure is, for a person. */
  readonly summary: string
  /** What real rows do in the place of synthetic ones. */
  readonly floorIs: string
  readonly source: string
  /** Whether it is a share, told in percent; else 0.5 is where nothing leaks. */
  readonly isShare: boolean
  /** How far above its floor a figure is good, and how far fair; poor beyond. */
  readonly limits: { readonly good: number; readonly fair: number }
}

/** All that is measured, in the order it is told. */
export const privacyMeasures: readonly PrivacyMeasure[] = [
  {
    name: 'copies',
    summary: 'synthetic rows that equal a training row',
    floorIs: 'of training rows equal another one',
    source: 'standard',
    isShare: true,
    limits: { good: 0.005, fair: 0.02 },
  },
  {
    name: 'near copies',
    summary: 'synthetic rows much nearer to one training row than to the next',
    floorIs: 'of training rows are as near to another one',
    source: 'Lowe 2004 (ratio of distances); Zhao, Kunar, Birke, Chen 2021',
    isShare: true,
    limits: { good: 0.02, fair: 0.05 },
  },
  {
    name: 'copies but one',
    summary: 'synthetic rows that equal a training row in all columns but at most one',
    floorIs: 'of training rows equal another one in all columns but one',
    source: 'standard',
    isShare: true,
    limits: { good: 0.02, fair: 0.05 },
  },
  {
    name: 'single values',
    summary: 'synthetic rows with a word that only one training row has',
    floorIs: 'of training rows have a word that only one other has',
    source: 'Sweeney 2002 (k-anonymity)',
    isShare: true,
    limits: { good: 0.005, fair: 0.02 },
  },
  {
    name: 'nearer',
    summary: 'synthetic rows nearer to training rows than to held-out ones, both sides weighed alike (DCR)',
    floorIs: 'where nothing leaks',
    source: 'Zhang et al. 2024 (TabSyn); SDMetrics, DCROverfittingProtection',
    isShare: false,
    limits: { good: 0.05, fair: 0.1 },
  },
  {
    name: 'membership',
    summary: 'telling training rows from held-out ones by the nearest synthetic row, area under the curve',
    floorIs: 'where nothing leaks',
    source: 'Chen, Yu, Zhang, Fritz 2020',
    isShare: false,
    limits: { good: 0.05, fair: 0.1 },
  },
]

/** One figure of privacy; plain data. */
export interface PrivacyFigure extends Estimate {
  readonly name: PrivacyMeasure['name']
  /** What real rows get in the place of synthetic ones. */
  readonly floor: Estimate
  /** Rows that the intervals come from: of the side that has fewer. */
  readonly rows: number
  /** The columns that it is about, where it is about some: their names, never their values. */
  readonly columns?: readonly string[]
}

/** What figures have for a floor that is known. */
export const half: Estimate = { value: 0.5, low: 0.5, high: 0.5 }

/** The measure of this name. */
export function privacyMeasure(name: PrivacyMeasure['name']): PrivacyMeasure {
  return privacyMeasures.find((measure) => measure.name === name)!
}
