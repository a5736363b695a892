import { type ConfigProblem, invalidConfig, isRecord, unfit, unknownKey } from './problems.ts'
import { type RunOptions, settings } from './schema.ts'
import type { Setting, SettingValue } from './setting.ts'

/**
 * The options with one setting changed, its value read from text by the setting's type.
 *
 * `setByPath(options, 'training.learningRate', '1e-3')`. A list is written `NA,?` or as JSON.
 * Errors: `config/invalid` for a path that is no setting, with the one probably meant, and for a value that does not fit.
 */
export function setByPath(options: RunOptions, path: string, text: string): RunOptions {
  return setAll(options, [`${path}=${text}`])
}

/** The options with several settings changed, each written `path=value`; all problems are told at once. */
export function setAll(options: RunOptions, assignments: readonly string[]): RunOptions {
  const problems: ConfigProblem[] = []
  let changed = options
  for (const assignment of assignments) {
    const read = readAssignment(assignment)
    if ('problem' in read) problems.push(read.problem)
    else changed = withValue(changed, read.setting.path, read.value)
  }
  if (problems.length > 0) throw invalidConfig(problems, '--set')
  return changed
}

/** A copy of the options with this value at that path. */
export function withValue(options: RunOptions, path: string, value: SettingValue): RunOptions {
  const put = (into: unknown, [key, ...rest]: readonly string[]): unknown => {
    const record = isRecord(into) ? into : {}
    return { ...record, [key!]: rest.length === 0 ? value : put(record[key!], rest) }
  }
  return put(options, path.split('.')) as RunOptions
}

function readAssignment(
  assignment: string,
): { readonly setting: Setting; readonly value: SettingValue } | { readonly problem: ConfigProblem } {
  const equals = assignment.indexOf('=')
  const path = (equals < 0 ? assignment : assignment.slice(0, equals)).trim()
  const setting = settings.find((candidate) => candidate.path === path)
  if (setting === undefined) return { problem: notASetting(path) }
  if (equals < 0) {
    const message = `${path} is given no value; write ${path}=VALUE, ${setting.expected}.`
    return { problem: { path, code: 'missing', message } }
  }
  const text = assignment.slice(equals + 1)
  const value = readValue(setting, text)
  return setting.schema.safeParse(value).success
    ? { setting, value: value as SettingValue }
    : { problem: unfit(setting, text) }
}

function notASetting(path: string): ConfigProblem {
  const inside = settings.filter((setting) => setting.path.startsWith(`${path}.`))
  if (inside.length === 0) return unknownKey(path)
  const names = inside.map((setting) => setting.path).join(', ')
  return { path, code: 'value', message: `${path} is a section; its settings are ${names}.` }
}

/** The value that a text stands for; the text itself where it stands for none of that type. */
function readValue({ type }: Setting, text: string): unknown {
  const trimmed = text.trim()
  switch (type) {
    case 'whole':
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text
    case 'switch':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : text
    case 'texts':
      return readTexts(trimmed)
    default:
      return text
  }
}

function readTexts(text: string): unknown {
  if (!text.startsWith('[')) return text === '' ? [] : text.split(',')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
