import { ScorefieldError } from '../engine/error.ts'
import { RandomStream } from '../engine/random/stream.ts'

/** Row indices, each ascending; together they are every row once. */
export interface RowSplit {
  readonly train: Int32Array
  readonly heldOut: Int32Array
}

/**
 * What is held out unless told: a tenth, but not more rows than it takes to measure a mean well; of a small table as many as
 * its samples can be judged by, yet not more than three in ten.
 */
export const defaultHeldOut = { share: 0.1, mostRows: 5000, fewestRows: 45, mostShare: 0.3 } as const

function defaultShare(rowCount: number): number {
  const { share, fewestRows, mostShare } = defaultHeldOut
  return Math.max(share, Math.min(fewestRows / rowCount, mostShare))
}

/**
 * Splits rows into those to train on and those held out, by a hash of (seed, row index).
 *
 * Held out are the round(share · rowCount) rows of the smallest hashes, at least 1, at most `mostRows`, and never all. So a
 * larger share holds out the same rows and more.
 * share: in (0, 1). mostRows: 1 or more. Throws `data/too-few-rows` below two rows, `usage/share`.
 */
export function splitRows(options: {
  readonly rowCount: number
  readonly seed: number
  readonly share?: number
  readonly mostRows?: number
}): RowSplit {
  const { rowCount, seed, share = defaultShare(rowCount), mostRows = defaultHeldOut.mostRows } = options
  if (!(share > 0 && share < 1) || !(mostRows >= 1)) {
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/share',
      message: `A share of ${share} and at most ${mostRows} rows cannot be held out.`,
      hint: 'The share lies between 0 and 1, and at least one row is held out.',
    })
  }
  if (rowCount < 2) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/too-few-rows',
      message: `${rowCount} ${rowCount === 1 ? 'row' : 'rows'} cannot be split; at least 2 are needed.`,
    })
  }
  const wanted = Math.min(Math.max(1, Math.round(share * rowCount)), Math.floor(mostRows), rowCount - 1)
  const hashes = new RandomStream({ seed, name: 'split' }).bits({ first: 0, count: rowCount, width: 1 })
  // The largest hash that is held out; of the rows that have it, the first. Sorting numbers alone is fast.
  const threshold = hashes.slice().sort()[wanted - 1]!
  let ties = wanted - hashes.reduce((below, hash) => below + (hash < threshold ? 1 : 0), 0)
  const heldOut = new Int32Array(wanted)
  const train = new Int32Array(rowCount - wanted)
  let held = 0
  for (let row = 0; row < rowCount; row++) {
    const hash = hashes[row]!
    if (hash < threshold || (hash === threshold && ties-- > 0)) heldOut[held++] = row
    else train[row - held] = row
  }
  return { heldOut, train }
}
