import type { Command } from 'commander'
import { ScorefieldError } from '../base/index.ts'

/** What a command line runs in, and what it leaves behind. */
export interface CommandContext {
  /** The words after the program's name. */
  readonly args: readonly string[]
  /** Results, and events with --json. */
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  /** Data, where they are named `-`; the process's own unless told. */
  readonly stdin?: NodeJS.ReadableStream | undefined
  /** All else that is said. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  /** Exit code of a command that ends without an error: 0, unless it was interrupted. */
  exitCode: number
}

/** A command of the command line: a record in a file of its own. What it does is loaded only when it runs. */
export interface CommandRecord {
  readonly name: string
  readonly summary: string
  /** Real invocations, with what each does. */
  readonly examples: readonly { readonly line: string; readonly does: string }[]
  /** Adds arguments, options and the action. */
  readonly define: (command: Command, context: CommandContext) => void
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
      throw wrongValue(`${option} must be a whole number of at least ${least}, not "${text}".`)
    return value
  }
}

/** A finite number above 0. */
export function positiveNumber(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
      throw wrongValue(`${option} must be a number above 0, not "${text}".`)
    return value
  }
}

/** The error of an option's value that cannot be. */
export function wrongValue(message: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/value',
    message,
    hint: 'See --help for what each option takes.',
  })
}
