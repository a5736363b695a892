import type { ExactDensity } from '../../density/index.ts'
import type { Rows } from '../rows.ts'

/** A density fitted to rows: its exact log-density, in nats, and its samples. */
export type FittedDensity = Pick<
  ExactDensity,
  'name' | 'summary' | 'source' | 'dimension' | 'logDensity' | 'sample'
>

/** A density that a generator should beat: quick to fit, and with an exact log-density. */
export interface Baseline {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Columns up to which fitting and asking it take seconds; of more, it is left out of evaluations. */
  readonly mostColumns: number
  /** rows: [n, d], n ≥ 2. What was chosen while fitting is in the result's summary. */
  readonly fit: (options: { readonly rows: Rows; readonly seed: number }) => FittedDensity
}
