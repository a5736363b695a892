import { ScorefieldError } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import {
  abilities,
  buildModel,
  type Family,
  type FamilyFacts,
  type Model,
  withDerived,
} from '../../family/index.ts'

/** What is wrong with a value that shall be the record of a family; undefined where nothing is. */
export function familyProblem(value: unknown): string | undefined {
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
 * Throws `family/failed` where it cannot be built or asked, `family/shape` where a result has another shape, and what `buildModel`
 * throws.
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
    model = buildModel(family, facts)
  } catch (cause) {
    if (cause instanceof ScorefieldError && cause.code === 'family/no-conditions') throw cause
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
  const conditions = model.conditions && f.mapNamed(model.conditions, (shape, name) => given(name, shape))
  if (ability === 'generate') return can.generate!(values, drawn, { conditions }).shape
  const at = {
    x: given('x', model.event),
    conditions,
    sigma: model.levels === 'each' ? given('sigma', []) : undefined,
  }
  return can[ability]!(values, at, drawn).shape
}
