import type { DuckDBConnection } from '@duckdb/node-api'
import { isoFormatOf } from './calendar.ts'
import { identifier, literal } from './duckdb.node.ts'

const zoned = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)`
const suffix = String.raw`(Z|[+-]\d{2}(:?\d{2})?)$`

/**
 * Turns text columns of the table `loaded` that hold ISO 8601 moments with a zone (2020-01-31T08:00:00Z, …+01:00) into
 * timestamps, which DuckDB's look at separated text leaves as text.
 *
 * Where all rows name the same zone, the time of day is kept as written, and the zone is part of the format. Else all are
 * brought to UTC, and that is noted.
 */
export async function takeZonedMoments(
  connection: DuckDBConnection,
  notes: string[],
  formats: Record<string, string>,
): Promise<void> {
  const described = await connection.runAndReadAll('describe loaded')
  for (const [name, type] of described.getRows().map((row) => row.map(String) as [string, string])) {
    if (type !== 'VARCHAR') continue
    const column = identifier(name)
    const ask = async (sql: string): Promise<readonly unknown[]> =>
      (await connection.runAndReadAll(sql)).getRows()[0] ?? []
    // The first value settles it for nearly every column of text.
    const [first] = await ask(`select ${column} from loaded where ${column} is not null limit 1`)
    if (typeof first !== 'string' || !new RegExp(`^${zoned}$`).test(first)) continue
    const zone = new RegExp(suffix).exec(first)![0]
    const [otherZones] = await ask(
      `select count(*) from loaded where not ends_with(${column}, ${literal(zone)})`,
    )
    const isOneZone = Number(otherZones) === 0
    const moment = isOneZone
      ? `try_cast(${column}[:-${zone.length + 1}] as timestamp)`
      : `make_timestamp(epoch_us(try_cast(${column} as timestamptz)))`
    const [odd] = await ask(
      `select count(*) from loaded where ${column} is not null
       and (not regexp_full_match(${column}, ${literal(zoned)}) or ${moment} is null)`,
    )
    if (Number(odd) > 0) continue
    await connection.run(`alter table loaded alter column ${column} set data type timestamp using ${moment}`)
    const format = isoFormatOf(first.slice(0, -zone.length))
    formats[name] = `${format}${isOneZone ? zone : 'Z'}`
    if (!isOneZone) notes.push(`The times of '${name}' are of several zones; all were brought to UTC.`)
  }
}
