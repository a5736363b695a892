import { resolve } from 'node:path'
import { describeRule, inspectTable, type TableInspection } from '../data/node.ts'
import { cannotWrite, kindOf, replaceFile, rulesOfData, setAll } from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { displayWidth, padded, wrapped } from './layout.ts'
import { withInput } from './standard-input.ts'
import { count, Terminal } from './terminal.ts'

/** What the command line of `inspect` says. */
export interface InspectOptions extends CommonOptions {
  readonly sql?: string
  readonly write?: string
  readonly set?: readonly string[]
}

/** Looks at a table and says what it is to a model. */
export async function runInspect(
  data: string | undefined,
  options: InspectOptions,
  context: CommandContext,
): Promise<void> {
  const terminal = new Terminal(options, context)
  const { sql } = options
  // The columns' own settings are for training; here is said how the file is read.
  const { csv, sheet } = setAll({}, options.set ?? []).data ?? {}
  const { table, notes } = await withInput(data, context, (path) =>
    kindOf({ source: path, sql }).read({ source: path, sql, csv, sheet }),
  )
  const { found, rules: kept } = rulesOfData(table, {})
  const inspection = inspectTable(table, { rules: kept })
  const rules = found.map((rule) => describeRule(rule, table.rowCount))
  terminal.print(describeInspection(inspection, rules, notes, terminal.width))
  if (options.write !== undefined) {
    const settings = settingsFor(inspection, {
      ...(data === undefined ? { sql } : { source: resolve(data) }),
      ...(csv === undefined ? {} : { csv }),
      ...(sheet === undefined ? {} : { sheet }),
    })
    await replaceFile(options.write, `${JSON.stringify(settings, null, 2)}\n`).catch((error) => {
      throw cannotWrite(options.write!, error)
    })
    terminal.say(`Wrote ${options.write}. Edit it, then: scorefield train ${options.write}`)
  }
  terminal.event({ type: 'done', source: table.source, ...inspection, rules, notes })
}

/** What `train data.json` takes: where the data are, and of each column what was found, to be changed. */
function settingsFor(
  { columns }: TableInspection,
  where: {
    readonly source?: string
    readonly sql?: string | undefined
    readonly csv?: object
    readonly sheet?: string
  },
): Record<string, unknown> {
  const wishes = columns.map(({ name, role, encoder, personal, verdict, reason }) => [
    name,
    {
      as: role,
      ...(personal === undefined ? {} : { personal }),
      ...(encoder === undefined ? {} : { encoder: encoder.split(',')[0] }),
      because: `${verdict}: ${reason}`,
    },
  ])
  return { data: { ...where, columns: Object.fromEntries(wishes), rules: 'compute' } }
}

/** Below this width a column's name stands on a line of its own. */
const leastBesides = 70

/** The inspection as text: a line of facts and a line of reasons for each column. */
export function describeInspection(
  { rowCount, columns, duplicateRows, suggestions }: TableInspection,
  rules: readonly string[],
  notes: readonly string[],
  width: number = Number.POSITIVE_INFINITY,
): string {
  const lines = [
    `${count(rowCount, 'row')}, ${count(columns.length, 'column')}, ${count(duplicateRows, 'repeated row')}`,
  ]
  for (const note of notes) lines.push(`  ${note}`)
  const nameWidth = Math.min(28, Math.max(...columns.map(({ name }) => displayWidth(name))))
  const isBesides = width >= leastBesides
  const start = ' '.repeat(isBesides ? nameWidth + 2 : 2)
  lines.push('')
  for (const { name, verdict, reason, gaps, values, encoder, computed, personal } of columns) {
    const missing = gaps === 0 ? '' : `, ${count(gaps, 'gap')} (${((100 * gaps) / rowCount).toFixed(1)} %)`
    const facts = `${padded(verdict, 11)}  ${values}${missing}`
    if (isBesides) lines.push(`${padded(shortened(name, nameWidth), nameWidth)}  ${facts}`)
    else lines.push(name, start + facts)
    lines.push(`${start}because ${reason}`)
    const unmodelled = personal === undefined ? 'not modelled' : 'not modelled; new rows get invented ones'
    const made =
      encoder === undefined ? (computed ?? unmodelled) : `encoded as ${encoder.replace(/ \(.*\)$/s, '')}`
    lines.push(start + made)
  }
  if (rules.length > 0)
    lines.push(
      '',
      'Rules that hold (samples keep them; to keep orders, a ≤ b, too: --set data.rules=keep)',
      ...rules.map((rule) => `  ${rule}`),
    )
  if (suggestions.length > 0) lines.push('', 'Suggestions', ...suggestions.map((one) => `  ${one}`))
  return wrapped(lines.join('\n'), width)
}

/** A name, or as much of its beginning as fits, and dots. */
function shortened(name: string, width: number): string {
  if (displayWidth(name) <= width) return name
  const characters = [...name]
  while (displayWidth(characters.join('')) > width - 1) characters.pop()
  return `${characters.join('')}…`
}
