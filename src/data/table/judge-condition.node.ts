import type { DuckDBConnection } from '@duckdb/node-api'
import { didYouMean, ScorefieldError } from '../../base/index.ts'
import {
  type Comparison,
  type ConditionNode,
  comparing,
  comparisonsOf,
  equalitiesIn,
  isOfRowOnly,
  nameOf,
  namesIn,
} from './condition-nodes.ts'
import { identifier, literal, withDatabase } from './duckdb.node.ts'
import type { Outcomes } from './encoding/index.ts'
import { holdTable } from './filter.node.ts'
import { sqlNames } from './sql-names.ts'
import type { Table } from './table.ts'

/** Values named in a hint, at most. */
const mostNamed = 8
/** Values that a condition is searched for slips among, at most. */
const mostEqualities = 200

/** A column that a condition speaks of, with what can come out of it. */
interface Known {
  readonly name: string
  readonly outcomes: Exclude<Outcomes, { kind: 'invented' }>
  /** Of the table of its outcomes. */
  readonly view: string
}

/**
 * What can be told of a condition before a row is drawn: sentences of what is likely a slip, such as a word that the column does
 * not have beside others that it has. condition: one that `rowsWhere` reads. table: any rows of the columns.
 *
 * Errors, kind `usage`: `usage/impossible-condition` where no row that can come out fulfils it, as far as that follows from
 * each column by itself; `usage/invented-column` where it asks for what is made up anew for each row.
 */
export async function judgeCondition(
  condition: string,
  table: Table,
  outcomesOf: (name: string) => Outcomes | undefined,
): Promise<string[]> {
  return withDatabase(async (connection) => {
    const root = await parsedCondition(connection, condition)
    if (root === undefined) return []
    const names = sqlNames(table.columns)
    const known = new Map<string, Known>()
    for (const [place, { name }] of table.columns.entries()) {
      const key = names[place]!.toLowerCase()
      const outcomes = namesIn(root).includes(key) ? outcomesOf(name) : undefined
      if (outcomes?.kind === 'invented') throw inventedColumn(name, outcomes.what, condition)
      if (outcomes === undefined) continue
      const view = `outcomes ${place}`
      const { column } = outcomes
      await holdTable(connection, { ...table, rowCount: column.values.length, columns: [column] }, view, [
        names[place]!,
      ])
      known.set(key, { name, outcomes, view })
    }
    const sqlOf = await sqlWriter(connection)
    const judge = new Judge(connection, known, sqlOf)
    const slips = await judge.slips(root)
    const impossible = await judge.impossible(root)
    if (impossible === undefined) return slips.map(({ sentence, hint }) => `${sentence} ${hint}`)
    const [slip] = await judge.slips(impossible)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/impossible-condition',
      message: slip?.sentence ?? `No row can fulfil ${await sqlOf(impossible)}.`,
      where: condition,
      hint: slip?.hint ?? (await judge.whatThereIs(impossible)),
    })
  })
}

function inventedColumn(name: string, what: string, condition: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/invented-column',
    message: `The values of '${name}' are invented (${what}): a condition cannot ask for them.`,
    where: condition,
    hint: `Leave '${name}' out of the condition.`,
  })
}

/** A likely slip: what is wrong, and what there is. */
interface Slip {
  readonly sentence: string
  readonly hint: string
}

/** Answers questions on conditions by trying them on what can come out of their columns. */
class Judge {
  private readonly connection: DuckDBConnection
  /** By the columns' names in lower case. */
  private readonly known: ReadonlyMap<string, Known>

  private readonly sqlOf: (node: ConditionNode) => Promise<string>

  constructor(
    connection: DuckDBConnection,
    known: ReadonlyMap<string, Known>,
    sqlOf: (node: ConditionNode) => Promise<string>,
  ) {
    this.connection = connection
    this.known = known
    this.sqlOf = sqlOf
  }

  /** The part of a condition that no row can fulfil; undefined where there may be one. */
  async impossible(node: ConditionNode): Promise<ConditionNode | undefined> {
    if (!isOfRowOnly(node)) return undefined
    if (node.type === 'CONJUNCTION_AND') {
      for (const group of byColumn(node['children'] as ConditionNode[])) {
        const found = await this.impossible(group)
        if (found) return found
      }
      return undefined
    }
    const names = namesIn(node)
    const only = names.length === 1 ? this.known.get(names[0]!) : undefined
    if (only) return (await this.mayHold(node, only)) ? undefined : node
    if (node.type !== 'CONJUNCTION_OR') return undefined
    for (const child of node['children'] as ConditionNode[])
      if (!(await this.impossible(child))) return undefined
    return node
  }

  private async mayHold(node: ConditionNode, { outcomes, view }: Known): Promise<boolean> {
    const tried = (one: ConditionNode): Promise<boolean> => this.holdsSomewhere(one, view)
    if (outcomes.kind === 'values') {
      const isCertain = !outcomes.inventsOthers || comparisonsOf(node)?.parts.every(isEquality) === true
      return !isCertain || tried(node)
    }
    if (node.type === 'ALL_OF_ONE') {
      for (const child of node['children'] as ConditionNode[])
        if (!(await this.mayHold(child, { name: '', outcomes, view }))) return false
      return true
    }
    if (node.type === 'OPERATOR_IS_NULL') return outcomes.gaps
    const comparisons = comparisonsOf(node)
    if (comparisons === undefined) return true
    // Of the numbers of a range one end is the first to be above or below another number.
    const inRange = async (part: Comparison): Promise<boolean> => {
      if (part.type === 'COMPARE_NOTEQUAL') return true
      if (!isEquality(part)) return tried(comparing(part))
      const above = await tried(comparing({ ...part, type: 'COMPARE_GREATERTHANOREQUALTO' }))
      return above && (await tried(comparing({ ...part, type: 'COMPARE_LESSTHANOREQUALTO' })))
    }
    const answers: boolean[] = []
    for (const part of comparisons.parts) answers.push(await inRange(part))
    return comparisons.need === 'every' ? answers.every(Boolean) : answers.some(Boolean)
  }

  /** Whether the condition holds for one of the rows at least; true where it cannot be tried. */
  private async holdsSomewhere(node: ConditionNode, view: string): Promise<boolean> {
    const sql = `select 1 from ${identifier(view)} where (${await this.sqlOf(node)}) limit 1`
    try {
      return (await this.connection.runAndReadAll(sql)).getRows().length > 0
    } catch {
      return true
    }
  }

  /** Values that a condition compares columns with, and that these do not have. */
  async slips(node: ConditionNode): Promise<Slip[]> {
    const slips = new Map<string, Slip>()
    for (const part of equalitiesIn(node).filter(isPlain).slice(0, mostEqualities)) {
      const known = this.known.get(nameOf(part.column))
      if (known === undefined || (await this.mayHold(comparing(part), known))) continue
      const slip = await this.slipOf(part, known)
      slips.set(slip.sentence, slip)
    }
    return [...slips.values()]
  }

  private async slipOf(part: Comparison, { name, outcomes, view }: Known): Promise<Slip> {
    const other = await this.sqlOf(part.other)
    const [said] = await this.texts(`select (${other})::varchar`)
    const { column } = outcomes
    if (column.kind === 'number') {
      const near = outcomes.kind === 'values' ? await this.neighbours(part, view) : []
      return {
        sentence: `'${name}' has no value ${said ?? other}.`,
        hint: await this.numbersIn(view, name, near),
      }
    }
    const words = column.values.filter((word) => word !== null)
    return {
      sentence: `'${name}' has no value '${said ?? other}'.${didYouMean(said ?? '', words, "'")}`,
      hint: wordsIn(name, outcomes),
    }
  }

  /** What can come out of the columns of a condition, in a sentence each. */
  async whatThereIs(node: ConditionNode): Promise<string> {
    const sentences = namesIn(node).map(async (key) => {
      const { name, outcomes, view } = this.known.get(key)!
      if (node.type === 'OPERATOR_IS_NULL') return `'${name}' has no gaps.`
      return outcomes.column.kind === 'text' ? wordsIn(name, outcomes) : this.numbersIn(view, name, [])
    })
    return (await Promise.all(sentences)).join(' ')
  }

  /** `'year' has 2007, 2008 and 2009.`, or how far its numbers reach. */
  private async numbersIn(view: string, name: string, near: readonly string[]): Promise<string> {
    const held = `select ${identifier(await this.columnOf(view))} as v from ${identifier(view)} where v is not null`
    const all = await this.texts(`select v::varchar from (${held}) order by v limit ${mostNamed + 1}`)
    const known = [...this.known.values()].find((one) => one.view === view)!
    if (known.outcomes.kind === 'values' && all.length <= mostNamed) return `'${name}' has ${inWords(all)}.`
    const [low, high] = await this.texts(`select unnest([min(v)::varchar, max(v)::varchar]) from (${held})`)
    const nearest = near.length === 0 ? '' : `; nearest: ${inWords(near)}`
    return `'${name}' lies between ${low} and ${high}${nearest}.`
  }

  /** The values next below and next above the one compared with, where there are such. */
  private async neighbours(part: Comparison, view: string): Promise<string[]> {
    const column = identifier(await this.columnOf(view))
    const than = (type: string): Promise<string> => this.sqlOf(comparing({ ...part, type }))
    const [less, more] = [await than('COMPARE_LESSTHAN'), await than('COMPARE_GREATERTHAN')]
    return this.texts(
      `select unnest([max(${column}) filter (where ${less}), min(${column}) filter (where ${more})])::varchar from ${identifier(view)}`,
    )
  }

  private async columnOf(view: string): Promise<string> {
    const found = await this.connection.runAndReadAll(`select * from ${identifier(view)} limit 0`)
    return found.columnNames()[0]!
  }

  private async texts(sql: string): Promise<string[]> {
    const rows = (await this.connection.runAndReadAll(sql)).getRows()
    return rows.flatMap(([text]) => (text === null ? [] : [String(text).replace(/^(-?\d+)\.0$/, '$1')]))
  }
}

function isEquality({ type }: Comparison): boolean {
  return type === 'COMPARE_EQUAL'
}

/** Whether the other side is the same for every row. */
function isPlain({ other }: Comparison): boolean {
  return isOfRowOnly(other)
}

/** Conditions that all must hold, those of one and the same column put together. */
function byColumn(nodes: readonly ConditionNode[]): ConditionNode[] {
  const groups = new Map<string | ConditionNode, ConditionNode[]>()
  for (const node of nodes) {
    const names = isOfRowOnly(node) ? namesIn(node) : []
    const key = names.length === 1 ? names[0]! : node
    groups.set(key, [...(groups.get(key) ?? []), node])
  }
  return [...groups.values()].map(
    (group): ConditionNode =>
      group.length === 1
        ? group[0]!
        : { class: 'CONJUNCTION', type: 'ALL_OF_ONE', alias: '', query_location: 0, children: group },
  )
}

/** `'species' has Adelie, Gentoo and Chinstrap.` */
function wordsIn(name: string, { column, ...more }: Known['outcomes']): string {
  const words = (column.values as readonly (string | null)[]).filter((word) => word !== null)
  const shown = words.slice(0, mostNamed).map((word) => `'${word}'`)
  const left = words.length - shown.length
  const has = shown.length === 0 ? 'nothing but gaps' : inWords(left > 0 ? [...shown, `${left} more`] : shown)
  const rare = 'hidesRareWords' in more && more.hidesRareWords
  const instead = 'inventsOthers' in more && more.inventsOthers ? '; invented ones come in their place' : ''
  return `'${name}' has ${has}.${rare ? ` Words that too few rows have do not come out${instead}.` : ''}`
}

function inWords(items: readonly string[]): string {
  return items.length <= 1 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** A condition as a tree; undefined where this DuckDB has no words for it. */
export async function parsedCondition(
  connection: DuckDBConnection,
  condition: string,
): Promise<ConditionNode | undefined> {
  return (await parsedStatement(connection, condition))?.node.where_clause
}

/** A statement with a condition, as DuckDB tells it. */
interface Statement {
  readonly node: { readonly where_clause: ConditionNode }
}

async function parsedStatement(
  connection: DuckDBConnection,
  condition: string,
): Promise<Statement | undefined> {
  const found = await connection.runAndReadAll(
    `select json_serialize_sql(${literal(`select 1 where (${condition}\n)`)})`,
  )
  // Where a word stands in the text is not needed, and "nowhere" is a number that JavaScript rounds to one too many.
  // Numbers of the condition stay as they are written: 1e9 is told as 1000000000.0, and as 1000000000 it would be no double.
  const text = String(found.getRows()[0]![0])
    .replaceAll(/"query_location":\d+/g, '"query_location":0')
    .replaceAll(/"value":(-?\d[^,}]*)/g, '"value":"\\u0000$1"')
  return (JSON.parse(text) as { readonly statements?: readonly Statement[] }).statements?.[0]
}

/** What writes conditions as SQL. */
export async function sqlWriter(
  connection: DuckDBConnection,
): Promise<(node: ConditionNode) => Promise<string>> {
  const statement = (await parsedStatement(connection, 'true'))!
  return async (node) => {
    const whole = {
      error: false,
      statements: [{ ...statement, node: { ...statement.node, where_clause: node } }],
    }
    const text = JSON.stringify(whole)
      .replaceAll('"ALL_OF_ONE"', '"CONJUNCTION_AND"')
      .replaceAll(/"value":"\\u0000([^"]*)"/g, '"value":$1')
    const found = await connection.runAndReadAll(`select json_deserialize_sql(${literal(text)}::json)`)
    return String(found.getRows()[0]![0]).replace(/^SELECT 1 WHERE /i, '')
  }
}
