import { formatOfName, type Table, type TableTarget, writeTable } from '../data/node.ts'
import { openModel, readData, scoreRows } from '../run/node.ts'
import { runtimeOf } from './options.ts'
import type { ScoreOptions } from './score.ts'
import { interruptSignal } from './signals.ts'
import { clock, group, Terminal } from './terminal.ts'

/** Scores the rows of a table and writes a line for each. */
export async function runScore(
  folder: string,
  data: string | undefined,
  options: ScoreOptions,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal({ json: options.json ?? false, quiet: options.quiet ?? false })
  const opened = await openModel(folder, { runtime: await runtimeOf(options) })
  for (const { message } of opened.warnings) terminal.warn(message)
  const { table, notes } = await readData({
    ...(data === undefined ? {} : { source: data }),
    ...(options.sql === undefined ? {} : { sql: options.sql }),
  })
  for (const note of notes) terminal.say(`  ${note}`)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'))
  const scores = await scoreRows(opened, table, {
    signal,
    onProgress: (done, total) => {
      terminal.progress({ label: 'scoring', done, total, seconds: seconds() })
      terminal.event({ type: 'progress', done, total })
    },
  }).finally(release)
  const result: Table = {
    rowCount: table.rowCount,
    source: `scores of ${table.source}`,
    columns: [
      numbers(
        'row',
        Float64Array.from({ length: table.rowCount }, (_, row) => row + 1),
        0,
      ),
      numbers('log_density', scores.logDensity, 6),
      numbers('log_density_se', scores.standardError, 6),
      numbers('score_norm', scores.scoreNorm, 6),
      numbers('percentile', scores.percentile, 2),
    ],
  }
  const target: TableTarget | undefined = options.output
    ? { path: options.output }
    : options.json
      ? undefined
      : { stream: process.stdout, format: formatOfName('.csv')! }
  if (target) await writeTable(result, target)
  const known = scores.logDensity.filter((value) => !Number.isNaN(value))
  const mean = known.reduce((total, value) => total + value, 0) / Math.max(1, known.length)
  const skipped = table.rowCount - known.length
  if (skipped > 0) terminal.warn(`${group(skipped)} rows have gaps and were not scored.`)
  terminal.say(
    `Scored ${group(known.length)} rows in ${clock(seconds())}: mean log-density ${mean.toFixed(4)} nats in the data’s own units (noise level ${opened.fitted.range.sigmaMin.toPrecision(3)} of the encoded rows).`,
  )
  terminal.event({
    type: 'done',
    rows: known.length,
    skipped,
    meanLogDensity: mean,
    unit: 'nats, density in the units of the data',
    sigmaMin: opened.fitted.range.sigmaMin,
    weights: opened.weights,
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
  await opened.fitted.dispose()
}

function numbers(name: string, values: Float64Array, decimals: number): Table['columns'][number] {
  const scale = 10 ** decimals
  return {
    kind: 'number',
    name,
    type: 'DOUBLE',
    decimals,
    values: values.map((v) => Math.round(v * scale) / scale),
  }
}
