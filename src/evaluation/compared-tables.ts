import type { Table } from '../data/index.ts'

/** Tables to compare: rows learned from, rows held out, rows made. */
export interface Tables {
  readonly real: Table
  readonly heldOut: Table
  readonly synthetic: Table
}
