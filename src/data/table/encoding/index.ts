export { allMasses } from './choose.ts'
export type {
  AnyColumnEncoder,
  ColumnEncoder,
  FitOptions,
  FittedEncoder,
  Json,
} from './column-encoder.ts'
export { columnEncoder, columnEncoders } from './column-encoders.ts'
export type { ColumnEncoding } from './column-encoding.ts'
export type { ColumnWish } from './fit-column.ts'
export { knownColumns } from './known-columns.ts'
export type { Outcomes } from './outcomes.ts'
export type { GapsWish } from './read-table-encoding.ts'
export { TableEncoding, type TableEncodingFit } from './table-encoding.ts'
