import type { DuckDBConnection } from '@duckdb/node-api'
import { decimalsNeeded } from './decimals.ts'
import { commaDress } from './dress.ts'
import type { KnownColumns } from './known-column.ts'
import { firstRow, type Loaded } from './loaded.node.ts'
import { type LoadedField, loadedChunks, loadedFields } from './loaded-fields.node.ts'
import type { ReadingHints, TextReading } from './readings/reading.ts'
import type { Column, NumberColumn, Table, Written } from './table.ts'
import { takeReadings } from './take-readings.node.ts'

/** How the numbers of a field are written: as they were read of text, or as the database has read them. */
export function mannerOf(
  { type, calendar, written }: LoadedField,
  { point }: ReadingHints,
  reading?: TextReading,
): Pick<NumberColumn, 'calendar' | 'written'> {
  if (reading) return withWritten(reading.carries, { ...written, ...reading.carries.written })
  if (calendar) return withWritten({ calendar }, written)
  // Fractions after a comma, where that was told.
  if (type !== 'DOUBLE' || point !== ',') return withWritten({}, written)
  const dress = { ...commaDress, leastDecimals: written?.places ?? commaDress.leastDecimals }
  return { written: { ...written, dress } }
}

function withWritten<T extends object>(column: T, written: Written | undefined): T & { written?: Written } {
  return written === undefined || Object.keys(written).length === 0 ? column : { ...column, written }
}

/** Takes the table `loaded` out of the database, chunk by chunk and column by column. */
export async function takeLoaded(
  connection: DuckDBConnection,
  source: string,
  notes: string[],
  loaded: Loaded,
  {
    hints = {},
    as,
    only,
  }: {
    readonly hints?: ReadingHints
    readonly as?: KnownColumns | undefined
    /** Names of the columns that are taken; all unless given. */
    readonly only?: readonly string[] | undefined
  } = {},
): Promise<Table> {
  const fields = (await loadedFields(connection, loaded, notes)).filter(
    ({ name }) => only === undefined || only.includes(name),
  )
  const rowCount = Number((await firstRow(connection, 'select count(*) from loaded'))[0])
  const { isUntyped } = loaded
  const read = await takeReadings(connection, fields, notes, {
    hints,
    isUntyped,
    keep: rowCount,
    ...(as ? { as } : {}),
  })
  const readings = new Map(read.map((one) => [one.field, one]))
  const others = fields.filter((field) => !readings.has(field))
  const held = new Map(
    others.map((field) => [
      field,
      field.isNumber ? new Float64Array(rowCount) : new Array<string | null>(rowCount).fill(null),
    ]),
  )
  let offset = 0
  for await (const { count, cells } of loadedChunks(connection, others)) {
    for (const [index, field] of others.entries()) {
      const [target, part] = [held.get(field)!, cells[index]!]
      if (target instanceof Float64Array) target.set(part as Float64Array, offset)
      else for (let row = 0; row < count; row++) target[offset + row] = part[row] as string | null
    }
    offset += count
  }
  const columns = fields.map((field) => {
    const read = readings.get(field)
    const typed = read ? { ...field, type: read.type } : field
    return columnOf(typed, mannerOf(field, hints, read?.reading), read?.values ?? held.get(field)!)
  })
  return { rowCount, columns, source }
}

/** A column of numbers or text of values in memory. */
export function columnOf(
  { name, type, written }: Pick<LoadedField, 'name' | 'type' | 'written'>,
  manner: Pick<NumberColumn, 'calendar' | 'written'>,
  values: Float64Array | readonly (string | null)[],
): Column {
  if (!(values instanceof Float64Array)) return withWritten({ kind: 'text', name, type, values }, written)
  return { kind: 'number', name, type, values, decimals: decimalsNeeded(values), ...manner }
}
