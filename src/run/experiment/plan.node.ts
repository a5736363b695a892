import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { families, type Model } from '../../family/index.ts'
import { mergeOptions } from '../config/config.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import type { DataAsked, RunData } from '../data/kind.ts'
import { kindOf } from '../data/kinds.node.ts'
import { absoluteFamily, familyNamed } from './named-family.node.ts'
import { builtModel, type Points, planOf, type RunPlan } from './plan.ts'
import { type TimeAsked, withinMinutes } from './within-minutes.ts'

/**
 * Reads the data that the options name, and chooses from them what the options leave open. like: a run's data, whose formats and
 * encoding are taken in the place of the data's own.
 */
export async function planRun(given: RunOptions, like?: RunData | undefined): Promise<RunPlan> {
  const seed = given.seed ?? 0
  const asked = given.data ?? {}
  const kind = kindOf(asked)
  const source = asked.source === undefined ? undefined : kind.absolute(asked.source)
  const prepared = await kind.prepare({ ...asked, source, seed, like })
  const named = absoluteFamily(given.model?.family ?? families[0]!.name)
  const family = await familyNamed(named)
  const withFamily = mergeOptions(given, { model: { family: named } })
  const told = source === undefined ? withFamily : mergeOptions(withFamily, { data: { source } })
  return planOf({ given: told, prepared, records: { family }, kind: kind.name, name: defaultName(asked) })
}

/** The plan of a run that ends at the minute told (`withinMinutes`). */
export async function planWithinMinutes(plan: RunPlan, asked: Omit<TimeAsked, 'records'>): Promise<RunPlan> {
  return withinMinutes(plan, { ...asked, records: { family: await familyNamed(plan.config.model.family) } })
}

/** The model that a configuration describes, for these points. Errors: those of `familyNamed` and `builtModel`. */
export async function modelOf(config: RunConfig, points: Points): Promise<Model> {
  return builtModel(config, { family: await familyNamed(config.model.family) }, points)
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
