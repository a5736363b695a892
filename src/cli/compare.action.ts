import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { byName } from '../base/index.ts'
import type { Runtime } from '../engine/index.ts'
import type { Estimate } from '../evaluation/index.ts'
import { estimate, fixed } from '../evaluation/index.ts'
import { families } from '../family/index.ts'
import { type ComparedFamily, comparePage, likelihoodText, type Spread } from '../report/index.ts'
import { nodeDocument } from '../report/node.ts'
import {
  type Comparison,
  type Contestant,
  compareFamilies,
  defaultName,
  openModel,
  setAll,
} from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { columnsText } from './layout.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { drawSamples } from './pictures.ts'
import { interruptSignal } from './signals.ts'
import { inWords, Terminal } from './terminal.ts'
import { versions } from './versions.ts'

/** What the command line of `compare` says. */
export interface CompareCommandOptions extends CommonOptions, DeviceOptions {
  readonly families?: string
  readonly seconds?: number
  readonly seeds?: number
  readonly out?: string
  readonly set?: readonly string[]
}

/** Trains and measures families side by side; prints a table, writes compare.json and compare.html. */
export async function runCompare(
  data: string,
  options: CompareCommandOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const terminal = new Terminal(options, context)
  const runtime = await runtimeOf(options, terminal)
  const made = await versions(runtime)
  const named = options.families?.split(',').map((name) => byName(families, name.trim(), 'family').name)
  const folder = options.out ?? join('runs', `compare-${defaultName({ source: data })}`)
  const { signal, release } = interruptSignal(
    () => terminal.say('Stopping after the steps under way; what is done is kept …'),
    context.stdout,
    `What is done is kept in ${folder}; the same command goes on with it.`,
  )
  const comparison = await compareFamilies({
    given: setAll({ data: { source: data } }, options.set ?? []),
    families: named,
    seeds: options.seeds ?? 3,
    secondsPerTraining: options.seconds ?? 60,
    folder,
    versions: made,
    commandLine: context.args,
    runtime,
    signal,
    onTraining: ({ family, seed, event }) => {
      if (event.type !== 'checkpoint') terminal.event({ ...event, family, seed })
      if (event.type === 'step')
        terminal.progress({
          label: `${family}, seed ${seed}`,
          done: event.step,
          total: event.steps,
          seconds: event.secondsElapsed,
          detail: `loss ${event.loss.toFixed(4)}`,
        })
      if (event.type === 'warning') terminal.warn(`${family}: ${event.message}`)
    },
    onResult: (result) => {
      terminal.event({ type: 'result', ...result })
      terminal.say(sentenceOf(result))
    },
  }).finally(release)
  const summary = familiesOf(comparison)
  for (const line of tableOf(summary, comparison, terminal)) terminal.print(line)
  const { secondsPerTraining, seeds, testRows, floor } = comparison
  const page = comparePage({
    data: defaultName({ source: data }),
    secondsPerTraining,
    seeds: seeds.length,
    testRows,
    floor,
    families: await withPictures(summary, folder, runtime, terminal),
    version: made['scorefield'] ?? '',
  })
  await writeFile(join(folder, 'compare.html'), page)
  terminal.say(`All figures: ${join(folder, 'compare.json')}`)
  terminal.say(`With pictures, to open in a browser: ${join(folder, 'compare.html')}`)
  terminal.event({
    type: 'done',
    folder,
    ...comparison,
    secondsElapsed: (performance.now() - started) / 1000,
  })
}

function sentenceOf({ family, seed, error, likelihood, classifier, trainingSeconds }: Contestant): string {
  if (error !== undefined) return `${family}, seed ${seed}: ${error}`
  const parts = [
    likelihood?.value ? `log-likelihood ${estimate(likelihood.value)} nats a row` : 'no log-likelihood',
    ...(classifier ? [`classifier ${estimate(classifier)}`] : []),
    ...(trainingSeconds === undefined ? [] : [`trained in ${fixed(trainingSeconds, 0)} s`]),
  ]
  return `${family}, seed ${seed}: ${parts.join(', ')}`
}

/** Figures of each family over its seeds, the order of the list. */
function familiesOf({ contestants }: Comparison): ComparedFamily[] {
  const names = [...new Set(contestants.map(({ family }) => family))]
  return names.map((family) => {
    const all = contestants.filter((it) => it.family === family)
    const good = all.filter(({ error }) => error === undefined)
    const first = good[0]
    const over = (of: (it: Contestant) => Estimate | number | undefined): Spread | undefined =>
      spreadOf(good.map(of).filter((value) => value !== undefined))
    return {
      family,
      objective: all[0]!.objective,
      parameters: first?.parameters,
      steps: first?.steps,
      sampler: first?.sampler,
      trainingSeconds: over((it) => it.trainingSeconds),
      secondsPerSample: over((it) => it.secondsPerSample),
      likelihood: first?.likelihood && {
        kind: first.likelihood.kind,
        value: over((it) => it.likelihood?.value),
      },
      classifier: over((it) => it.classifier),
      energyDistance: over((it) => it.energyDistance),
      coverage: over((it) => it.coverage),
      errors: all.flatMap(({ error, seed }) => (error === undefined ? [] : [`seed ${seed}: ${error}`])),
    }
  })
}

/** The mean, with the least and the largest; of one value its own interval. */
function spreadOf(values: readonly (Estimate | number)[]): Spread | undefined {
  const known = values.map((value) =>
    typeof value === 'number' ? { value, low: value, high: value } : value,
  )
  if (known.length === 0) return undefined
  if (known.length === 1) return { ...known[0]!, seeds: 1 }
  const numbers = known.map(({ value }) => value)
  return {
    value: numbers.reduce((sum, value) => sum + value, 0) / numbers.length,
    low: Math.min(...numbers),
    high: Math.max(...numbers),
    seeds: numbers.length,
  }
}

function tableOf(
  summary: readonly ComparedFamily[],
  { floor, testRows, seeds }: Comparison,
  terminal: Terminal,
): string[] {
  const text = (value: Estimate | undefined): string => (value ? estimate(value) : '–')
  const rows = [
    ['family', 'log-likelihood', 'classifier', 'energy distance', 'coverage', 'train', 'sample'],
    ...summary.map((it) => [
      it.family,
      likelihoodText(it.likelihood),
      text(it.classifier),
      text(it.energyDistance),
      text(it.coverage),
      it.trainingSeconds ? `${fixed(it.trainingSeconds.value, 0)} s` : '–',
      it.secondsPerSample ? `${fixed(1000 * it.secondsPerSample.value, 3)} ms` : '–',
    ]),
    ...(floor ? [['real rows', '', '0.5', text(floor.energyDistance), text(floor.coverage), '', '']] : []),
  ]
  const intervals =
    seeds.length > 1 ? 'in brackets least and largest over seeds' : 'in brackets 95 % intervals'
  return [
    terminal.prose(
      `Judged by ${testRows} test rows; log-likelihood in nats a row, higher is better; classifier: 0.5 is perfect; ${intervals}.`,
    ),
    ...columnsText(rows, { width: terminal.width, labels: rows[0]! }),
    ...summary.flatMap(({ family, errors }) => errors.map((error) => terminal.prose(`${family}, ${error}`))),
  ]
}

/** Pictures of the runs of seed 0; a comparison does not fail for their sake. */
async function withPictures(
  summary: readonly ComparedFamily[],
  folder: string,
  runtime: Runtime,
  terminal: Terminal,
): Promise<ComparedFamily[]> {
  const document = await nodeDocument().catch((error) => {
    terminal.warn(`No pictures could be drawn: ${inWords(error)}`)
  })
  if (!document) return [...summary]
  const drawn: ComparedFamily[] = []
  for (const it of summary)
    try {
      const opened = await openModel(join(folder, `${it.family}-0`), { runtime })
      try {
        drawn.push({ ...it, picture: await drawSamples(opened, document, { field: true }) })
      } finally {
        await opened.fitted.dispose()
      }
    } catch (error) {
      if (it.errors.length === 0)
        terminal.warn(`The picture of ${it.family} could not be drawn: ${inWords(error)}`)
      drawn.push(it)
    }
  return drawn
}
