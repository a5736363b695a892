export type {
  AnyColumnEncoder,
  ColumnEncoder,
  FitOptions,
  FittedEncoder,
  Json,
} from './column-encoder.ts'
export { columnEncoder, columnEncoders } from './column-encoders.ts'
export type { ColumnEncoding, DequantisingNoise } from './column-encoding.ts'
export { type EncodeOptions, TableEncoding, type TableEncodingFit } from './table-encoding.ts'
