import { objectives } from '../../objective/index.ts'
import { optimisers, type TrainingConfig } from '../../training/index.ts'
import { invalidConfig, isRecord, missingParts, problemsOf, refuseNewerVersion } from './problems.ts'
import {
  configVersion,
  type RunConfig,
  type RunOptions,
  runConfigSchema,
  runOptionsSchema,
  settings,
} from './schema.ts'
import { withValue } from './set-by-path.ts'

/**
 * Checks what a person says of a run: any part of a configuration. where: the file, for messages.
 *
 * Errors: `config/invalid`, which tells all problems at once; `config/newer-version`.
 */
export function parseOptions(value: unknown, where?: string | undefined): RunOptions {
  refuseNewerVersion(value, where)
  const told = withoutWaves(withoutSchema(value))
  const problems = problemsOf(runOptionsSchema, told)
  if (problems.length > 0) throw invalidConfig(problems, where)
  return runOptionsSchema.parse(told)
}

/** `$schema` tells an editor what the file is, and us nothing. */
function withoutSchema(value: unknown): unknown {
  if (!isRecord(value)) return value
  const { $schema: _, ...told } = value
  return told
}

/** Checks a whole configuration, as run.json holds it; errors as those of `parseOptions`. */
export function parseConfig(value: unknown, where?: string | undefined): RunConfig {
  refuseNewerVersion(value, where)
  const current = ofThisVersion(value)
  const problems = [...problemsOf(runConfigSchema, current), ...missingParts(current)]
  if (problems.length > 0) throw invalidConfig(problems, where)
  return runConfigSchema.parse(current)
}

/** An earlier version as this one writes it. */
function ofThisVersion(value: unknown): unknown {
  return withoutWaves(withOneFamily(value))
}

/** The denoisers of version 2 saw numbers only, no waves of them. */
function withoutWaves(value: unknown): unknown {
  if (!isRecord(value) || value['version'] !== 2) return value
  const { model } = value
  if (!isRecord(model) || model['family'] !== 'denoiser' || !isRecord(model['size']))
    return { ...value, version: configVersion }
  return { ...value, version: configVersion, model: { ...model, size: { ...model['size'], frequencies: 0 } } }
}

/** Version 1 knew one family and one objective, and called the weighting the objective. */
function withOneFamily(value: unknown): unknown {
  if (!isRecord(value) || value['version'] !== 1) return value
  const { training, model } = value
  const { objective: weighting, ...others } = isRecord(training) ? training : {}
  return {
    ...value,
    version: 2,
    model: isRecord(model) ? { family: 'denoiser', ...model } : model,
    training: { ...others, objective: objectives[0]!.name, objectiveOptions: {}, weighting },
  }
}

/**
 * A configuration with nothing left open: what a person says, else what was chosen from the data, else the constants.
 *
 * Errors: `config/invalid`, also for what none of the three says.
 */
export function completeConfig(parts: { given: RunOptions; chosen: RunOptions }): RunConfig {
  let constants: RunOptions = {
    version: configVersion,
    model: { size: {} },
    training: { objectiveOptions: {} },
  }
  for (const { path, default: usual } of settings)
    if (usual !== undefined) constants = withValue(constants, path, usual)
  const told = merge(merge(constants, parts.chosen), parts.given) as RunOptions
  const optimiser = optimisers.find(({ name }) => name === told.training?.optimiser)
  const ownOptions: RunOptions = { training: { optimiserOptions: optimiser?.defaults ?? {} } }
  return parseConfig(merge(ownOptions, told))
}

/** What training is told: the section of that name, with the run's seed. */
export function trainingConfigOf(config: RunConfig): TrainingConfig {
  return { ...config.training, seed: config.seed }
}

/** `over` in the place of `under`, section by section; lists are replaced as a whole. */
export function mergeOptions(under: RunOptions, over: RunOptions): RunOptions {
  return merge(under, over) as RunOptions
}

function merge(under: unknown, over: unknown): unknown {
  if (over === undefined) return under
  if (!isRecord(under) || !isRecord(over)) return over
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  return Object.fromEntries(keys.map((key) => [key, merge(under[key], over[key])]))
}
