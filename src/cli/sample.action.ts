import { formatOfName, type TableTarget, writeTable } from '../data/node.ts'
import { openModel, rowsToTable } from '../run/node.ts'
import { sample, samplerByName } from '../sampling/index.ts'
import { runtimeOf } from './options.ts'
import type { SampleOptions } from './sample.ts'
import { interruptSignal } from './signals.ts'
import { clock, group, Terminal } from './terminal.ts'

/** Draws rows and writes them. */
export async function runSample(folder: string, options: SampleOptions): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal({ json: options.json ?? false, quiet: options.quiet ?? false })
  const runtime = await runtimeOf(options)
  const opened = await openModel(folder, { runtime })
  for (const { message } of opened.warnings) terminal.warn(message)
  const { fitted, run } = opened
  const sampler = samplerByName(options.sampler ?? run.config.sampling.sampler)
  const levels = fitted.levels({
    grid: options.grid ?? run.config.sampling.grid,
    steps: options.steps ?? run.config.sampling.steps,
  })
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'))
  const rows = new Float32Array(options.count * fitted.dimension)
  const first = options.first ?? 0
  try {
    const events = sample({
      fitted: fitted.fitted,
      sampler,
      levels,
      priorStd: fitted.priorStd,
      seed: options.seed ?? 0,
      first,
      count: options.count,
      runtime,
      signal,
    })
    for await (const event of events) {
      if (event.type === 'samples') rows.set(event.rows, (event.first - first) * fitted.dimension)
      else {
        terminal.progress({ label: 'sampling', done: event.done, total: event.total, seconds: seconds() })
        terminal.event(event)
      }
    }
  } finally {
    release()
  }
  const table = rowsToTable(opened, rows, options.count)
  const target: TableTarget | undefined = options.output
    ? { path: options.output }
    : options.json
      ? undefined
      : { stream: process.stdout, format: formatOfName('.csv')! }
  if (target) await writeTable(table, target)
  if (options.output)
    terminal.say(
      `Wrote ${group(options.count)} rows of ${table.columns.length} columns to ${options.output} in ${clock(seconds())}.`,
    )
  terminal.event({
    type: 'done',
    rows: options.count,
    columns: table.columns.map(({ name }) => name),
    sampler: sampler.name,
    weights: opened.weights,
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
}
