/** Gaps of a table filled by a model: what follows from rules, and draws of the rest given what is there. */
export type { ColumnDraws } from './drawn-cells.ts'
export { allDraws, bestFilling, filledBy, intervalOf } from './filled-table.ts'
export type { FillingMethod, FillingModel, FillingRequest, FillingSampler } from './filling-method.ts'
export { fillingMethods } from './filling-methods.ts'
export { type Imputation, type ImputeOptions, imputeTable, usualDraws } from './impute-table.ts'
