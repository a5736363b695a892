/** Random numbers by (seed, index): the same on every machine, in any order, on the host and inside a program. */
export type { RowRange } from './range.ts'
export { RandomStream } from './stream.ts'
