import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { byName, ScorefieldError } from '../../base/index.ts'
import { type Family, families } from '../../family/index.ts'
import { isModulePath, isOwnName } from '../config/setting.ts'
import { familyProblem } from './tried-family.ts'

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
  if (isOwnName(name))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'model/own-record',
      message: `The model is of a family of a program’s own, ${name}.`,
      hint: 'Open it in that program: load(folder, { family }).',
    })
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
  const wrong = familyProblem(family)
  if (wrong === undefined) return family as Family
  throw new ScorefieldError({
    kind: 'usage',
    code: 'family/not-a-family',
    message: `The module exports no family: ${wrong}.`,
    where: path,
    hint: 'CONTRIBUTING, "Adding a family", shows a whole one: name, summary, source, can, levels, objective, defaultSize, build.',
  })
}
