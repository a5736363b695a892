/** Where codes are written: number k of row i at values[offset + i * stride + k], as float32 or float64. */
export interface Codes {
  readonly values: Float32Array | Float64Array
  readonly offset: number
  readonly stride: number
}

/** The codes that begin `by` numbers further on in each row. */
export function after({ values, offset, stride }: Codes, by: number): Codes {
  return { values, offset: offset + by, stride }
}

/** Writes one number a row: `codeOf` of each value. */
export function writeEach(
  inputs: Float64Array | Int32Array,
  { values, offset, stride }: Codes,
  codeOf: (value: number, row: number) => number,
): void {
  for (let row = 0; row < inputs.length; row++) values[offset + row * stride] = codeOf(inputs[row]!, row)
}

/** The entries of `places` at `rows`. A plain loop: this is done for every batch, and `Int32Array.from` is ten times as slow. */
export function pickRows(places: Int32Array, rows: Int32Array): Int32Array {
  const chosen = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) chosen[i] = places[rows[i]!]!
  return chosen
}
