import { didYouMean, findByName, type NamedRecord, ScorefieldError } from '../../base/index.ts'
import { samplingMethods, timeGrids } from '../../sampling/index.ts'
import type { RunConfig } from '../config/schema.ts'
import { drawingOf } from '../experiment/drawing.ts'
import type { DrawOptions } from '../experiment/fitted-model.ts'

/** Which rows are drawn, and how; what is left out is the model's own. */
export type DrawRows = Omit<DrawOptions, 'conditions'>

/** What each option of drawing must be. */
const expected: Readonly<
  Record<keyof DrawRows, { readonly is: string; readonly fits: (value: unknown) => boolean }>
> = {
  count: { is: 'a whole number, 1 or more', fits: (value) => isWhole(value, 1) },
  seed: { is: 'a whole number, 0 or more', fits: (value) => isWhole(value, 0) },
  first: { is: 'a whole number, 0 or more', fits: (value) => isWhole(value, 0) },
  steps: { is: 'a whole number, 1 or more', fits: (value) => isWhole(value, 1) },
  sampler: { is: `one of ${namesOf(samplingMethods)}`, fits: (value) => isNamed(samplingMethods, value) },
  grid: { is: `one of ${namesOf(timeGrids)}`, fits: (value) => isNamed(timeGrids, value) },
  gridOptions: { is: 'an object of numbers by name', fits: areNumbers },
  samplerOptions: { is: 'an object of numbers by name', fits: areNumbers },
  guidance: {
    is: 'an object { weight, interval } of a number and, if need be, two noise levels',
    fits: (value) => has(value, 'weight'),
  },
  signal: {
    is: 'an AbortSignal',
    fits: isSignal,
  },
}

/**
 * Options of drawing, checked, with the model's own sampler where none is told.
 *
 * more: options that only this model takes; they are passed on. @throws ScorefieldError `usage/options`.
 */
export function checkedDraw<M extends string>(
  options: Partial<Record<keyof DrawRows | M, unknown>>,
  own: RunConfig['sampling'],
  more: readonly M[] = [],
): DrawOptions & Partial<Record<M, unknown>> {
  if (typeof options !== 'object' || options === null)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/options',
      message: `sample takes an object of options; ${String(options)} is given.`,
      hint: `Say how many rows: sample({ count: ${isWhole(options, 1) ? String(options) : '1000'} }).`,
    })
  const known: string[] = [...Object.keys(expected), ...more]
  const problems = Object.entries(options as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    if (value === undefined || (more as readonly string[]).includes(name)) return []
    const wanted = (expected as Readonly<Record<string, (typeof expected)[keyof DrawRows]>>)[name]
    if (!wanted) return [`${name} is no option of sample.${didYouMean(name, known)}`]
    return wanted.fits(value)
      ? []
      : [`${name} is ${typeof value === 'string' ? `"${value}"` : String(value)}; it must be ${wanted.is}.`]
  })
  if (options.count === undefined) problems.push('count is missing; it must be a whole number, 1 or more.')
  if (problems.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/options',
      message: problems.join('\n'),
      hint: `sample takes ${known.join(', ')}.`,
    })
  const told = options as DrawOptions & Partial<Record<M, unknown>>
  return { ...definedOf(told), ...drawingOf(own, told) }
}

function definedOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

/** Whether a value is an object that has something of this name. */
export function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value
}

/** Whether a value is an AbortSignal, be it of another realm. */
export function isSignal(value: unknown): boolean {
  return has(value, 'throwIfAborted')
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
}

function isNamed(records: readonly NamedRecord[], value: unknown): boolean {
  return typeof value === 'string' && findByName(records, value) !== undefined
}

function namesOf(records: readonly { readonly name: string }[]): string {
  return records.map(({ name }) => name).join(', ')
}

function areNumbers(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((it) => typeof it === 'number')
  )
}
