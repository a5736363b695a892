import { ScorefieldError } from '../../../base/index.ts'

/** The version of encodings that is written. */
export const encodingVersion = 3

/** Encodings before version 3 knew no choices, and their words lay elsewhere: no model of today reads their codes. */
export function refuseOlder(json: unknown): void {
  const version = (json as { readonly version?: unknown } | null)?.version
  if (typeof version !== 'number' || version >= encodingVersion) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/older-encoding',
    message: `The columns were encoded by an older release: version ${version}; this one reads version ${encodingVersion}.`,
    where: 'table encoding',
    hint: 'Train anew on the same data, or open the run with the release that made it.',
  })
}
