import type { DuckDBConnection } from '@duckdb/node-api'
import { numberCells, numberFacts, numberTerms } from '../csv/number-cells.node.ts'
import { literal } from '../duckdb.node.ts'
import { firstRow, type Loaded, loadedAs, placeOf } from '../loaded.node.ts'
import { pathList } from '../source.node.ts'
import { typeOfStructure } from './structure.ts'

/**
 * Loads JSON files as the table `loaded`: an array of objects, or one object a line.
 *
 * Columns are the keys of the objects, in the order in which they first occur, to the letter. What is a number, a truth value or
 * a text in every row is a column of such; lists, objects and mixtures are held as JSON.
 */
export async function loadJson(
  connection: DuckDBConnection,
  { paths, isLines }: { readonly paths: readonly string[]; readonly isLines: boolean },
  notes: string[],
): Promise<Loaded> {
  const how = isLines ? ", format = 'newline_delimited'" : ''
  await connection.run(
    `create or replace temp table objects as select json from read_json_objects(${pathList(paths)}${how})`,
  )
  const [others] = await firstRow(connection, `select count_if(json_type(json) <> 'OBJECT') from objects`)
  const names = Number(others) > 0 ? ['json'] : await keysOf(connection)
  // Of objects without keys there is nothing to read.
  const pointers = names.length === 0 ? [''] : names.map(pointerOf)
  const cells = Number(others) > 0 ? '[json]' : `json_extract(json, [${pointers.map(literal).join(', ')}])`
  await connection.run(
    `create or replace temp table raw as select ${pointers
      .map((_, index) => `nullif(cells[${index + 1}]::varchar, 'null') as ${placeOf(index)}`)
      .join(', ')} from (select ${cells} as cells from objects)`,
  )
  await connection.run('drop table objects')
  const loaded = loadedAs(names.length === 0 ? ['json'] : names)
  const columns: string[] = []
  for (const [place, name] of loaded.names.entries()) {
    const { sql, type } = await columnOf(connection, { place, name }, notes)
    columns.push(`${sql} as ${placeOf(place)}`)
    if (type !== undefined) loaded.types.set(place, type)
  }
  await connection.run(`create or replace temp table loaded as select ${columns.join(', ')} from raw`)
  await connection.run('drop table raw')
  return loaded
}

/** The keys of all objects, in the order in which they first occur. */
async function keysOf(connection: DuckDBConnection): Promise<string[]> {
  const keys = await connection.runAndReadAll(
    `select key from (select unnest(json_keys(json)) as key, generate_subscripts(json_keys(json), 1) as place, row
       from (select json, row_number() over () as row from objects))
     group by key order by min(row * 65536 + place)`,
  )
  return keys.getRows().map(([key]) => String(key))
}

/** The JSON pointer (RFC 6901) of a key. */
function pointerOf(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

interface JsonColumn {
  readonly sql: string
  readonly type?: string
}

async function columnOf(
  connection: DuckDBConnection,
  { place, name }: { readonly place: number; readonly name: string },
  notes: string[],
): Promise<JsonColumn> {
  const held = placeOf(place)
  const counts = (
    await firstRow(
      connection,
      `select count(type), count_if(type = 'VARCHAR'), count_if(type in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')),
        count_if(type = 'BOOLEAN'), count_if(type in ('ARRAY', 'OBJECT')) from (select json_type(${held}::json) as type from raw)`,
    )
  ).map(Number) as [number, number, number, number, number]
  const [filled, texts, numbers, truths, nested] = counts
  if (filled === texts) return { sql: `(${held}::json->>'$')` }
  if (filled === numbers) {
    const answer = await firstRow(
      connection,
      `select ${numberTerms('cell is not null', {}).join(', ')} from (select ${held} as cell from raw)`,
    )
    const column = { name, cell: held, facts: numberFacts(answer) }
    const taken = await numberCells(connection, column, {}, notes)
    return { sql: taken?.sql ?? held, ...(taken?.type === undefined ? {} : { type: taken.type }) }
  }
  if (filled === truths) return { sql: held, type: 'BOOLEAN' }
  if (filled !== nested) {
    notes.push(`'${name}' holds values of several kinds; it is kept as JSON.`)
    return { sql: held, type: 'JSON' }
  }
  const [structure] = await firstRow(
    connection,
    `select json_group_structure(${held}::json)::varchar from raw`,
  )
  return { sql: held, type: typeOfStructure(JSON.parse(String(structure))) }
}
