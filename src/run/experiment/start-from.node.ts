import { ScorefieldError } from '../../base/index.ts'
import { objectives } from '../../objective/index.ts'
import { mergeOptions } from '../config/config.ts'
import { isRecord } from '../config/problems.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import type { DataDescription, RunData } from '../data/kind.ts'
import { dataOf, kindOf } from '../data/kinds.node.ts'
import { loadWeights, type RunWarning } from '../folder/checkpoint.node.ts'
import type { Run } from '../folder/folder.node.ts'
import type { RunOrigin } from '../folder/manifest.ts'
import { keptFrom } from './going-on.ts'
import { absoluteFamily } from './named-family.node.ts'
import { planRun } from './plan.node.ts'
import type { RunPlan } from './plan.ts'

/** A plan of a run that starts from the weights of another one. */
export interface PlanFrom {
  readonly plan: RunPlan
  /** The weights: those that the other run is sampled with. */
  readonly start: Readonly<Record<string, Float32Array>>
  readonly origin: RunOrigin
  readonly warnings: readonly RunWarning[]
}

/** Settings that the other run decides: whoever says otherwise asks for another model. */
const decided = [
  'model',
  'data.columns',
  'data.rules',
  'data.leastRowsPerWord',
  'data.gaps',
  'training.sigmaData',
] as const

/**
 * Plans a new run that starts from the weights of another: with its family, network, sizes and encoding, its noise levels and, unless
 * told, its objective; the data are read in its formats. All else is as for a new run.
 *
 * Errors: those of `planRun` and `loadWeights`; `usage/from` where `given` says otherwise than the other run, or the data are of
 * another kind or have other columns.
 */
export async function planFrom(given: RunOptions, other: Run): Promise<PlanFrom> {
  requireNothingElse(given, other)
  const { columns, rules, leastRowsPerWord, gaps } = other.config.data
  const kept: RunOptions = {
    ...keptFrom(other.config, given.training?.objective),
    data: {
      rules,
      ...(columns === undefined ? {} : { columns }),
      ...(leastRowsPerWord === undefined ? {} : { leastRowsPerWord }),
      ...(gaps === undefined ? {} : { gaps }),
    },
  }
  const kind = kindOf(given.data ?? {})
  const description = other.data as DataDescription
  if (kind.name !== description.kind)
    throw mismatch(`its data are of the kind "${description.kind}", these of "${kind.name}"`, other)
  const plan = await planRun(mergeOptions(kept, given), runData(other))
  requireTeacher(plan.config, other)
  const [its, these] = [dataOf(description).encoding(), plan.prepared.encoding].map((encoding) =>
    encoding.columns.map(({ name, width }) => `${name} (${width})`).join(', '),
  ) as [string, string]
  if (its !== these) throw mismatch(`it has the columns ${its}; these data have ${these}`, other)
  const { value, warnings } = await loadWeights(other, 'latest')
  return {
    plan,
    start: value.weights,
    origin: { folder: other.folder, name: other.name, weights: value.kind, step: value.step },
    warnings,
  }
}

/** Plans a run again, from what its folder says. */
export function planAgain(run: Run): Promise<RunPlan> {
  // The encoding of a run that started from another one is not fitted to its own rows.
  return planRun(run.config, run.from ? runData(run) : undefined)
}

function runData(run: Run): RunData {
  return { asked: run.config.data, description: run.data as DataDescription }
}

/** A student cannot teach as a denoiser does: its weights say something else. */
function requireTeacher({ training }: RunConfig, other: Run): void {
  const [objective, its] = [training.objective, other.config.training.objective].map((name) =>
    objectives.find((objective) => objective.name === name),
  )
  if (!objective?.startsFromModel || !its?.reads) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/from',
    message: `The objective "${objective.name}" learns from a denoiser; ${other.name} was trained by "${its.name}" and is none.`,
    where: other.folder,
    hint: 'Give the run that it was trained from: train DATA --from RUN; or go on with it: train --resume.',
  })
}

function requireNothingElse(given: RunOptions, other: Run): void {
  for (const path of decided) {
    const told = flattened(at(given, path), path)
    const its = new Map(flattened(at(other.config, path), path))
    for (const [name, value] of told) {
      const wanted = its.get(name)
      const same = name === 'model.family' ? absoluteFamily(value) === wanted : value === wanted
      if (!same)
        throw new ScorefieldError({
          kind: 'usage',
          code: 'usage/from',
          message: `--from takes the model of ${other.name}: ${name} cannot be ${value}; it is ${wanted ?? 'not set'} there.`,
          where: name,
          hint: `Leave ${name} out, or train without --from.`,
        })
    }
  }
}

function mismatch(why: string, other: Run): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/from',
    message: `A run cannot start from ${other.name}: ${why}.`,
    where: other.folder,
    hint: 'Give data with the columns of that run, or train without --from.',
  })
}

/** The part of a configuration at a path. */
function at(config: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), config)
}

/** Every setting of a part, by its path, in text. */
function flattened(value: unknown, path: string): [string, string][] {
  if (value === undefined) return []
  if (!isRecord(value)) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]]
  return Object.entries(value).flatMap(([key, part]) => flattened(part, `${path}.${key}`))
}
