/** Tables and pictures in Node: reading files, patterns of files and queries, writing files, data larger than memory. */
export * from './index.ts'
export { hasPictureEnding, pictureEndings } from './picture/list.node.ts'
export { isPictureSource, readPictures } from './picture/read.node.ts'
export type { ReadPictures } from './picture/reading.node.ts'
export type { BrokenPicture, ScannedPicture } from './picture/scan.node.ts'
export type { CsvOptions } from './table/csv/csv.node.ts'
export { pathPattern } from './table/duckdb.node.ts'
export { type EqualPart, equalParts } from './table/equal-parts.node.ts'
export { conditionOf, rowsWhere } from './table/filter.node.ts'
export { judgeCondition } from './table/judge-condition.node.ts'
export { type ReadTableOptions, type ReadTableResult, readTable } from './table/read.node.ts'
export {
  mostCellsInMemory,
  openStoreIfLarge,
  poolBlocks,
  pooledRows,
  type TableStore,
} from './table/store/index.node.ts'
export { requireText } from './table/text.ts'
export {
  formatToWrite,
  requireWriter,
  type TableTarget,
  type TextStream,
  writeTable,
} from './table/write.node.ts'
