import type { z } from 'zod'
import { didYouMean, isNear, nearest, ScorefieldError } from '../../base/index.ts'
import { dependentNames } from './dependent-names.ts'
import { configVersion, settings } from './schema.ts'
import type { Setting } from './setting.ts'

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** The setting or section, for example `training.learningRate`. */
  readonly path: string
  readonly code: 'unknown-key' | 'missing' | 'value' | 'conflict'
  /** A sentence that names the path, what is there, and what should be. */
  readonly message: string
}

/** All problems of a value against a schema of configurations; none where it fits. */
export function problemsOf(schema: z.ZodType, value: unknown): ConfigProblem[] {
  const parsed = schema.safeParse(value)
  const shapes = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOfIssue(issue, value))
  return [...shapes, ...conflicts(value)]
}

/** The error that tells all problems at once. where: the file. */
export function invalidConfig(
  problems: readonly ConfigProblem[],
  where?: string | undefined,
): ScorefieldError {
  const told = problems.map(({ message }) => message)
  return new ScorefieldError({
    kind: 'usage',
    code: 'config/invalid',
    message:
      told.length === 1
        ? told[0]!
        : `The configuration has ${told.length} problems:${told.map((line) => `\n- ${line}`).join('')}`,
    where,
    hint: 'All settings, with their ranges, are listed by scorefield list settings.',
  })
}

/** Throws `config/newer-version` for a configuration that a later release wrote. */
export function refuseNewerVersion(value: unknown, where?: string | undefined): void {
  const version = isRecord(value) ? value['version'] : undefined
  if (typeof version === 'number' && version > configVersion)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'config/newer-version',
      message: `The configuration is of version ${version}; this release reads up to version ${configVersion}.`,
      where,
      hint: 'Take a newer release of scorefield.',
    })
}

/** Says that a path is no setting, and which one may be meant. */
export function unknownKey(path: string): ConfigProblem {
  const meant = meantBy(path)
  return {
    path,
    code: 'unknown-key',
    message: `${path} is no setting.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  }
}

/** Says that a setting's value does not fit. */
export function unfit(setting: Setting, value: unknown): ConfigProblem {
  const other = settings.find(({ choices }) => typeof value === 'string' && choices?.includes(value))
  const called = typeof value === 'string' ? setting.otherNames?.[value] : undefined
  const guess =
    called !== undefined
      ? ` ${shown(value)} is called ${called} here.`
      : other !== undefined
        ? ` ${shown(value)} is a choice of ${other.path}.`
        : typeof value === 'string'
          ? didYouMean(value, setting.choices ?? [])
          : ''
  return {
    path: setting.path,
    code: 'value',
    message: `${setting.path} is ${shown(value)}; it must be ${setting.expected}.${guess}`,
  }
}

function problemsOfIssue(issue: z.core.$ZodIssue, value: unknown): ConfigProblem[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key].join('.')))
  const joined = path.join('.')
  const found = valueAt(value, path)
  const setting = settingAt(joined)
  if (found === undefined) return [missing(joined, setting)]
  if (setting !== undefined) return [unfit(setting, valueAt(value, setting.path.split('.')))]
  const expected = joined === 'version' ? String(configVersion) : 'an object of settings'
  const subject = joined === '' ? 'The configuration' : joined
  return [{ path: joined, code: 'value', message: `${subject} is ${shown(found)}; it must be ${expected}.` }]
}

/** What a whole configuration needs, but lacks, by what its other settings say. */
export function missingParts(value: unknown): ConfigProblem[] {
  const data = valueAt(value, ['data'])
  const noData = isRecord(data) && data['source'] === undefined && data['sql'] === undefined
  return [...(noData ? [missing('data.source', settingAt('data.source'))] : []), ...missingNames(value)]
}

/** Names that the value of another setting asks for. */
function missingNames(value: unknown): ConfigProblem[] {
  return dependentNames.flatMap(({ section, decidedBy, of, complete }) => {
    const decided = decisions(value, decidedBy)
    const isDecided = decided.every((one) => one !== undefined)
    const needed = complete && isDecided ? (of(decided) ?? []) : []
    return needed
      .map((name) => `${section}.${name}`)
      .filter((path) => valueAt(value, path.split('.')) === undefined)
      .map((path) => missing(path, settingAt(path)))
  })
}

function missing(path: string, setting: Setting | undefined): ConfigProblem {
  const needed = setting === undefined ? '' : ` It must be ${setting.expected}.`
  return { path, code: 'missing', message: `${path} is missing.${needed}` }
}

/** What no single value shows: settings that rule each other out, and ranges that are empty. */
function conflicts(value: unknown): ConfigProblem[] {
  const found = ruledOutNames(value)
  const [low, high] = ['sigmaMin', 'sigmaMax'].map((name) => valueAt(value, ['training', name]))
  if (typeof low === 'number' && typeof high === 'number' && low >= high)
    found.push({
      path: 'training.sigmaMin',
      code: 'conflict',
      message: `training.sigmaMin is ${low}; it must be below training.sigmaMax, which is ${high}.`,
    })
  const [source, sql] = ['source', 'sql'].map((name) => valueAt(value, ['data', name]))
  if (source !== undefined && sql !== undefined)
    found.push({
      path: 'data.sql',
      code: 'conflict',
      message: `data.sql is given, and data.source is ${shown(source)}; only one of them can name the data.`,
    })
  return found
}

/** What is said of these settings. */
function decisions(value: unknown, paths: readonly string[]): (string | undefined)[] {
  return paths.map((path) => {
    const found = valueAt(value, path.split('.'))
    return typeof found === 'string' ? found : undefined
  })
}

/** Names that the value of another setting rules out. */
function ruledOutNames(value: unknown): ConfigProblem[] {
  return dependentNames.flatMap(({ section, decidedBy, of, isOpen = false }) => {
    const decided = decisions(value, decidedBy)
    const allowed = of(decided)
    const given = valueAt(value, section.split('.'))
    if (!isRecord(given)) return []
    const isOwn = allowed === undefined
    const said = decidedBy
      .flatMap((path, k) => (decided[k] === undefined ? [] : [`${path} ${decided[k]}`]))
      .join(' and ')
    return Object.keys(given).flatMap((name): ConfigProblem[] => {
      const path = `${section}.${name}`
      if (settingAt(path) === undefined) return isOpen && !isOwn ? [unknownKey(path)] : []
      if (allowed === undefined || allowed.includes(name)) return []
      const message = `${path} does not go with ${said}, which knows ${allowed.join(', ')}.`
      return [{ path, code: 'conflict', message }]
    })
  })
}

/** The setting at a path, or the one that holds it: a list's element belongs to the list. */
function settingAt(path: string): Setting | undefined {
  return settings.find((setting) => path === setting.path || path.startsWith(`${setting.path}.`))
}

/** The setting that a person may mean: of nearly that path, or of nearly that last name somewhere else. */
function meantBy(path: string): string | undefined {
  const paths = settings.map((setting) => setting.path)
  const last = (whole: string): string => whole.slice(whole.lastIndexOf('.') + 1)
  const sections = paths.flatMap((whole) => {
    const parts = whole.split('.')
    return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'))
  })
  const depth = path.split('.').length
  const alike = [...new Set([...paths, ...sections])].filter((other) => other.split('.').length === depth)
  const section = path.slice(0, path.lastIndexOf('.') + 1)
  const siblings = alike.filter((other) => other.startsWith(section))
  const sibling = nearest(
    last(path),
    siblings.map((other) => other.slice(section.length)),
  )
  if (sibling !== undefined) return `${section}${sibling}`
  const elsewhere = paths.find((other) => last(other).toLowerCase() === last(path).toLowerCase())
  if (elsewhere !== undefined) return elsewhere
  // Section by section: a long section in common makes no two settings alike.
  const parts = path.split('.')
  return nearest(
    path,
    alike.filter((other) => other.split('.').every((part, k) => isNear(parts[k]!, part))),
  )
}

/** What stands at a path; own properties only. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

/** Whether a value is an object of named values. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
