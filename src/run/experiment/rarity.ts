/** What a search for rows has found so far. */
export interface Found {
  /** Rows that fulfil the condition. */
  readonly kept: number
  /** Rows drawn in all. */
  readonly drawn: number
  /** Seconds that it took. */
  readonly seconds: number
}

/** A condition is given up that fewer than one in so many rows fulfil. */
export const rarest = 20_000
/** Seconds of drawing without a single row before it is given up. */
export const patienceSeconds = 60
/** Rows between two looks at the condition, at most. */
const mostBetween = 4096

/** How many rows to draw before the next look: about as many as the share found so far asks for, and never many in vain. */
export function rowsToLookAt({ kept, drawn }: Found, count: number): number {
  if (drawn === 0) return 1
  // Of few rows the share is a guess; one that is not less than the truth draws none too many.
  const share = Math.min(1, (kept + 2 * Math.sqrt(kept) + 1) / drawn)
  return Math.max(1, Math.min(mostBetween, Math.floor((count - kept) / share)))
}

/** Seconds until `count` rows are found at the pace so far; undefined where none is found yet. */
export function secondsLeft({ kept, seconds }: Found, count: number): number | undefined {
  return kept === 0 ? undefined : (seconds * (count - kept)) / kept
}

/**
 * Whether to give up: the share of rows that fulfil the condition is below 1 in 20,000 with 95 % confidence, or `patience` seconds
 * found none.
 *
 * k found of n: the share is below (k + 2√k + 3)/n with 95 % confidence, of k = 0 by the rule of three (Hanley & Lippman-Hand
 * 1983), of others since the bound of a Poisson mean, ½χ²₀.₉₅(2k + 2), lies below k + 2√k + 3.
 */
export function isTooRare({ kept, drawn, seconds }: Found, patience: number): boolean {
  const most = (kept + 2 * Math.sqrt(kept) + 3) / Math.max(1, drawn)
  return most < 1 / rarest || (kept === 0 && seconds >= patience)
}
