import type { Command } from 'commander'

/** A command of the command line: a record in a file of its own. What it does is loaded only when it runs. */
export interface CommandRecord {
  readonly name: string
  readonly summary: string
  /** Real invocations, with what each does. */
  readonly examples: readonly { readonly line: string; readonly does: string }[]
  /** Adds arguments, options and the action. */
  readonly define: (command: Command) => void
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

/** A whole number of at least `least`; anything else is a usage error that names the option. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^[+-]?\d+(\.0*)?(e\d+)?$/i.test(text.trim()) || !Number.isSafeInteger(value) || value < least)
      throw new RangeError(`${option} must be a whole number of at least ${least}, not "${text}".`)
    return value
  }
}

/** A finite number above 0. */
export function positiveNumber(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
      throw new RangeError(`${option} must be a number above 0, not "${text}".`)
    return value
  }
}
