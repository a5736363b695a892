import { resolve } from 'node:path'
import { ScorefieldError } from '../base/index.ts'
import { describeRule, inspectTable, type TableInspection } from '../data/node.ts'
import {
  cannotWrite,
  type DataAsked,
  type DataKind,
  kindOf,
  parseOptions,
  replaceFile,
  rulesOfData,
  setAll,
} from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { displayWidth, padded, wrapped } from './layout.ts'
import { type PictureOptions, pictureSettings } from './options.ts'
import { withInput } from './standard-input.ts'
import { count, Terminal } from './terminal.ts'

/** What the command line of `inspect` says. */
export interface InspectOptions extends CommonOptions, PictureOptions {
  readonly picture?: string
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
  const { sql, kind: named } = options
  // The columns' own settings are for training; here is said how the file is read.
  const told = pictureSettings(options)
  const said = parseOptions(told ? { data: { pictures: told } } : {}, 'the command line')
  const { csv, sheet, pictures } = setAll(said, options.set ?? []).data ?? {}
  const asked: DataAsked = { sql, csv, sheet, pictures, kind: named }
  const kind = kindOf({ source: data, sql, kind: named })
  if (kind.inspect) return inspectWhole(kind.inspect, { ...asked, source: data }, options, terminal)
  if (options.picture !== undefined) throw noSheet(kind)
  const { table, notes } = await withInput(data, context, (path) =>
    kindOf({ source: path, sql, kind: named }).read({ ...asked, source: path }),
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
    await writeSettings(settings, options.write, terminal)
  }
  terminal.event({ type: 'done', source: table.source, ...inspection, rules, notes })
}

async function writeSettings(settings: object, path: string, terminal: Terminal): Promise<void> {
  await written(path, `${JSON.stringify(settings, null, 2)}\n`)
  terminal.say(`Wrote ${path}. Edit it, then: scorefield train ${path}`)
}

async function written(path: string, content: Uint8Array | string): Promise<void> {
  await replaceFile(path, content).catch((error) => {
    throw cannotWrite(path, error)
  })
}

/** Says what data are whose rows are no cells alone. */
async function inspectWhole(
  inspect: NonNullable<DataKind['inspect']>,
  asked: DataAsked,
  { write, picture }: InspectOptions,
  terminal: Terminal,
): Promise<void> {
  const { lines, facts, settings, sheet } = await inspect(asked)
  terminal.print(wrapped(lines.join('\n'), terminal.width))
  if (write !== undefined) await writeSettings({ data: settings }, write, terminal)
  if (picture !== undefined) {
    await written(picture, sheet)
    terminal.say(`Contact sheet: ${picture}`)
  }
  terminal.event({ type: 'done', source: asked.source, ...facts })
}

function noSheet({ name }: DataKind): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/picture',
    message: `--picture draws a contact sheet of pictures; these data are of the kind "${name}".`,
    where: '--picture',
    hint: 'Leave it out; where they are pixels, add --kind pictures.',
  })
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
