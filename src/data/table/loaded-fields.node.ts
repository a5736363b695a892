import type { DuckDBConnection } from '@duckdb/node-api'
import { isoFormats } from './calendar.ts'
import { duckdb } from './duckdb.node.ts'
import { heldAsText } from './held-as-text.node.ts'
import { firstRow, type Loaded, placeOf, typesOf } from './loaded.node.ts'
import { isNested } from './stored-type.ts'
import type { Calendar, Written } from './table.ts'

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

/** SQL that gives column `name` of another type as text: of types with parts as JSON, which can be read back. */
function asText(name: string, type: string): string {
  if (!isNested(type)) return `${name}::varchar`
  // JSON has the digits of float64 for a float32; by way of text they are those of the float32.
  return type.includes('FLOAT')
    ? `to_json(${name}::varchar::${type.replaceAll('FLOAT', 'DOUBLE')})::varchar`
    : `to_json(${name})::varchar`
}

/** A column of the table `loaded`, and how it is taken out of the database. */
export interface LoadedField {
  readonly place: number
  readonly name: string
  readonly type: string
  /** SQL of its cells: float64, NaN for a gap, or text. */
  readonly sql: string
  readonly isNumber: boolean
  readonly calendar: Calendar | undefined
  readonly written: Written | undefined
}

/** The columns of the table `loaded`; notes tell what is not held as it is there. */
export async function loadedFields(
  connection: DuckDBConnection,
  { names, written, types }: Loaded,
  notes: string[],
): Promise<LoadedField[]> {
  const stored = await typesOf(connection)
  const held = await heldAsText(connection, { names, types: stored }, notes)
  const fields = stored.map((storedType, place): LoadedField => {
    const name = names[place]!
    const type = types.get(place) ?? storedType
    const column = placeOf(place)
    const form = written.get(place) ?? placesOfType(type)
    const unit = unitOf(storedType)
    if (unit) {
      // A moment with a time zone is taken in UTC; a cast would take it in the zone of this machine.
      const isPlain = unit !== 'timestamp' || storedType.includes('TIME ZONE')
      const sql = asMoment(isPlain ? column : `${column}::timestamp`, unit)
      const format = `${isoFormats[unit]}${storedType.includes('TIME ZONE') ? '+00' : ''}`
      return { place, name, type, sql, isNumber: true, calendar: { unit, format }, written: form }
    }
    const isNumber = numericType.test(storedType) && !held.has(place)
    const sql = isNumber ? asDouble(column, storedType) : asText(column, storedType)
    return { place, name, type, sql, isNumber, calendar: undefined, written: form }
  })
  await noteInfinities(connection, fields, notes)
  return fields
}

/** Decimals are written with all digits that their type has after the point. */
function placesOfType(type: string): Written | undefined {
  const places = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1]
  return places === undefined || places === '0' ? undefined : { places: Number(places) }
}

/** Chunks of the table `loaded`, in its order: for each field float64 or texts. */
export async function* loadedChunks(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
): AsyncGenerator<{ readonly count: number; readonly cells: readonly (Float64Array | (string | null)[])[] }> {
  if (fields.length === 0) return
  const { DuckDBDoubleVector } = await duckdb()
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

/** Notes infinities, which are taken as gaps. */
async function noteInfinities(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
  notes: string[],
): Promise<void> {
  const places = fields.flatMap(({ type }, place) => (/^(FLOAT|DOUBLE)$/.test(type) ? [place] : []))
  if (places.length === 0) return
  const terms = places.map((place) => `count_if(isinf(${placeOf(place)}))`)
  const counted = await firstRow(connection, `select ${terms.join(', ')} from loaded`)
  for (const [index, count] of counted.entries())
    if (Number(count) > 0)
      notes.push(`Infinite values of '${fields[places[index]!]!.name}' are taken as gaps: ${count}.`)
}
