/** Tables, rows and pictures: what columns are, their encoding as vectors and back, splits, streams of rows. */
export { type ContentChanges, type Contents, contentChanges, contentsOf } from './contents.ts'
export type { DecodeOptions, EncodedColumn, EncodeOptions, Encoding } from './encoding.ts'
export {
  droppedShare,
  jointShare,
  knownWhereGiven,
  type MaskedColumn,
  type Masks,
  partlyKnownRows,
  partlyKnownSource,
} from './partly-known.ts'
export * from './picture/index.ts'
export { plainEncoding, type Scaling } from './plain-encoding.ts'
export {
  type Example,
  type ExampleRange,
  type Examples,
  fixedSource,
  freshSource,
  type GivenExamples,
  orderedSource,
  roomFor,
  type Source,
  shuffledSource,
} from './source.ts'
export { type RowSplit, splitRows } from './split.ts'
export { type SplitShares, splitShares, type WeightsBy, weightsByChoices } from './split-shares.ts'
export { withStrays } from './stray-rows.ts'
export { quantileNormal } from './table/encoding/quantile-normal.ts'
export * from './table/index.ts'
