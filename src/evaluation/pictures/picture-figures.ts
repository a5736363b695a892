import type { Estimate } from '../statistics/estimate.ts'
import type { LabelAgreement } from './label-agreement.ts'

/** The network whose features pictures are compared by; plain data. */
export interface FeatureFacts {
  /** What it tells apart, as it learned to: the labels, or by how much a picture was turned. */
  readonly task: 'labels' | 'rotations'
  readonly classes: number
  /** Numbers that stand for a picture. */
  readonly width: number
  /** Pictures that it learned from: training pictures of the run. */
  readonly trainedOn: number
  /** Training pictures that it did not learn from, which stand for real ones beside the held-out ones. */
  readonly setAside: number
  /** Share of the held-out pictures that it tells rightly; absent where these have no labels. */
  readonly accuracy?: Estimate | undefined
  readonly steps: number
  readonly seconds: number
  readonly seed: number
}

/** What is measured of pictures beside the figures that rows have, too. */
export interface PictureFigures {
  /** Absent, as agreement, where there are too few pictures to compare. */
  readonly features?: FeatureFacts | undefined
  /** Absent where the pictures have no labels. */
  readonly agreement?: LabelAgreement | undefined
}

/** What distances are measured in: ‘features of a classifier of 10 labels, trained here’. Never FID: that is of one certain network. */
export function featuresInWords({ task, classes }: FeatureFacts): string {
  const told = { labels: `${classes} labels`, rotations: `${classes} rotations` }[task]
  return `features of a classifier of ${told}, trained here`
}
