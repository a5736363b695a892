/** What kind of thing went wrong; each kind is one exit code of the command line. */
export type ErrorKind = 'internal' | 'usage' | 'data' | 'ability' | 'interrupted'

/** Exit code by kind of error: 0 is success, 130 is "interrupted, state saved". */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  internal: 1,
  usage: 2,
  data: 3,
  ability: 4,
  interrupted: 130,
}

/**
 * An error that a person can act on: what happened, where, and what to do.
 *
 * `code` is stable and documented (for example `data/ragged-row`); `where` names a file, line, column or layer;
 * `hint` is one sentence that says what to do next.
 */
export class ScorefieldError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly where: string | undefined
  readonly hint: string | undefined

  constructor(options: {
    kind: ErrorKind
    code: string
    message: string
    where?: string | undefined
    hint?: string | undefined
    cause?: unknown
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ScorefieldError'
    this.kind = options.kind
    this.code = options.code
    this.where = options.where
    this.hint = options.hint
  }
}
