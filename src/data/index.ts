/** Tables and rows: what columns are, their encoding as vectors and back, splits, streams of rows. */
export { type ContentChanges, type Contents, contentChanges, contentsOf } from './contents.ts'
export { fixedOrder, fixedRows, freshRows, type RowSource, shuffledRows } from './rows.ts'
export { type RowSplit, splitRows } from './split.ts'
export { type SplitShares, splitShares, type WeightsBy, weightsByChoices } from './split-shares.ts'
export { withStrays } from './stray-rows.ts'
export { quantileNormal } from './table/encoding/quantile-normal.ts'
export * from './table/index.ts'
