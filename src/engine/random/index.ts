export type { RowRange } from './range.ts'
export { RandomStream } from './stream.ts'
