import { ScorefieldError } from '../base/index.ts'
import type { Shape } from '../engine/index.ts'
import type { Encoding } from './encoding.ts'
import { completeRows, type NumberColumn, type Table } from './table/table.ts'

/** Nine digits tell every float32 from its neighbours. */
const digits = 9

/** A shift and a scale > 0 of each column. */
export interface Scaling {
  readonly shift: readonly number[]
  readonly scale: readonly number[]
}

/**
 * Columns of numbers, one coordinate each, of points of a shape, a row's unless given: x = v, or x = (v − shift)/scale where a scaling is given; numbers come back with the
 * nine digits that tell every float32 from its neighbours.
 */
export function plainEncoding(
  names: readonly string[],
  scaling?: Scaling | undefined,
  event: Shape = [names.length],
): Encoding {
  const width = names.length
  const { shift, scale } = scaling ?? { shift: names.map(() => 0), scale: names.map(() => 1) }
  const logScale = scale.reduce((sum, value) => sum + Math.log(value), 0)
  return {
    columns: names.map((name) => ({
      name,
      width: 1,
      encoder: scaling ? 'standard' : 'as it is',
      reason: scaling ? 'columns are brought to one scale' : 'the numbers are of one scale',
      discrete: false,
    })),
    event,
    width,
    parts: [{ kind: 'numbers', width }],
    isIdentity: scaling === undefined,
    isDiscrete: false,
    encode: (table, { rowIndices = allRows(table), partly } = {}) => {
      const unknown = new Float64Array(table.rowCount).fill(Number.NaN)
      const isThere = (name: string): boolean => table.columns.some((column) => column.name === name)
      const columns = names.map((name) =>
        partly && !isThere(name) ? unknown : numbersOf(table, name, names).values,
      )
      const x = new Float32Array(rowIndices.length * width)
      rowIndices.forEach((row, i) => {
        columns.forEach((values, k) => {
          x[i * width + k] = (values[row]! - shift[k]!) / scale[k]!
        })
      })
      return x
    },
    decode: (x, count, { source = 'decoded' } = {}) => ({
      rowCount: count,
      source,
      columns: names.map((name, k) => ({
        kind: 'number',
        name,
        type: 'FLOAT',
        decimals: digits,
        values: Float64Array.from({ length: count }, (_, row) =>
          Number((x[row * width + k]! * scale[k]! + shift[k]!).toPrecision(digits)),
        ),
      })),
    }),
    encodableRows: (table, rowIndices) => {
      const columns = names.map((name) => numbersOf(table, name, names))
      const complete = completeRows(table.rowCount, columns)
      if (rowIndices === undefined) return complete
      const isComplete = new Set(complete)
      return rowIndices.filter((row) => isComplete.has(row))
    },
    logDeterminant: (_, count) => new Float64Array(count).fill(-logScale),
    logCells: (_, count) => new Float64Array(count),
    columnRange: (name) => {
      const offset = names.indexOf(name)
      return offset < 0 ? undefined : { offset, width: 1 }
    },
    outcomes: () => undefined,
    pooled: (table) => table,
    brokenRules: () => [],
  }
}

/** Throws `data/missing-column`. */
function numbersOf(table: Table, name: string, names: readonly string[]): NumberColumn {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (column?.kind === 'number') return column
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/missing-column',
    message: `${table.source} lacks the column of numbers '${name}'.`,
    where: table.source,
    hint: `The model was trained on: ${names.join(', ')}.`,
  })
}

function allRows({ rowCount }: Table): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row)
}
