import { rowsToTable } from '../run/node.ts'
import { sample, samplerByName } from '../sampling/index.ts'
import type { CommandContext } from './command.ts'
import { openAndWarn } from './opened.ts'
import { runtimeOf } from './options.ts'
import { openOutput } from './output.ts'
import { requireRoom } from './room.ts'
import type { SampleOptions } from './sample.ts'
import { interruptSignal } from './signals.ts'
import { count as counted, duration, Terminal } from './terminal.ts'

/** Draws rows and writes them. */
export async function runSample(
  folder: string,
  options: SampleOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const output = await openOutput(options, terminal, context)
  const runtime = await runtimeOf(options)
  const opened = await openAndWarn(folder, runtime, terminal)
  const { fitted, run } = opened
  const { count, first = 0, seed = 0 } = options
  const sampler = samplerByName(options.sampler ?? run.config.sampling.sampler)
  const levels = fitted.levels({
    grid: options.grid ?? run.config.sampling.grid,
    steps: options.steps ?? run.config.sampling.steps,
  })
  requireRoom({ count, width: fitted.dimension, columns: opened.columns.length })
  const rows = new Float32Array(count * fitted.dimension)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  try {
    const { priorStd } = fitted
    const drawn = sample({
      fitted: fitted.fitted,
      sampler,
      levels,
      priorStd,
      seed,
      first,
      count,
      runtime,
      signal,
    })
    for await (const event of drawn) {
      if (event.type === 'samples') rows.set(event.rows, (event.first - first) * fitted.dimension)
      else {
        terminal.progress({ label: 'sampling', done: event.done, total: event.total, seconds: seconds() })
        terminal.event(event)
      }
    }
  } finally {
    release()
  }
  const table = rowsToTable(opened, rows, count)
  await output.write(table, first)
  if (options.output)
    terminal.say(
      `Wrote ${counted(count, 'row')} of ${counted(table.columns.length, 'column')} to ${options.output} in ${duration(seconds())}.`,
    )
  terminal.event({
    type: 'done',
    rows: count,
    first,
    seed,
    columns: opened.columns,
    sampler: sampler.name,
    weights: opened.weights,
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
  await fitted.dispose()
}
