import { duration } from '../base/index.ts'
import { curves, nodeDocument, writePicture } from '../report/node.ts'
import { amendRun, type TriedWay, type Tuning, tuneSampling } from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { columnsText } from './layout.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { interruptSignal } from './signals.ts'
import { Terminal } from './terminal.ts'

/** What the command line of `tune` says. */
export interface TuneCommandOptions extends CommonOptions, DeviceOptions {
  readonly evaluations: number
  readonly rows: number
  readonly seed: number
  readonly write?: boolean
  readonly output?: string
}

/** Ways that the table shows. */
const shownWays = 8

/** Searches the sampler and the noise levels of a run. */
export async function runTune(
  folder: string,
  options: TuneCommandOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const opened = await openAndWarn(folder, await runtimeOf(options, terminal), terminal)
  const { evaluations, rows, seed } = options
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  const { run, fitted } = opened
  const found = await tuneSampling(fitted, {
    ...{ evaluations, rows, seed, signal, own: run.config.sampling },
    onProgress: (done, total) => {
      terminal.progress({ label: 'searching', done, total, seconds: seconds() })
      terminal.event({ type: 'progress', done, total })
    },
  }).finally(release)
  await fitted.dispose()
  if (!options.json) context.stdout.write(`${tuningLines(found, { evaluations, rows }).join('\n')}\n`)
  if (options.output) {
    writePicture(options.output, picture(found, run.name, await nodeDocument()))
    terminal.say(`Error against evaluations: ${options.output}`)
  }
  if (options.write) {
    await amendRun({ ...run, config: { ...run.config, sampling: found.best.sampling } })
    terminal.say(`${run.name} draws so from now on (run.json, sampling).`)
  }
  const { best, usual, judged, curve } = found
  terminal.event({
    type: 'done',
    ...{ best, usual, judged, curve, tried: found.tried.length, written: options.write === true },
    secondsElapsed: seconds(),
  })
  terminal.say(`${found.tried.length} ways tried in ${duration(seconds())}.`)
}

/** The table of a search, and what the best is worth on other noise. */
function tuningLines(
  { best, usual, tried, judged }: Tuning,
  { evaluations, rows }: { readonly evaluations: number; readonly rows: number },
): string[] {
  const line = (way: TriedWay): string[] => [
    `  ${wayText(way)}`,
    String(way.evaluations),
    way.error.toPrecision(3),
  ]
  const judgedLine = (what: string, { error, distance }: Tuning['judged']['best']): string[] => [
    `  ${what}`,
    error.toPrecision(3),
    `${distance.value.toFixed(4)} (${distance.low.toFixed(4)} to ${distance.high.toFixed(4)})`,
  ]
  const { fine } = judged
  return [
    `Error of ${rows} rows against fine steps from the same noise, in σ of the data, at most ${evaluations} evaluations a row`,
    ...columnsText([['  way', 'evaluations', 'error'], ...tried.slice(0, shownWays).map(line)], {
      width: 100,
    }),
    ...(tried.indexOf(usual) < shownWays ? [] : columnsText([line(usual)], { width: 100 })),
    '',
    'On other noise, which nothing was chosen by; the distance is the energy distance to fine steps',
    ...columnsText(
      [
        ['  ', 'error', 'distance'],
        judgedLine(`best: ${wayText(best)}`, judged.best),
        judgedLine(`the run’s own: ${wayText(usual)}`, judged.usual),
        ['  fine steps', '0', `${fine.value.toFixed(4)} (${fine.low.toFixed(4)} to ${fine.high.toFixed(4)})`],
      ],
      { width: 100 },
    ),
  ]
}

/** A way in the words of the options of `sample`. */
function wayText({ sampling }: TriedWay): string {
  const { sampler, grid, gridOptions = {}, steps } = sampling
  const told = Object.entries(gridOptions).map(([name, value]) => `${name}=${value}`)
  return [sampler, `${steps} steps`, grid, ...told].join(', ')
}

function picture(
  { curve }: Tuning,
  name: string,
  document: Awaited<ReturnType<typeof nodeDocument>>,
): string {
  const series = (['best', 'usual'] as const).map((which) => ({
    name: which === 'best' ? 'the best found' : 'the run’s own',
    x: curve.map((at) => at[which].evaluations),
    y: curve.map((at) => at[which].error),
    dots: true,
  }))
  return curves({
    title: `${name}: how far rows are off the flow’s own ends`,
    xLabel: 'evaluations of the network a row',
    yLabel: 'error, in σ of the data',
    logX: true,
    logY: true,
    series,
    document,
  })
}
