import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Encoding } from '../../data/index.ts'
import { type Family, type FamilyFacts, families, type Model } from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import { samplingMethods, usualMethod } from '../../sampling/index.ts'
import { batchSizeThatFits } from '../../training/index.ts'
import { completeConfig, mergeOptions, trainingConfigOf } from '../config/config.ts'
import { defaultSize, defaultTraining } from '../config/defaults.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import { isModulePath } from '../config/setting.ts'
import type { DataAsked, PreparedData } from '../data/kind.ts'
import { kindOf } from '../data/kinds.node.ts'
import { orderOfColumns } from './column-order.ts'
import { absoluteFamily, builtAndTried, familyNamed } from './named-family.node.ts'

/** A run as it would be: its configuration with nothing left open, and its data, read and encoded. */
export interface RunPlan {
  readonly config: RunConfig
  readonly prepared: PreparedData
}

/** Reads the data that the options name, and chooses from them what the options leave open. */
export async function planRun(given: RunOptions): Promise<RunPlan> {
  const seed = given.seed ?? 0
  const asked = given.data ?? {}
  const kind = kindOf(asked)
  const source = asked.source === undefined ? undefined : kind.absolute(asked.source)
  const prepared = await kind.prepare({ ...asked, source, seed })
  const named = absoluteFamily(given.model?.family ?? families[0]!.name)
  const family = await familyNamed(named)
  const network = given.model?.network ?? networks[0]!.name
  const { seed: _, ...training } = defaultTraining({ ...prepared.facts, family })
  const chosen: RunOptions = {
    name: defaultName(asked),
    data: { kind: kind.name, ...prepared.chosen },
    model: { family: named, network, size: defaultSize(family, prepared.facts, network) },
    training,
    sampling: samplingOf(family, given.sampling?.sampler),
  }
  const withFamily =
    given.model?.family === undefined ? given : mergeOptions(given, { model: { family: named } })
  const told = source === undefined ? withFamily : mergeOptions(withFamily, { data: { source } })
  const config = completeConfig({ given: told, chosen })
  const model = await modelOf(config, prepared.encoding)
  // What the objective cannot do with the family is an error before anything is written.
  const step = batchSizeThatFits({ model, config: trainingConfigOf(config), family: family.name })
  const { batchSize } = config.training
  if (step.batchSize === batchSize) return { config, prepared }
  const size = `${Number((step.askedBytes / 1e9).toPrecision(2))} GB`
  if (given.training?.batchSize !== undefined)
    return {
      config,
      prepared: withNote(prepared, `A step of ${batchSize} rows takes about ${size} of memory.`),
    }
  const note = `Batches have ${step.batchSize} rows: a step of ${batchSize} would take about ${size} of memory.`
  const fewer = mergeOptions(chosen, { training: { batchSize: step.batchSize } })
  return { config: completeConfig({ given: told, chosen: fewer }), prepared: withNote(prepared, note) }
}

function withNote(prepared: PreparedData, note: string): PreparedData {
  return { ...prepared, notes: [...prepared.notes, note] }
}

/** How samples are drawn: by the sampler told, else by the family's usual one. */
function samplingOf(family: Family, told?: string): NonNullable<RunOptions['sampling']> {
  const can = Object.fromEntries(family.can.map((ability) => [ability, true]))
  const usual = usualMethod({ levels: family.levels, can }) ?? samplingMethods[0]!
  const method = samplingMethods.find(({ name }) => name === told) ?? usual
  return { sampler: method.name, steps: method.steps }
}

/**
 * The model that a configuration describes, for points of this encoding.
 *
 * Errors: those of `familyNamed` and `orderOfColumns`; of a family in no list those of `builtAndTried`.
 */
export async function modelOf(config: RunConfig, encoding: Encoding): Promise<Model> {
  const { family: name, network, size, columnOrder } = config.model
  const family = await familyNamed(name)
  const facts: FamilyFacts = {
    event: [encoding.width],
    parts: encoding.parts,
    network,
    size,
    sigmaData: config.training.sigmaData,
    order: columnOrder && orderOfColumns(columnOrder, encoding, family),
  }
  return isModulePath(name) ? builtAndTried(family, facts) : family.build(facts)
}

/** A name for a run of these data. */
export function defaultName(asked: DataAsked): string {
  return kindOf(asked).runName(asked)
}

/** The first of parent/NAME, parent/NAME-2, … that does not exist. */
export function freeFolder(parent: string, name: string): string {
  for (let n = 1; ; n++) {
    const folder = join(parent, n === 1 ? name : `${name}-${n}`)
    if (!existsSync(folder)) return folder
  }
}
