import { duration } from '../base/index.ts'
import { fileColumn, type Table } from '../data/node.ts'
import { type RowScores, readOthers, scoreRows } from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { openOutput, placeOf } from './output.ts'
import { type ReadingOptions, readingSaid } from './reading.ts'
import { interruptSignal } from './signals.ts'
import { withInput } from './standard-input.ts'
import { count, group, Terminal } from './terminal.ts'

/** What the command line of `score` says. */
export interface ScoreOptions extends CommonOptions, DeviceOptions, ReadingOptions {
  readonly output?: string
  readonly format?: string
  readonly sql?: string
  readonly method?: string
  readonly draws?: number
  readonly dequantisation?: string
}

/** Scores the rows of a table and writes a line for each. */
export async function runScore(
  folder: string,
  data: string | undefined,
  options: ScoreOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const reading = await readingSaid(options)
  const output = await openOutput(options, terminal, context)
  const opened = await openAndWarn(folder, await runtimeOf(options, terminal), terminal)
  const { table, notes } = await withInput(data, context, (path) =>
    readOthers(opened, { ...reading, source: path, sql: options.sql }),
  )
  for (const note of notes) terminal.say(`  ${note}`)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  const method = opened.fitted.likelihoodMethod(options.method)
  const { dequantisation, draws } = options
  const scores = await scoreRows(opened, table, {
    ...{ by: options.method, draws, dequantisation, signal },
    onLearning: (done, total) => {
      terminal.progress({ label: 'learning places in cells', done, total, seconds: seconds() })
      terminal.event({ type: 'progress', task: 'dequantisation', done, total })
    },
    onProgress: (done, total) => {
      terminal.progress({ label: 'scoring', done, total, seconds: seconds() })
      terminal.event({ type: 'progress', done, total })
    },
  }).finally(release)
  for (const warning of scores.warnings) terminal.warn(warning)
  await output.write(scoreTable(table, scores), 0)

  const known = scores.logDensity.filter((value) => !Number.isNaN(value))
  const mean = known.length > 0 ? meanOf(known) : null
  const skipped = table.rowCount - known.length
  if (skipped > 0)
    terminal.warn(
      `${count(skipped, 'row')} of ${group(table.rowCount)} ${skipped === 1 ? 'has' : 'have'} gaps or words where the training rows had none and ${skipped === 1 ? 'was' : 'were'} not scored.`,
    )
  const meanError = errorOfMean(scores)
  const { range } = opened.fitted
  const { sigmaMin } = range
  const bits = scores.bits && bitsOf(scores.bits)
  if (bits)
    terminal.say(
      `Mean ${bits.mean.toFixed(4)}${bits.standardError === undefined ? '' : ` ± ${bits.standardError.toFixed(4)}`} bits a dimension (${scores.bits!.dequantisation} dequantisation); a picture’s own is known to ± ${bits.ofOne.toFixed(4)} in the middle of them.`,
    )
  if (mean !== null)
    terminal.say(
      `Scored ${count(known.length, 'row')} in ${duration(seconds())}: mean log-density ${mean.toFixed(4)}${meanError === undefined ? '' : ` ± ${meanError.toFixed(4)}`} nats, in the data’s own units (${method.says(range)}).`,
    )
  if (mean !== null && scores.logProbability)
    terminal.say(
      `All columns are rounded or categories: log_probability is that of the row’s cell, nats; mean ${meanOf(scores.logProbability).toFixed(4)}.`,
    )
  if (options.output) terminal.say(`Wrote ${placeOf(options.output)}.`)
  terminal.event({
    type: 'done',
    rows: known.length,
    skipped,
    meanLogDensity: mean,
    unit: 'nats, density in the units of the data',
    ...(bits
      ? {
          ...{ bitsPerDimension: bits.mean, bitsStandardError: bits.standardError },
          dequantisation: scores.bits!.dequantisation,
        }
      : {}),
    ...(scores.logProbability ? { meanLogProbability: meanOf(scores.logProbability) } : {}),
    ...(meanError === undefined ? {} : { meanStandardError: meanError }),
    likelihood: method.kind,
    method: method.name,
    ...(method.kind === 'flow' ? { sigmaMin } : {}),
    weights: opened.weights,
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
  await opened.fitted.dispose()
}

/**
 * Standard error of the mean log-density, as a figure of what the rows come from: their spread over √n, and the error that all rows of an
 * energy share; undefined of a single row.
 */
function errorOfMean({
  logDensity,
  commonError,
}: Pick<RowScores, 'logDensity' | 'commonError'>): number | undefined {
  const known = logDensity.filter((value) => !Number.isNaN(value))
  if (known.length < 2) return undefined
  const mean = meanOf(known)
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.hypot(Math.sqrt(squares / (known.length - 1) / known.length), commonError)
}

/** Mean bits a dimension with its standard error as a figure of what the pictures come from, and the middle one of their own errors. */
function bitsOf({ perDimension, standardError }: NonNullable<RowScores['bits']>): {
  readonly mean: number
  readonly standardError?: number
  readonly ofOne: number
} {
  const own = standardError.filter((value) => !Number.isNaN(value)).sort()
  const error = errorOfMean({ logDensity: perDimension, commonError: 0 })
  return {
    mean: meanOf(perDimension),
    ...(error === undefined ? {} : { standardError: error }),
    ofOne: own[Math.floor(own.length / 2)] ?? 0,
  }
}

/** The mean of those that are numbers. */
function meanOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((total, value) => total + value, 0) / known.length
}

/** The scores with the number of each row, from 1, and the file of each picture. */
function scoreTable({ rowCount, source, columns, pictures }: Table, scores: RowScores): Table {
  const row = Float64Array.from({ length: rowCount }, (_, index) => index + 1)
  return {
    rowCount,
    source: `scores of ${source}`,
    columns: [
      { kind: 'number', name: 'row', type: 'INTEGER', decimals: 0, values: row },
      ...(pictures ? columns.filter(({ name }) => name === fileColumn) : []),
      numbers('log_density', scores.logDensity, 6),
      numbers('log_density_se', scores.standardError, 6),
      ...(scores.bits
        ? [
            numbers('bits_per_dim', scores.bits.perDimension, 6),
            numbers('bits_per_dim_se', scores.bits.standardError, 6),
          ]
        : []),
      ...(scores.logProbability ? [numbers('log_probability', scores.logProbability, 6)] : []),
      numbers('score_norm', scores.scoreNorm, 6),
      numbers('percentile', scores.percentile, 2),
      {
        kind: 'text',
        name: 'odd_columns',
        type: 'VARCHAR',
        values: scores.oddColumns.map((odd) =>
          odd.length === 0
            ? null
            : odd
                .map(({ column, times }) =>
                  Number.isFinite(times) ? `${column} ×${times.toFixed(1)}` : `${column} breaks its rule`,
                )
                .join('; '),
        ),
      },
    ],
  }
}

function numbers(name: string, values: Float64Array, decimals: number): Table['columns'][number] {
  const scale = 10 ** decimals
  const rounded = values.map((value) => Math.round(value * scale) / scale)
  return { kind: 'number', name, type: 'DOUBLE', decimals, values: rounded }
}
