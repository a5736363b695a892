import { ScorefieldError } from '../base/index.ts'
import type { TraceOptions } from '../engine/index.ts'

type Settings = Readonly<Record<string, number>>

/** What an objective with an exact trace may be told. */
export const traceSettings = {
  traceMegabytes: {
    default: 1000,
    summary:
      'memory that the exact trace may take, MB; what is above it is done in rounds: less memory, a third more work',
  },
} as const

/** The same for the trace. Throws `objective/setting`. */
export function traceOptions(settings: Settings): TraceOptions {
  return { budgetBytes: 1e6 * positiveSetting(settings, 'traceMegabytes') }
}

/** The setting of this name, a whole number of at least 1. Throws `objective/setting`. */
export function wholeSetting(settings: Settings, name: string): number {
  const value = settings[name]!
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw wrong(name, value, 'It must be a whole number, at least 1.')
}

/** The setting of this name, a number above 0. Throws `objective/setting`. */
export function positiveSetting(settings: Settings, name: string): number {
  const value = settings[name]!
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value
  throw wrong(name, value, 'It must be a number above 0.')
}

/** The setting of this name, a number from 0 to `most`. Throws `objective/setting`. */
export function shareSetting(settings: Settings, name: string, most = 1): number {
  const value = settings[name]!
  if (value >= 0 && value <= most) return value
  const range = most === Number.POSITIVE_INFINITY ? 'not be below 0' : `lie between 0 and ${most}`
  throw wrong(name, value, `It must ${range}.`)
}

function wrong(name: string, value: number, hint: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'objective/setting',
    message: `The objective's setting "${name}" is ${value}.`,
    hint,
  })
}
