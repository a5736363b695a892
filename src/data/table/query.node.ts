import { existsSync } from 'node:fs'
import { type DuckDBConnection, StatementType } from '@duckdb/node-api'
import { ScorefieldError } from '../../engine/error.ts'
import { explainDuckError } from './duckdb.node.ts'

/**
 * Makes the temporary table `loaded` of the answer to the last statement of `sql`.
 *
 * Statements before it may attach databases (`attach 'x.duckdb' as db; select * from db.t`) and set options; nothing else,
 * so that reading changes no file. Throws `data/sql`, `data/no-such-file`.
 */
export async function loadQuery(connection: DuckDBConnection, sql: string): Promise<void> {
  try {
    const statements = await connection.extractStatements(sql)
    if (statements.count === 0) throw new Error('it holds no statement')
    const { before, last } = await splitLast(connection, sql, statements.count)
    requireAttachedFiles(before, sql)
    for (let index = 0; index < statements.count - 1; index++) {
      const statement = await statements.prepare(index)
      if (!preparing.has(statement.statementType))
        throw new Error(
          `it holds ${statements.count} statements; those before the last may only attach databases or set options`,
        )
      await statement.run()
    }
    await connection.run(`create temp table loaded as ${last}`)
  } catch (error) {
    if (error instanceof ScorefieldError) throw error
    const { message } = explainDuckError(error)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/sql',
      message: `The query could not be run: ${message}`,
      where: sql,
      hint: /extension/i.test(message)
        ? 'Attach DuckDB files; export tables of other databases to CSV or Parquet first.'
        : `End with one SELECT; a file is named in single quotes: select a, b from 'x.parquet'.`,
      cause: error,
    })
  }
}

const preparing: ReadonlySet<StatementType> = new Set([
  StatementType.ATTACH,
  StatementType.SET,
  StatementType.VARIABLE_SET,
])

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

/** DuckDB would make a database that is not there. */
function requireAttachedFiles(before: string, sql: string): void {
  for (const [, quoted] of before.matchAll(
    /\battach\s+(?:database\s+)?(?:if\s+not\s+exists\s+)?'((?:[^']|'')*)'/gi,
  )) {
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
}
