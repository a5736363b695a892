import { existsSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../base/index.ts'
import { duckdb, explainDuckError } from './duckdb.node.ts'
import { type Loaded, loadedAs, placesOf } from './loaded.node.ts'

/**
 * Makes the temporary table `loaded` of the answer to the last statement of `sql`.
 *
 * Statements before it may attach databases (`attach 'x.duckdb' as db; select * from db.t`) and set options; nothing else,
 * so that reading changes no file. Throws `data/sql`, `data/no-such-file`.
 */
export async function loadQuery(connection: DuckDBConnection, sql: string): Promise<Loaded> {
  try {
    if (/^[\s;]*$/.test(sql)) throw new Error('it holds no statement')
    const { ATTACH, SET, VARIABLE_SET } = (await duckdb()).StatementType
    const statements = await connection.extractStatements(sql)
    const { before, last } = await splitLast(connection, sql, statements.count)
    let attached = requireAttachedFiles(before, sql)
    for (let index = 0; index < statements.count - 1; index++) {
      const statement = await statements.prepare(index)
      if (![ATTACH, SET, VARIABLE_SET].includes(statement.statementType))
        throw new Error(
          `it holds ${statements.count} statements; those before the last may only attach databases or set options`,
        )
      // An ATTACH whose file could not be looked at might make one.
      if (statement.statementType === ATTACH && attached-- <= 0)
        throw new Error("a database is attached by its path in plain quotes: attach 'x.duckdb' as db")
      await statement.run()
    }
    const answer = await connection.prepare(last)
    const names = Array.from({ length: answer.columnCount }, (_, index) => answer.columnName(index))
    await connection.run(
      `create temp table loaded as select * from (${last}\n) as answer(${placesOf(names.length)})`,
    )
    return loadedAs(names)
  } catch (error) {
    if (error instanceof ScorefieldError) throw error
    const said = explainDuckError(error).message
    const extension = /Extension "(?:.*[/\\])?([\w-]+?)(?:\.duckdb_extension)?" not found/.exec(said)?.[1]
    const message = extension ? `it needs the DuckDB extension ${extension}, which is not installed` : said
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/sql',
      message: `The query could not be run: ${message}`,
      where: sql,
      hint: extension
        ? 'Attach DuckDB files; export tables of other databases to CSV or Parquet first.'
        : `End with one SELECT; a file is named in single quotes: select a, b from 'x.parquet'.`,
      cause: error,
    })
  }
}

/** Cuts off the last statement: at the semicolon that leaves all the others before it. */
async function splitLast(
  connection: DuckDBConnection,
  sql: string,
  count: number,
): Promise<{ before: string; last: string }> {
  const end = sql.replace(/[\s;]+$/, '')
  if (count === 1) return { before: '', last: end }
  for (let at = end.lastIndexOf(';'); at > 0; at = end.lastIndexOf(';', at - 1)) {
    const before = end.slice(0, at)
    // A semicolon within quotes leaves text that cannot be parsed.
    const extracted = await connection.extractStatements(before).catch(() => undefined)
    if (extracted?.count === count - 1) return { before, last: end.slice(at + 1) }
  }
  throw new Error('its statements could not be told apart; separate them by semicolons')
}

/** Looks that files to be attached are there, for DuckDB would make them; says how many it found named. */
function requireAttachedFiles(before: string, sql: string): number {
  const bare = before.replace(/'(?:[^']|'')*'|\/\*[\s\S]*?\*\/|--[^\n]*/g, (part) =>
    part.startsWith("'") ? part : ' ',
  )
  let found = 0
  for (const [, quoted] of bare.matchAll(
    /\battach\s+(?:database\s+)?(?:if\s+not\s+exists\s+)?'((?:[^']|'')*)'/gi,
  )) {
    found++
    const path = quoted!.replaceAll("''", "'")
    if (path !== ':memory:' && !existsSync(path))
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/no-such-file',
        message: `There is no database ${path} to attach.`,
        where: sql,
        hint: 'Check the spelling; a path is read from the current folder.',
      })
  }
  return found
}
