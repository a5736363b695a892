import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'
import type { Table } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import { briefFigures, type Estimate, meanOverRows } from '../../evaluation/index.ts'
import { families } from '../../family/index.ts'
import { parameterCount } from '../../nn/index.ts'
import type { LikelihoodKind } from '../../sampling/index.ts'
import type { TrainingEvent } from '../../training/index.ts'
import { mergeOptions } from '../config/config.ts'
import type { RunOptions } from '../config/schema.ts'
import { kindOf, requireCompared } from '../data/kinds.node.ts'
import { latestHeader, loadCheckpoint } from '../folder/checkpoint.node.ts'
import { createRun, openRun, type Run } from '../folder/folder.node.ts'
import { readEvents } from '../folder/metrics.node.ts'
import { estimateRun } from './estimate.node.ts'
import { executeRun } from './execute.node.ts'
import { judgedRows, modelledColumns } from './judged-rows.node.ts'
import { likelihoodRows } from './likelihood-rows.ts'
import { logDensities } from './log-densities.ts'
import { type OpenedModel, openModel, rowsToTable } from './open-model.node.ts'
import { planRun } from './plan.node.ts'
import type { RunPlan } from './plan.ts'
import { planAgain } from './start-from.node.ts'

/** Samples that figures are made of, and test rows that they are judged by, at most. */
const mostRows = 5000
/** Fewest rows of each side that the figures of samples need. */
const fewestRows = 40

/** What one training of a family came to. */
export interface Contestant {
  readonly family: string
  readonly objective: string
  readonly seed: number
  /** Folder of its run, within the comparison's. */
  readonly run: string
  /** What went wrong; then there are no figures. */
  readonly error?: string
  readonly parameters?: number
  readonly steps?: number
  readonly trainingSeconds?: number
  /** Seconds that a sample takes, of as many as are drawn for the figures. */
  readonly secondsPerSample?: number
  /** Mean log-density of the test rows, nats, in the units of the data; `none` where the family has none. */
  readonly likelihood?: { readonly kind: LikelihoodKind; readonly value?: Estimate }
  readonly sampler?: string
  readonly classifier?: Estimate
  readonly energyDistance?: Estimate
  readonly coverage?: Estimate
}

/** A comparison of families: plain data, written to compare.json. */
export interface Comparison {
  readonly data: string
  /** Seconds that each training may take. */
  readonly secondsPerTraining: number
  readonly seeds: readonly number[]
  readonly testRows: number
  /** What real rows reach in the place of samples. */
  readonly floor?: { readonly energyDistance: Estimate; readonly coverage: Estimate }
  readonly contestants: readonly Contestant[]
}

/** What is compared, and how far it may go. */
export interface CompareOptions {
  /** The data, and settings that hold for all. */
  readonly given: RunOptions
  /** Names of families; all unless given. */
  readonly families?: readonly string[] | undefined
  readonly seeds: number
  readonly secondsPerTraining: number
  /** Where runs, figures and page go; a comparison that is there is gone on with. */
  readonly folder: string
  readonly versions: Readonly<Record<string, string>>
  readonly commandLine: readonly string[]
  readonly runtime: Runtime
  readonly signal?: AbortSignal | undefined
  readonly onTraining?: (about: { family: string; seed: number; event: TrainingEvent }) => void
  readonly onResult?: (result: Contestant) => void
}

/**
 * Trains every family on the same split within the same time, once a seed, and measures all by the same test rows.
 *
 * A training of a budget of T seconds has as many steps as fit in T by its first steps, at most those that the family takes
 * unless told. What is done already in the folder is not done again. A family that fails is told with its error; the others go on.
 * Rejects with the signal's reason, where there is one; what is done stays.
 */
export async function compareFamilies(options: CompareOptions): Promise<Comparison> {
  const { folder, seeds, secondsPerTraining, onResult, signal } = options
  signal?.throwIfAborted()
  requireCompared(kindOf(options.given.data ?? {}))
  const names = options.families ?? families.map(({ name }) => name)
  await mkdir(folder, { recursive: true })
  const contestants: Contestant[] = []
  let floor: Comparison['floor']
  let testRows = 0
  let data = ''
  for (let seed = 0; seed < seeds; seed++)
    for (const family of names) {
      signal?.throwIfAborted()
      const found = await contest(family, seed, options)
      contestants.push(found.result)
      floor ??= found.floor
      testRows = Math.max(testRows, found.testRows)
      data = found.data || data
      onResult?.(found.result)
    }
  const comparison: Comparison = {
    data,
    secondsPerTraining,
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    testRows,
    ...(floor ? { floor } : {}),
    contestants,
  }
  await writeFile(join(folder, 'compare.json'), `${JSON.stringify(comparison, null, 2)}\n`)
  return comparison
}

interface Contest {
  readonly result: Contestant
  readonly floor: Comparison['floor']
  readonly testRows: number
  readonly data: string
}

async function contest(family: string, seed: number, options: CompareOptions): Promise<Contest> {
  const name = `${family}-${seed}`
  const folder = join(options.folder, name)
  const file = join(folder, 'compared.json')
  const there = await readFile(file, 'utf8').catch(() => undefined)
  if (there !== undefined) return JSON.parse(there) as Contest
  const objective = options.given.training?.objective
  const named = {
    family,
    objective: objective ?? families.find((it) => it.name === family)?.objective ?? '',
    seed,
    run: name,
  }
  try {
    const run = await trained(family, seed, folder, options)
    const opened = await openModel(folder, { runtime: options.runtime })
    try {
      const found = await measured(opened, run, {
        named: { ...named, objective: opened.run.config.training.objective },
        signal: options.signal,
      })
      await writeFile(file, `${JSON.stringify(found)}\n`)
      return found
    } finally {
      await opened.fitted.dispose()
    }
  } catch (error) {
    // What is wrong with the data or the command is wrong for every family; what a family cannot do is its own affair.
    options.signal?.throwIfAborted()
    if (error instanceof ScorefieldError && (error.kind === 'usage' || error.kind === 'data')) throw error
    return { result: { ...named, error: (error as Error).message }, floor: undefined, testRows: 0, data: '' }
  }
}

/** The run of a family, trained to its end: begun, gone on with, or found done. */
async function trained(family: string, seed: number, folder: string, options: CompareOptions): Promise<Run> {
  const { given, runtime, signal, onTraining } = options
  const exists = await stat(join(folder, 'run.json')).then(
    () => true,
    () => false,
  )
  const before = exists ? await openRun(folder) : undefined
  const split = { seed: given.data?.split?.seed ?? given.seed ?? 0 }
  const own: RunOptions = { seed, model: { family } }
  const { isSplit } = kindOf(given.data ?? {})
  const wished = mergeOptions(isSplit ? mergeOptions(given, { data: { split } }) : given, own)
  if (before && (await isFinished(before))) return before
  const plan = before ? await planAgain(before) : await withinBudget(await planRun(wished), wished, options)
  const run =
    before ??
    (await createRun(folder, {
      config: plan.config,
      data: plan.prepared.description,
      versions: options.versions,
      commandLine: options.commandLine,
    }))
  const resume =
    before && (await latestHeader(before)) ? (await loadCheckpoint(before, 'latest')).value : undefined
  for await (const event of executeRun({
    run,
    plan,
    runtime,
    signal,
    resume,
  })) {
    onTraining?.({ family, seed, event })
    if (event.type === 'done' && event.reason === 'interrupted') signal?.throwIfAborted()
  }
  return run
}

/** The plan with as many steps as the time allows. */
async function withinBudget(plan: RunPlan, wished: RunOptions, options: CompareOptions): Promise<RunPlan> {
  const { secondsPerTraining, runtime, signal } = options
  if (wished.training?.steps !== undefined) return plan
  const { secondsPerStep } = await estimateRun(plan, runtime, signal)
  const steps = Math.min(
    plan.config.training.steps,
    Math.max(50, Math.floor(secondsPerTraining / secondsPerStep)),
  )
  if (steps === plan.config.training.steps) return plan
  const { evaluateEverySteps, checkpointEverySteps } = plan.config.training
  return {
    ...plan,
    config: {
      ...plan.config,
      training: {
        ...plan.config.training,
        steps,
        // A short training is looked at some times, too.
        evaluateEverySteps: Math.max(1, Math.min(evaluateEverySteps, Math.ceil(steps / 8))),
        checkpointEverySteps: Math.max(1, Math.min(checkpointEverySteps, Math.ceil(steps / 4))),
      },
    },
  }
}

async function isFinished(run: Run): Promise<boolean> {
  const events = await readEvents(run)
  const last = events.findLast(({ type }) => type === 'done')
  return last !== undefined && last['reason'] !== 'interrupted'
}

async function measured(
  opened: OpenedModel,
  run: Run,
  { named, signal }: { readonly named: Contestant; readonly signal: AbortSignal | undefined },
): Promise<Contest> {
  const { fitted } = opened
  const done = (await readEvents(run)).findLast(({ type }) => type === 'done')
  const judged = await judgedRows(opened, undefined)
  try {
    const { training, heldOut, source } = judged
    const { sampling } = opened.run.config
    const count = Math.min(mostRows, Math.max(training.table.rowCount, heldOut.count))
    const started = performance.now()
    const drawn = await fitted.sample({ count, seed: 0, ...sampling, signal })
    const secondsPerSample = (performance.now() - started) / 1000 / count
    const likelihood = await likelihoodOf(opened, heldOut, signal)
    const pooled = (table: Table): Table => opened.encoding.pooled(table)
    const enough = Math.min(training.count, heldOut.count) >= fewestRows
    const figures = enough
      ? briefFigures(
          {
            real: pooled(training.table),
            heldOut: pooled(heldOut.table),
            synthetic: pooled(rowsToTable(opened, drawn, count, { seed: 0 })),
          },
          { names: modelledColumns(opened), seed: 0 },
        )
      : undefined
    const { floor, ...shown } = figures ?? { floor: undefined }
    return {
      data: opened.run.config.data.source ?? opened.run.config.data.sql ?? source,
      testRows: heldOut.count,
      floor,
      result: {
        ...named,
        parameters: parameterCount(fitted.model.parameters),
        steps: Number(done?.['step'] ?? opened.weights.step),
        trainingSeconds: Number(done?.['secondsElapsed'] ?? Number.NaN),
        secondsPerSample,
        likelihood,
        sampler: sampling.sampler,
        ...shown,
      },
    }
  } finally {
    await judged.dispose()
  }
}

async function likelihoodOf(
  opened: OpenedModel,
  heldOut: { readonly encoded: Float32Array; readonly count: number },
  signal: AbortSignal | undefined,
): Promise<NonNullable<Contestant['likelihood']>> {
  const { fitted } = opened
  const kind = fitted.likelihoodKind
  if (kind === 'none') return { kind }
  const rows = Math.min(heldOut.count, likelihoodRows(fitted))
  const some = heldOut.encoded.subarray(0, rows * fitted.dimension)
  const { logDensity } = await logDensities(opened, some, { signal })
  const { value, low, high } = meanOverRows(logDensity)
  return { kind, value: { value, low, high } }
}
