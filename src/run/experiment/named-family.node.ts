import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { byName, ScorefieldError } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import {
  abilities,
  type Family,
  type FamilyFacts,
  families,
  type Model,
  withDerived,
} from '../../family/index.ts'
import { isModulePath } from '../config/setting.ts'

/** The path from the root of the disk, so that a run finds it from any folder. */
export function absoluteFamily(name: string): string {
  return isModulePath(name) && !isAbsolute(name) ? resolve(name) : name
}

/**
 * The family of that name, or the one that a module exports as `default` or as `family`.
 *
 * Throws `usage/unknown-name`; of a module `family/not-found` where it cannot be read, `family/not-a-family` where what it exports
 * is no record of a family.
 */
export async function familyNamed(name: string): Promise<Family> {
  if (!isModulePath(name)) return byName(families, name, 'family')
  const path = absoluteFamily(name)
  const module = (await import(pathToFileURL(path).href).catch((cause: Error) => {
    throw new ScorefieldError({
      kind: 'usage',
      code: 'family/not-found',
      message: `The module of a family cannot be read: ${cause.message.split('\n')[0]}`,
      where: path,
      hint: 'Give the path of a JavaScript module, such as ./my-family.mjs, that exports a family as default.',
      cause,
    })
  })) as { readonly default?: unknown; readonly family?: unknown }
  const family = module.default ?? module.family
  const wrong = problemOf(family)
  if (wrong === undefined) return family as Family
  throw new ScorefieldError({
    kind: 'usage',
    code: 'family/not-a-family',
    message: `The module exports no family: ${wrong}.`,
    where: path,
    hint: 'CONTRIBUTING, "Adding a family", shows a whole one: name, summary, source, can, levels, objective, defaultSize, build.',
  })
}

function problemOf(value: unknown): string | undefined {
  if (value === undefined) return 'it has neither a default export nor one named family'
  if (value === null || typeof value !== 'object')
    return `what it exports is ${value === null ? 'null' : `a ${typeof value}`}`
  const record = value as Partial<Record<keyof Family, unknown>>
  if (typeof record.name !== 'string' || record.name === '') return 'name is no text'
  if (record.levels !== 'each' && record.levels !== 'one') return 'levels is neither "each" nor "one"'
  if (typeof record.objective !== 'string') return 'objective names no objective'
  const known = new Set<unknown>(abilities.map(({ name }) => name))
  if (!Array.isArray(record.can) || !record.can.every((ability) => known.has(ability)))
    return `can must be a list of ${[...known].join(', ')}`
  for (const part of ['defaultSize', 'build'] as const)
    if (typeof record[part] !== 'function') return `${part} is no function`
  return undefined
}

/** Points of the trial. */
const trialRows = 3

/**
 * The model of a family that is in no list, tried before work begins: every ability must give a tensor of its shape.
 * Throws `family/failed` where it cannot be built or asked, `family/shape` where a result has another shape.
 */
export function builtAndTried(family: Family, facts: FamilyFacts): Model {
  const failed = (what: string, cause: unknown): ScorefieldError =>
    new ScorefieldError({
      kind: 'usage',
      code: 'family/failed',
      message: `The family "${family.name}" failed to ${what}: ${(cause as Error).message}`,
      hint: 'It is the family’s own code; nothing was trained.',
      cause,
    })
  let model: Model
  try {
    model = family.build(facts)
  } catch (cause) {
    throw failed('build its model', cause)
  }
  const { can } = withDerived(model)
  const point: f.Shape = [trialRows, ...facts.event]
  const shapes: Readonly<Record<string, f.Shape>> = { denoise: point, score: point, generate: point }
  for (const { name } of abilities) {
    if (!can[name]) continue
    const wanted = shapes[name] ?? [trialRows]
    const found = (() => {
      try {
        return shapeOf(model, name)
      } catch (cause) {
        throw failed(`compute "${name}"`, cause)
      }
    })()
    if (found.join() !== wanted.join())
      throw new ScorefieldError({
        kind: 'usage',
        code: 'family/shape',
        message: `"${name}" of the family "${family.name}" gives [${found.join(', ')}] for ${trialRows} points of [${facts.event.join(', ')}]; it must give [${wanted.join(', ')}].`,
        hint: 'The first extent is the number of points; see the docstrings of Abilities.',
      })
  }
  return model
}

function shapeOf(model: Model, ability: keyof Model['can']): f.Shape {
  const given = (name: string, shape: f.Shape): f.Tensor =>
    f.input(`trial ${name}`, { shape: [trialRows, ...shape], dtype: 'float32' })
  const values = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [
      name,
      f.input(`trial parameter ${name}`, { shape, dtype: 'float32' }),
    ]),
  )
  const draws = (ability === 'generate' ? model.draws?.generate : model.draws?.bound) ?? {}
  const drawn = Object.fromEntries(
    Object.entries(draws).map(([name, { shape }]) => [name, given(name, shape)]),
  )
  const { can } = withDerived(model)
  if (ability === 'generate') return can.generate!(values, drawn).shape
  const at = { x: given('x', model.event), sigma: model.levels === 'each' ? given('sigma', []) : undefined }
  return can[ability]!(values, at, drawn).shape
}
