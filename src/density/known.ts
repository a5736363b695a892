/** Columns of a row whose values are known. */
export interface Known {
  /** Places of the columns, each once, some but not all. */
  readonly columns: readonly number[]
  /** Their values, in the same order. */
  readonly values: ArrayLike<number>
}
