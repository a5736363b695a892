import { RandomStream } from '../base/index.ts'
import type { Pair } from './metric.ts'
import type { Rows } from './rows.ts'

/** Rows of independent standard normals, [count, dimension]; other names, other rows. */
export function normalRows(options: { name: string; count: number; dimension: number; seed?: number }): Rows {
  const { name, count, dimension, seed = 1 } = options
  const drawn = new RandomStream({ seed, name: `test/${name}` }).normal({ first: 0, count, width: dimension })
  return { values: Float64Array.from(drawn), count, dimension }
}

/** scale·x + shift in every column. */
export function moved(rows: Rows, scale: number, shift: number): Rows {
  return { ...rows, values: rows.values.map((value) => scale * value + shift) }
}

/** The row as numbers. */
export function rowOf({ values, dimension }: Rows, row: number): number[] {
  return [...values.subarray(row * dimension, (row + 1) * dimension)]
}

export function pairOf(reference: Rows, candidate: Rows, seed = 1): Pair {
  const columns = Array.from({ length: reference.dimension }, (_, c) => `c${c}`)
  return { reference, candidate, columns, seed }
}
