import { ScorefieldError } from '../error.ts'

/**
 * Which rows of which width to draw: row i belongs to sample index `first` + i and depends on nothing else.
 */
export interface RowRange {
  /** Sample index of the first row, in [0, 2⁵³). */
  readonly first: number
  /** How many rows, 0 or more. */
  readonly count: number
  /** Values a row, 1 or more; a wider row begins with the narrower one. */
  readonly width: number
  /** Which draw of each sample (a time step, an epoch), in [0, 2³²); 0 if left out. */
  readonly counter?: number
}

/** One request's limit, so that block numbers stay below 2³⁰. */
export const maximumValues: number = 2 ** 31

export function requireInteger(
  where: string,
  name: string,
  value: number,
  minimum: number,
  maximum: number,
): void {
  if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'random/range',
    message: `${name} is ${value}, but must be an integer from ${minimum} to ${maximum}`,
    where,
  })
}

/** Throws `random/range` unless every field lies in its domain and the last index is below 2⁵³. */
export function requireRange(where: string, { first, count, width, counter = 0 }: RowRange): void {
  requireInteger(where, 'first', first, 0, Number.MAX_SAFE_INTEGER)
  requireInteger(where, 'count', count, 0, maximumValues)
  requireInteger(where, 'width', width, 1, maximumValues)
  requireInteger(where, 'counter', counter, 0, 2 ** 32 - 1)
  requireInteger(where, 'count × width', count * width, 0, maximumValues)
  // Index first + count − 1 is the last; written so that nothing exceeds what a number holds exactly.
  if (count > 0) requireInteger(where, 'first', first, 0, Number.MAX_SAFE_INTEGER - (count - 1))
}

/** Throws `random/out-length` unless `out` holds exactly count × width values. */
export function requireLength(where: string, out: ArrayLike<number>, { count, width }: RowRange): void {
  if (out.length === count * width) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'random/out-length',
    message: `out holds ${out.length} values, but ${count} rows of ${width} are ${count * width}`,
    where,
    hint: 'Pass an array of exactly that length, or none.',
  })
}
