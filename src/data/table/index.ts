export { asKnown } from './as-known.ts'
export { decimalsNeeded, decimalsOf } from './decimals.ts'
export type { Around, Dress } from './dress.ts'
export * from './encoding/index.ts'
export { formatOfName, type TableFormat, tableFormats, writtenFormats } from './formats.ts'
export { asWritten, inGaps, type KnownCells, knownCells, type SolvedGaps, solveGaps } from './gaps/index.ts'
export { rowOfCells } from './given-cell.ts'
export {
  type ColumnInspection,
  inspectTable,
  type TableInspection,
  type Verdict,
} from './inspect/inspect.ts'
export type { KnownColumn, KnownColumns } from './known-column.ts'
export { modelledNames } from './modelled.ts'
export { type Cell, isGapCell, objectsOf, type RowObject, tableOfObjects } from './objects.ts'
export { type PersonalKind, personalColumns, personalKinds } from './personal/index.ts'
export { readText } from './readings/read-text.ts'
export type { ReadingHints } from './readings/reading.ts'
export { type Role, type RoleDecision, roleOf, roles } from './roles.ts'
export { type ContentHashes, type HashSum, rowHashes, tableHashes } from './row-hash.ts'
export { tableRows } from './rows.ts'
export {
  type BrokenRule,
  describeRule,
  determinedBy,
  findRules,
  isExact,
  keepRules,
  type Rule,
  ruleFormula,
  rulesSchema,
} from './rules/index.ts'
export {
  type Calendar,
  type Column,
  type ColumnKind,
  type ColumnOf,
  columnsOfKind,
  columnWords,
  completeRows,
  isGap,
  type NumberColumn,
  rowKeys,
  type Table,
  type TextColumn,
  takeRows,
  type Written,
} from './table.ts'
export { cellText, tableText } from './text.ts'
