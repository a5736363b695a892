import { type ErrorKind, ScorefieldError } from '../base/index.ts'

/** What a page asks of a worker: the call of a function of the library, or of a method of a model that the worker holds. */
export interface Call {
  readonly type: 'call'
  readonly id: number
  /** Number of the model; absent for functions of the library. */
  readonly model?: number
  readonly name: string
  readonly args: readonly unknown[]
}

/** A signal of the page was given. */
export interface Abort {
  readonly type: 'abort'
  readonly signal: number
}

export type ToThread = Call | Abort

/** What a worker answers. */
export type ToPage =
  | { readonly type: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly type: 'threw'; readonly id: number; readonly error: SentError }
  | { readonly type: 'told'; readonly callback: number; readonly args: readonly unknown[] }

/** What stands for a value that cannot be copied; both sides know it by its number. */
export interface Mark {
  readonly scorefieldMark: 'signal' | 'callback' | 'model'
  readonly number: number
}

export function isMark(value: unknown): value is Mark {
  return typeof value === 'object' && value !== null && 'scorefieldMark' in value
}

/** A model that the worker holds: its number, those of its properties that can be copied, and the names of its methods. */
export interface SentModel {
  readonly scorefieldModel: number
  readonly methods: readonly string[]
  readonly facts: Readonly<Record<string, unknown>>
}

export function isSentModel(value: unknown): value is SentModel {
  return typeof value === 'object' && value !== null && 'scorefieldModel' in value
}

/** An error as data: copies of errors keep nothing but name and message. */
export interface SentError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Of a ScorefieldError. */
  readonly told?: {
    readonly kind: ErrorKind
    readonly code: string
    readonly where: string | undefined
    readonly hint: string | undefined
  }
  readonly cause: SentError | undefined
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, cause: undefined }
  const { name, message, stack, cause } = error
  const { kind, code, where, hint } = error as ScorefieldError
  return {
    ...{ name, message, stack, cause: cause === undefined ? undefined : sentError(cause) },
    ...(error instanceof ScorefieldError ? { told: { kind, code, where, hint } } : {}),
  }
}

/** The error as it was thrown in the worker, with the worker's stack. */
export function receivedError({ name, message, stack, told, cause: sent }: SentError): Error {
  const cause = sent && receivedError(sent)
  const error = told ? new ScorefieldError({ ...told, message, cause }) : new Error(message, { cause })
  if (!told) error.name = name
  if (stack !== undefined) error.stack = stack
  return error
}
