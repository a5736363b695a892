export { decimalsNeeded, decimalsOf } from './decimals.ts'
export * from './encoding/index.ts'
export { formatOfName, type TableFormat, tableFormats } from './formats.ts'
export { tableRows } from './rows.ts'
export {
  type Column,
  type ColumnKind,
  type ColumnOf,
  columnsOfKind,
  completeRows,
  isGap,
  type NumberColumn,
  type Table,
  type TextColumn,
  takeRows,
} from './table.ts'
export { tableText } from './text.ts'
