import { duration, ScorefieldError } from '../base/index.ts'
import { asWritten, formatOfName, readTable, type Table, TableEncoding } from '../data/node.ts'
import {
  allDraws,
  bestFilling,
  type DataAsked,
  imputeTable,
  intervalOf,
  readOthers,
  usualDraws,
} from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { openOutput, placeOf } from './output.ts'
import { type ReadingOptions, readingSaid } from './reading.ts'
import { interruptSignal } from './signals.ts'
import { withInput } from './standard-input.ts'
import { count, Terminal } from './terminal.ts'

/** What the command line of `impute` says. */
export interface ImputeCommandOptions extends CommonOptions, DeviceOptions, ReadingOptions {
  readonly output?: string
  readonly format?: string
  readonly sql?: string
  readonly draws?: number
  readonly interval?: number
  readonly multiple?: boolean
  readonly method?: string
  readonly methodOption?: Readonly<Record<string, number>>
  readonly steps?: number
  readonly seed?: number
}

/** Fills the gaps of a table and writes it. */
export async function runImpute(
  folder: string,
  data: string | undefined,
  options: ImputeCommandOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const { draws = usualDraws, interval, multiple = false, seed = 0 } = options
  if (interval !== undefined) requireAnInterval(interval, draws, multiple)
  const terminal = new Terminal(options, context)
  const reading = await readingSaid(options)
  const output = await openOutput(options, terminal, context)
  const opened = await openAndWarn(folder, await runtimeOf(options, terminal), terminal)
  const { encoding, fitted } = opened
  if (!(encoding instanceof TableEncoding))
    throw new ScorefieldError({
      kind: 'ability',
      code: 'impute/no-table',
      message: `${folder} was trained on ${opened.description.kind}, not on a table of columns.`,
      where: folder,
      hint: 'Train a run on a table: scorefield train data.csv.',
    })
  const { table, notes, written } = await withInput(data, context, async (path) => {
    const asked = { ...reading, source: path, sql: options.sql }
    const read = await readOthers(opened, asked)
    return { ...read, written: await asText(read.table, path, { ...reading, ...options }) }
  })
  for (const note of notes) terminal.say(`  ${note}`)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  const mayBeGiven = opened.run.config.model.conditions
  const imputation = await imputeTable({ encoding, fitted, mayBeGiven }, table, {
    ...{ draws, seed, signal },
    method: options.method,
    methodOptions: options.methodOption,
    steps: options.steps,
    onProgress: (done, total) => {
      terminal.progress({ label: 'filling', done, total, seconds: seconds() })
      terminal.event({ type: 'progress', done, total })
    },
  }).finally(release)
  for (const note of imputation.notes) terminal.say(`  ${note}`)
  const filled = multiple ? allDraws(imputation, encoding) : bestFilling(imputation, encoding, { interval })
  await output.write(written ? asWritten(filled, written) : filled, 0)
  const cells = imputation.columns.reduce((sum, { rows }) => sum + rows.length, 0)
  terminal.say(
    `Filled ${count(cells, 'gap')} in ${count(imputation.rows, 'row')} by ${count(draws, 'draw')} each (${imputation.method}) in ${duration(seconds())}.`,
  )
  if (options.output) terminal.say(`Wrote ${placeOf(options.output)}.`)
  terminal.event({
    type: 'done',
    rows: filled.rowCount,
    completedRows: imputation.rows,
    cells,
    draws,
    seed,
    method: imputation.method,
    evaluations: imputation.evaluations,
    columns: imputation.columns.map(({ name, rows }) => ({ name, gaps: rows.length })),
    notes: imputation.notes,
    weights: opened.weights,
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
  await fitted.dispose()
}

/** Before anything is read or drawn. */
function requireAnInterval(interval: number, draws: number, multiple: boolean): void {
  if (multiple)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/interval',
      message: '--interval says where draws lie, and --multiple gives the draws themselves.',
      hint: 'Ask for one of them.',
    })
  intervalOf(interval, draws)
}

/** Formats whose cells are text that need not be the shortest. */
const separated: ReadonlySet<string | undefined> = new Set(['csv', 'tsv', undefined])

/** The table with its cells in the characters of the file, where both it and what is written are separated text. */
async function asText(
  table: Table,
  path: string | undefined,
  { csv, sheet, output, format }: Pick<DataAsked, 'csv' | 'sheet'> & ImputeCommandOptions,
): Promise<Table | undefined> {
  const name = format ?? (output === undefined || output === '-' ? 'csv' : formatOfName(output)?.name)
  if (path === undefined || !separated.has(name) || !separated.has(formatOfName(path)?.name)) return undefined
  const text = { kind: 'text', type: 'VARCHAR' } as const
  const as = new Map(table.columns.map((column) => [column.name, text]))
  const read = await readTable({ source: path, csv, sheet, as }).catch(() => undefined)
  return read?.table.rowCount === table.rowCount ? read.table : undefined
}
