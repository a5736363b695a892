import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Estimate } from '../evaluation/index.ts'
import { evaluateRun, type RunEvaluation, writeReport } from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { interruptSignal } from './signals.ts'
import { count, Terminal } from './terminal.ts'

/** What the command line of `evaluate` says. */
export interface EvaluateOptions extends CommonOptions, DeviceOptions {
  readonly against?: string
  readonly sql?: string
  readonly target?: string
  readonly likelihoodRows?: number
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
  const opened = await openAndWarn(folder, await runtimeOf(options), terminal)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  const against = {
    ...(options.against ? { source: options.against } : {}),
    ...(options.sql ? { sql: options.sql } : {}),
  }
  const evaluation = await evaluateRun(opened, {
    against,
    seed: options.seed ?? 0,
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.likelihoodRows === undefined ? {} : { likelihoodRows: options.likelihoodRows }),
    signal,
    onProgress: (label, done, total) => terminal.progress({ label, done, total, seconds: seconds() }),
  }).finally(release)
  await writeFile(join(opened.run.folder, 'evaluation.json'), `${JSON.stringify(evaluation, null, 2)}\n`)
  terminal.print(describeEvaluation(evaluation))
  terminal.say(`All figures: ${join(folder, 'evaluation.json')}`)
  const [report, card] = await writeReport(opened, { evaluation, against, seed: options.seed ?? 0 })
  terminal.say(`With pictures, to open in a browser: ${join(folder, report)}`)
  terminal.say(`Model card: ${join(folder, card)}`)
  terminal.event({ type: 'done', ...evaluation, secondsElapsed: seconds() })
  await opened.fitted.dispose()
}

/** The evaluation as text: the verdict first, then the figures. */
export function describeEvaluation(evaluation: RunEvaluation): string {
  const { likelihood, samples, against, choseWeights } = evaluation
  const lines = [`Judged by ${against}; intervals are 95 %.`]
  if (choseWeights)
    lines.push('They chose the weights, too, for the table is small: the figures are a little too good.')
  lines.push('')
  const { rows } = likelihood.model
  lines.push(`Log-likelihood of ${count(rows, 'row')}, nats a row in the data’s own units (higher is better)`)
  lines.push(`  ${'this model'.padEnd(18)} ${interval(likelihood.model)}`)
  for (const { name, logDensity, advantage } of likelihood.baselines) {
    const verdict =
      advantage.low > 0 ? 'model better by' : advantage.high < 0 ? 'model WORSE by' : 'no clear difference:'
    lines.push(`  ${name.padEnd(18)} ${interval(logDensity)}   ${verdict} ${interval(absolute(advantage))}`)
  }
  if (likelihood.logCell !== undefined)
    lines.push(
      `  All columns are rounded or categories: log-probability of a row as it is written, at least ${(likelihood.model.value + likelihood.logCell).toPrecision(4)} nats.`,
    )
  if (!samples) return [...lines, '', 'Too few rows to judge samples by.'].join('\n')
  const whole = samples.figures.filter(({ column }) => column === undefined)
  const judged = (evaluation.baselineSamples ?? []).map(
    ({ name, classifier }) => [`classifier, ${name}`, classifier] as const,
  )
  const names = [...whole.map(({ name }) => name), ...judged.map(([name]) => name)]
  const width = Math.max(...names.map((name) => name.length))
  lines.push('', `${'Samples against real rows'.padEnd(width + 33)}real rows themselves reach`)
  for (const { name, better, floor, ...figure } of whole)
    lines.push(
      `  ${name.padEnd(width)}  ${interval(figure).padEnd(28)} ${interval(floor).padEnd(26)} ${aims[better]}`,
    )
  for (const [name, classifier] of judged) lines.push(`  ${name.padEnd(width)}  ${interval(classifier)}`)
  lines.push(...describeUtility(evaluation), ...describePrivacy(evaluation))
  const worst = samples.figures
    .filter(({ metric, column }) => metric === 'kolmogorov-smirnov' && column !== undefined)
    .sort((a, b) => b.value - b.floor.value - (a.value - a.floor.value))
    .slice(0, 3)
  if (worst.length > 0)
    lines.push('', 'Columns furthest from the data (Kolmogorov–Smirnov distance, of real rows in brackets):')
  for (const { column, value, floor } of worst)
    lines.push(`  ${column}: ${value.toFixed(3)} (${floor.value.toFixed(3)})`)
  return lines.join('\n')
}

function describeUtility({ utility }: RunEvaluation): string[] {
  if (!utility) return []
  const { target, chosenBy, measure, real, synthetic, relativeDifference, heldOutRows, copiesLeftOut } =
    utility
  const left = copiesLeftOut > 0 ? `, ${copiesLeftOut} copies of training rows left out` : ''
  return [
    '',
    `Predicting '${target}' (chosen by ${chosenBy}) on ${heldOutRows} held-out rows${left}: ${measure}, higher is better`,
    `  learned from real rows       ${interval(real)}`,
    `  learned from synthetic rows  ${interval(synthetic)}   relative difference ${interval(relativeDifference)}`,
  ]
}

function describePrivacy({ privacy }: RunEvaluation): string[] {
  if (!privacy) return []
  const { copies, closest, membership, nearer } = privacy
  const share = (count: number, of: number): string => `${count} of ${of}`
  return [
    '',
    'Privacy: can training rows be found again in the synthetic ones?',
    `  copies of training rows      ${share(copies.synthetic, copies.syntheticRows)} synthetic rows; ${share(copies.heldOut, copies.heldOutRows)} held-out rows are one, too`,
    `  distance to closest, median  ${closest.synthetic.median.toFixed(3)}; of held-out rows ${closest.heldOut.median.toFixed(3)}`,
    `  nearer to a training row     ${interval(nearer)}; 0.5 is perfect`,
    `  membership attack, area      ${interval(membership)}; 0.5 is perfect`,
  ]
}

const aims = { lower: 'lower is better', higher: 'higher is better', half: '0.5 is perfect' } as const

function absolute({ value, low, high }: Estimate): Estimate {
  return value < 0 ? { value: -value, low: -high, high: -low } : { value, low, high }
}

function interval({ value, low, high }: Estimate): string {
  const digits = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 1 ? 2 : 4
  return `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`
}
