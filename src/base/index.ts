/** What every folder stands on: errors that say what to do, records found by name, special functions, random numbers. */
export { byName, findByName, type NamedRecord } from './by-name.ts'
export { duration } from './duration.ts'
export { type ErrorKind, exitCodes, ScorefieldError } from './error.ts'
export { didYouMean, isNear, nearest } from './nearest.ts'
export { isNotInstalled, packageMissing } from './package-missing.ts'
export { RandomStream, type RowRange } from './random/index.ts'
export { streamKey } from './random/key.ts'
export { normalQuantile } from './special/normal-quantile.ts'
