import { existsSync } from 'node:fs'
import { basename, extname, isAbsolute, join, resolve } from 'node:path'
import { pathPattern } from '../../data/node.ts'
import {
  type Family,
  type FamilyFacts,
  families,
  type Model,
  type RowPart,
  widthOf,
} from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import { samplingMethods, usualMethod } from '../../sampling/index.ts'
import { learningOf } from '../../training/index.ts'
import { completeConfig, mergeOptions, trainingConfigOf } from '../config/config.ts'
import { defaultSize, defaultTraining } from '../config/defaults.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import { isModulePath } from '../config/setting.ts'
import { absoluteFamily, builtAndTried, familyNamed } from './named-family.node.ts'
import { prepareData, toyPrefix } from './prepare.node.ts'
import type { PreparedData } from './prepared-data.ts'

/** A run as it would be: its configuration with nothing left open, and its data, read and encoded. */
export interface RunPlan {
  readonly config: RunConfig
  readonly prepared: PreparedData
}

/** Reads the data that the options name, and chooses from them what the options leave open. */
export async function planRun(given: RunOptions): Promise<RunPlan> {
  const seed = given.seed ?? 0
  const { sql, csv, sheet, columns, rules, leastRowsPerWord, split } = given.data ?? {}
  const source = absolute(given.data?.source)
  const prepared = await prepareData({
    ...(source === undefined ? {} : { source }),
    ...(sql === undefined ? {} : { sql }),
    ...(csv === undefined ? {} : { csv }),
    ...(sheet === undefined ? {} : { sheet }),
    ...(columns === undefined ? {} : { columns }),
    ...(rules === undefined ? {} : { rules }),
    ...(leastRowsPerWord === undefined ? {} : { leastRowsPerWord }),
    ...(split === undefined ? {} : { split }),
    seed,
  })
  const named = absoluteFamily(given.model?.family ?? families[0]!.name)
  const family = await familyNamed(named)
  const network = given.model?.network ?? networks[0]!.name
  const { seed: _, ...training } = defaultTraining({ ...prepared.facts, family })
  const chosen: RunOptions = {
    name: defaultName(source),
    data: { kind: prepared.description.kind, ...splitChosen(prepared) },
    model: { family: named, network, size: defaultSize(family, prepared.facts, network) },
    training,
    sampling: samplingOf(family, given.sampling?.sampler),
  }
  const withFamily =
    given.model?.family === undefined ? given : mergeOptions(given, { model: { family: named } })
  const told = source === undefined ? withFamily : mergeOptions(withFamily, { data: { source } })
  const config = completeConfig({ given: told, chosen })
  // What the objective cannot do with the family is an error before anything is written.
  learningOf({
    model: await modelOf(config, prepared.parts),
    config: trainingConfigOf(config),
    family: family.name,
  })
  return { config, prepared }
}

/** How samples are drawn: by the sampler told, else by the family's usual one. */
function samplingOf(family: Family, told?: string): NonNullable<RunOptions['sampling']> {
  const can = Object.fromEntries(family.can.map((ability) => [ability, true]))
  const usual = usualMethod({ levels: family.levels, can }) ?? samplingMethods[0]!
  const method = samplingMethods.find(({ name }) => name === told) ?? usual
  return { sampler: method.name, steps: method.steps }
}

/** How a table was split, for the run's settings. */
function splitChosen({ description }: PreparedData): Pick<NonNullable<RunOptions['data']>, 'split'> {
  if (description.kind === 'toy') return {}
  const { validation, test, weightsBy } = description.split
  return { split: { validation, test, weightsBy } }
}

/** A file or a pattern by its whole path, so that the run finds it from any folder. */
function absolute(source: string | undefined): string | undefined {
  if (source === undefined || source.startsWith(toyPrefix)) return source
  return existsSync(source) || isAbsolute(source) ? resolve(source) : join(pathPattern(process.cwd()), source)
}

/**
 * The model that a configuration describes, for rows of these parts.
 *
 * Errors: those of `familyNamed`; of a family in no list those of `builtAndTried`.
 */
export async function modelOf(config: RunConfig, parts: readonly RowPart[]): Promise<Model> {
  const { family: name, network, size } = config.model
  const family = await familyNamed(name)
  const facts: FamilyFacts = {
    event: [parts.reduce((sum, part) => sum + widthOf(part), 0)],
    parts,
    network,
    size,
    sigmaData: config.training.sigmaData,
  }
  return isModulePath(name) ? builtAndTried(family, facts) : family.build(facts)
}

/** A name for a run of these data: the file's without folder and extension, or the toy's. */
export function defaultName(source: string | undefined): string {
  if (source === undefined) return 'query'
  if (source.startsWith(toyPrefix)) return source.slice(toyPrefix.length)
  return basename(source, extname(source)).replaceAll(/[*?[\]{}]+/g, '') || 'table'
}

/** The first of parent/NAME, parent/NAME-2, … that does not exist. */
export function freeFolder(parent: string, name: string): string {
  for (let n = 1; ; n++) {
    const folder = join(parent, n === 1 ? name : `${name}-${n}`)
    if (!existsSync(folder)) return folder
  }
}
