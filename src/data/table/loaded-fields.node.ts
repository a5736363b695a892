import { type DuckDBConnection, DuckDBDoubleVector } from '@duckdb/node-api'
import { isoFormats } from './calendar.ts'
import { identifier } from './duckdb.node.ts'
import type { Calendar } from './table.ts'

const numericType = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM)$/

/** SQL that gives the days or seconds of column `name` as float64, gaps and infinities as NaN. */
function asMoment(name: string, unit: Calendar['unit']): string {
  const value = unit === 'date' ? `(${name} - date '1970-01-01')::double` : `epoch_us(${name})::double / 1e6`
  const finite = unit === 'time' ? 'true' : `isfinite(${name})`
  return `coalesce(if(${finite}, ${value}, 'nan'::double), 'nan'::double)`
}

/** What a column of this type counts, if it is one of days or times. */
function unitOf(type: string): Calendar['unit'] | undefined {
  if (type === 'DATE') return 'date'
  if (type === 'TIME') return 'time'
  return type.startsWith('TIMESTAMP') ? 'timestamp' : undefined
}

/** SQL that gives column `name` of a numeric type as float64, gaps and infinities as NaN. */
function asDouble(name: string, type: string): string {
  // A 32-bit float is taken by its shortest decimal form, so that 0.1 stays 0.1.
  const value = type === 'FLOAT' ? `${name}::varchar::double` : `${name}::double`
  // Whole and decimal types have no infinities; tables of thousands of columns feel every term of the query.
  const finite = /^(FLOAT|DOUBLE)$/.test(type) ? `if(isinf(${value}), 'nan'::double, ${value})` : value
  return `coalesce(${finite}, 'nan'::double)`
}

/** A column of the table `loaded`, and how it is taken out of the database. */
export interface LoadedField {
  readonly name: string
  readonly type: string
  /** SQL of its cells: float64, NaN for a gap, or text. */
  readonly sql: string
  readonly isNumber: boolean
  readonly calendar: Calendar | undefined
}

/** The columns of the table `loaded`. */
export async function loadedFields(connection: DuckDBConnection): Promise<LoadedField[]> {
  const described = await connection.runAndReadAll('describe loaded')
  return described.getRows().map(([first, second]) => {
    const [name, type] = [String(first), String(second)]
    const unit = unitOf(type)
    if (unit) {
      // A moment with a time zone is taken in UTC; a cast would take it in the zone of this machine.
      const isPlain = unit !== 'timestamp' || type.includes('TIME ZONE')
      const sql = asMoment(isPlain ? identifier(name) : `${identifier(name)}::timestamp`, unit)
      return {
        name,
        type,
        sql,
        isNumber: true,
        calendar: { unit, format: isoFormats[unit] },
      }
    }
    const isNumber = numericType.test(type)
    const sql = isNumber ? asDouble(identifier(name), type) : `${identifier(name)}::varchar`
    return { name, type, sql, isNumber, calendar: undefined }
  })
}

/** Chunks of the table `loaded`, in its order: for each field float64 or texts. */
export async function* loadedChunks(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
): AsyncGenerator<{ readonly count: number; readonly cells: readonly (Float64Array | (string | null)[])[] }> {
  if (fields.length === 0) return
  const result = await connection.stream(`select ${fields.map(({ sql }) => sql).join(', ')} from loaded`)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return
    const count = chunk.rowCount
    const cells = fields.map(({ isNumber }, index) => {
      const vector = chunk.getColumnVector(index)
      // The vector's own array, where it has one: a call a cell is twenty times as slow.
      if (isNumber && vector instanceof DuckDBDoubleVector) {
        const { items } = vector as unknown as { readonly items?: Float64Array }
        if (items instanceof Float64Array) return items.slice(0, count)
      }
      if (isNumber) return Float64Array.from({ length: count }, (_, row) => vector.getItem(row) as number)
      return Array.from({ length: count }, (_, row) => vector.getItem(row) as string | null)
    })
    yield { count, cells }
  }
}
