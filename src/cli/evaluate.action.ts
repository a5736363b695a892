import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ScorefieldError } from '../base/index.ts'
import { evaluateRun, writeReport } from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { describeEvaluation } from './evaluate.text.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { type ReadingOptions, readingSaid } from './reading.ts'
import { interruptSignal } from './signals.ts'
import { withInput } from './standard-input.ts'
import { Terminal } from './terminal.ts'

/** What the command line of `evaluate` says. */
export interface EvaluateOptions extends CommonOptions, DeviceOptions, ReadingOptions {
  readonly against?: string
  readonly sql?: string
  readonly target?: string | undefined
  readonly likelihoodRows?: number | undefined
  readonly samples?: number | undefined
  readonly seed?: number
}

/** Judges a run, prints the figures and writes them to evaluation.json in its folder. */
export async function runEvaluate(
  folder: string,
  options: EvaluateOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const reading = await readingSaid(options)
  if (options.set && options.against === undefined)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/set',
      message: '--set says how the file of --against is read, and none is named.',
      hint: 'Add --against FILE; the run’s own file is read as it was for training.',
    })
  const opened = await openAndWarn(folder, await runtimeOf(options, terminal), terminal)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  await withInput(options.against, context, async (path) => {
    const against = {
      ...reading,
      ...(path ? { source: path } : {}),
      ...(options.sql ? { sql: options.sql } : {}),
    }
    const evaluation = await evaluateRun(opened, {
      against,
      seed: options.seed ?? 0,
      target: options.target,
      likelihoodRows: options.likelihoodRows,
      samples: options.samples,
      signal,
      onNote: (note) => terminal.say(`  ${note}`),
      onProgress: (label, done, total) => terminal.progress({ label, done, total, seconds: seconds() }),
    }).finally(release)
    await writeFile(join(opened.run.folder, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
    terminal.print(describeEvaluation(evaluation, terminal.width))
    terminal.say(`All figures: ${join(folder, 'evaluation.json')}`)
    const [report, card] = await writeReport(opened, { evaluation, against, seed: options.seed ?? 0 })
    terminal.say(`With pictures, to open in a browser: ${join(folder, report)}`)
    terminal.say(`Model card: ${join(folder, card)}`)
    terminal.event({ type: 'done', ...evaluation, secondsElapsed: seconds() })
  })
  await opened.fitted.dispose()
}
