import type { DuckDBConnection } from '@duckdb/node-api'
import { decimalsNeeded } from './decimals.ts'
import { commaDress } from './dress.ts'
import { identifier } from './duckdb.node.ts'
import { type LoadedField, loadedChunks, loadedFields } from './loaded-fields.node.ts'
import type { ReadingHints } from './readings/reading.ts'
import type { Column, NumberColumn, Table } from './table.ts'
import { takeReadings } from './take-readings.node.ts'

/** How the numbers of a field are written that the database has read: fractions after a comma where that was told. */
function mannerOf(
  { type, calendar }: LoadedField,
  { point }: ReadingHints,
): Pick<NumberColumn, 'calendar' | 'written'> {
  if (calendar) return { calendar }
  return type === 'DOUBLE' && point === ',' ? { written: { dress: commaDress } } : {}
}

/** Takes the table `loaded` out of the database, chunk by chunk and column by column. */
export async function takeLoaded(
  connection: DuckDBConnection,
  source: string,
  notes: string[],
  options: { readonly hints?: ReadingHints; readonly isUntyped?: boolean } = {},
): Promise<Table> {
  const { hints = {}, isUntyped = false } = options
  const fields = await loadedFields(connection)
  const rowCount = Number((await connection.runAndReadAll('select count(*) from loaded')).getRows()[0]![0])
  const read = await takeReadings(connection, fields, notes, { hints, isUntyped, keep: rowCount })
  const readings = new Map(read.map((one) => [one.field, one]))
  const others = fields.filter((field) => !readings.has(field))
  const held = others.map(({ isNumber }) =>
    isNumber ? new Float64Array(rowCount) : new Array<string | null>(rowCount).fill(null),
  )
  let offset = 0
  for await (const { count, cells } of loadedChunks(connection, others)) {
    for (const [index, target] of held.entries()) {
      const part = cells[index]!
      if (target instanceof Float64Array) target.set(part as Float64Array, offset)
      else for (let row = 0; row < count; row++) target[offset + row] = part[row] as string | null
    }
    offset += count
  }
  await noteLostDigits(connection, fields, notes)
  const columns = fields.map((field): Column => {
    const { name } = field
    const read = readings.get(field)
    const type = read?.type ?? field.type
    const values = read?.values ?? held[others.indexOf(field)]!
    if (!(values instanceof Float64Array)) return { kind: 'text', name, type, values }
    const carries = read?.reading.carries ?? mannerOf(field, hints)
    return {
      kind: 'number',
      name,
      type,
      values,
      decimals: decimalsNeeded(values),
      ...carries,
    } satisfies NumberColumn
  })
  return { rowCount, columns, source }
}

/** Notes what float64 cannot hold: integers beyond 2^53, and infinities, which are taken as gaps. */
export async function noteLostDigits(
  connection: DuckDBConnection,
  fields: readonly { name: string; type: string }[],
  notes: string[],
): Promise<void> {
  const checks = fields.flatMap(({ name, type }) => {
    const quoted = identifier(name)
    if (/^(FLOAT|DOUBLE)$/.test(type)) {
      return [
        {
          count: `count_if(isinf(${quoted}))`,
          say: `Infinite values of '${name}' are taken as gaps`,
        },
      ]
    }
    if (!/^(U?(BIG|HUGE)INT|DECIMAL\(.*\)|BIGNUM)$/.test(type)) return []
    const large = `count_if(abs(${quoted}::double) > 9007199254740991)`
    return [{ count: large, say: `Values of '${name}' beyond 2^53 lose their last digits` }]
  })
  if (checks.length === 0) return
  const counted = await connection.runAndReadAll(
    `select ${checks.map(({ count }) => count).join(', ')} from loaded`,
  )
  for (const [index, count] of counted.getRows()[0]!.entries()) {
    if (Number(count) > 0) notes.push(`${checks[index]!.say}: ${count}.`)
  }
}
