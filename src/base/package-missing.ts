import { type ErrorKind, ScorefieldError } from './error.ts'

/**
 * What to tell where a package that part of the work needs cannot be loaded: it is not installed, or what it needs itself is not,
 * such as the binary that was built for this machine.
 */
export function packageMissing(options: {
  readonly kind: ErrorKind
  /** Name in the registry. */
  readonly name: string
  readonly code: string
  /** What it does, as the beginning of a sentence: "Tables are read by". */
  readonly does: string
  /** Another way out, as the end of a sentence: "save the sheet as CSV". */
  readonly otherwise?: string
  /** Whether npm installs its binary as an optional package of its own. */
  readonly hasBinaryPackage?: boolean
  /** What came of the import. */
  readonly cause: unknown
}): ScorefieldError {
  const { kind, name, code, does, otherwise, hasBinaryPackage = false, cause } = options
  const isAbsent = isNotInstalled(name, cause)
  const install =
    !isAbsent && hasBinaryPackage
      ? `Its binary for this machine is an optional package, which \`--omit=optional\` leaves out; install it with \`npm install --include=optional ${name}\``
      : `Install it with \`npm install ${name}\``
  return new ScorefieldError({
    kind,
    code,
    message: `${does} the package ${name}, which ${isAbsent ? 'is not installed' : 'cannot be loaded on this machine'}.`,
    hint: `${install}${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
    cause,
  })
}

/** Whether the import failed because there is no such package, not because of something within it. */
export function isNotInstalled(name: string, cause: unknown): boolean {
  return new RegExp(`^Cannot find (package|module) '${name}(/[^']*)?'`).test(
    String((cause as Error)?.message),
  )
}
