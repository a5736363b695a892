import type { DuckDBConnection } from '@duckdb/node-api'
import { didYouMean, ScorefieldError } from '../../base/index.ts'
import { appendTable } from './append.node.ts'
import { explainDuckError, identifier, literal, withDatabase } from './duckdb.node.ts'
import { placeOf } from './loaded.node.ts'
import { sqlNames } from './sql-names.ts'
import type { Table } from './table.ts'
import { momentOf } from './write.node.ts'

/**
 * The rows of `table` for which `condition` holds, ascending: an SQL condition over its columns, such as
 * `quality >= 7 and type = 'white'`, with dates as dates. A condition that is null (of a gap) does not hold.
 *
 * Throws `usage/where`: no condition, a column that is not there, text where a number belongs.
 */
export async function rowsWhere(table: Table, condition: string): Promise<Int32Array> {
  return withDatabase(async (connection) => {
    const names = sqlNames(table.columns)
    const place = identifier(await holdTable(connection, table, 'rows', names))
    try {
      const { count } = await connection.extractStatements(`select 1 where (${condition}\n)`)
      if (count !== 1) throw new Error('it is more than one condition')
      const found = await connection.runAndReadAll(
        `select ${place} from "rows" where (${condition}\n) order by ${place}`,
      )
      return Int32Array.from(found.getRows(), ([place]) => Number(place))
    } catch (error) {
      throw wrongCondition(error, condition, table)
    }
  })
}

/**
 * Makes a view `name` of the rows of `table`, their columns called `names`, dates as dates. Gives the name of one more column, that
 * of the rows' numbers.
 */
export async function holdTable(
  connection: DuckDBConnection,
  table: Table,
  name: string,
  names: readonly string[],
): Promise<string> {
  await appendTable(connection, table, `held ${name}`)
  const columns = table.columns.map((column, place) => {
    const held = placeOf(place)
    const value = column.kind === 'number' && column.calendar ? momentOf(held, column.calendar) : held
    return `${value} as ${identifier(names[place]!)}`
  })
  let number = 'row number'
  while (names.some((taken) => taken.toLowerCase() === number)) number += '_'
  await connection.run(
    `create temp view ${identifier(name)} as select ${columns.join(', ')}, rowid as ${identifier(number)} from ${identifier(`held ${name}`)}`,
  )
  return number
}

/** The condition that a column has a value, written `column=value`; an empty value is a gap. Throws `usage/given`. */
export function conditionOf(given: string, table: Pick<Table, 'columns'>): string {
  const equals = given.indexOf('=')
  const name = given.slice(0, equals).trim()
  const value = given.slice(equals + 1).trim()
  if (equals < 1)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/given',
      message: `--given takes column=value, not "${given}".`,
    })
  const place = table.columns.findIndex((candidate) => candidate.name === name)
  const column = table.columns[place]
  if (!column) {
    const names = table.columns.map((candidate) => candidate.name)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/given',
      message: `There is no column '${name}'.${didYouMean(name, names, "'")}`,
      where: '--given',
      hint: `There are: ${names.join(', ')}.`,
    })
  }
  const sql = identifier(sqlNames(table.columns)[place]!)
  if (value === '') return `${sql} is null`
  if (column.kind === 'number' && !column.calendar) {
    if (Number.isFinite(Number(value))) return `${sql} = ${Number(value)}`
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/given',
      message: `'${name}' is a column of numbers, and "${value}" is none.`,
      where: '--given',
    })
  }
  return `${sql} = ${literal(value)}`
}

function wrongCondition(error: unknown, condition: string, table: Table): ScorefieldError {
  const { message } = explainDuckError(error)
  const unknown = /column "([^"]+)" not found/i.exec(message)?.[1]
  const names = sqlNames(table.columns)
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/where',
    message:
      unknown === undefined
        ? `The condition cannot be read: ${message}`
        : `There is no column '${unknown}'.${didYouMean(unknown, names, "'")}`,
    where: condition,
    hint: `Write it as SQL does: --where "quality >= 7", --where "\\"fixed acidity\\" < 7 and quality in (3, 9)". Columns: ${names.join(', ')}.`,
    cause: error,
  })
}
