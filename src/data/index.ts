/** Tables and rows: what columns are, their encoding as vectors and back, splits, streams of rows. */
export { fixedOrder, fixedRows, freshRows, type RowSource, shuffledRows } from './rows.ts'
export { defaultHeldOut, type RowSplit, splitRows } from './split.ts'
export * from './table/index.ts'
