import { ScorefieldError } from '../../base/index.ts'
import type { Rows } from '../rows.ts'
import { binned } from './bins.ts'
import { boost } from './boost.ts'
import type { Loss } from './loss.ts'
import { addTree, type Tree } from './tree.ts'

/** What can be chosen about boosting, with what is taken unless told. */
export interface BoostingOptions {
  /** How many trees; 100. */
  readonly rounds?: number
  /** Leaves of a tree, at most; 31, or as many as `depth` allows where that is given. */
  readonly leaves?: number
  /** Questions from a tree's root to a leaf, at most; any number. */
  readonly depth?: number
  /** Share of Newton's step that each tree takes, in (0, 1]; 0.1. */
  readonly shrinkage?: number
  /** Rows that a leaf holds at least; 20. */
  readonly leastRows?: number
  /** λ ≥ 0, the penalty ½λw² on a leaf's value w; 0. */
  readonly penalty?: number
  /** Bins a column is cut into at most, 2 to 256, one of them for gaps; 255. */
  readonly bins?: number
}

/** A sum of trees: f(x) = start + Σ_t tree_t(x). */
export interface BoostedTrees {
  readonly loss: Loss
  readonly start: number
  readonly trees: readonly Tree[]
  /** f of each row, [n]; log odds for the logistic loss. rows: [n, d]. */
  scores(rows: Rows): Float64Array
  /** What the scores predict: a mean, or a probability. */
  predict(rows: Rows): Float64Array
}

/**
 * Fits boosted trees: each takes a shrunken Newton step of the loss where those before have led.
 * Friedman 2001, with histograms and second derivatives as in Chen & Guestrin 2016 and leaf by leaf as in Ke et al. 2017; what is
 * not told is as in scikit-learn's histogram trees. Deterministic: it samples neither rows nor columns.
 * rows: [n, d], n ≥ 1; NaN is a gap, for which a split chooses a side. targets: [n], finite; in [0, 1] for the logistic loss. Throws `evaluation/boosting`.
 */
export function fitBoostedTrees(
  options: { readonly rows: Rows; readonly targets: Float64Array; readonly loss: Loss } & BoostingOptions,
): BoostedTrees {
  const { rows, targets, loss } = options
  const { rounds = 100, depth = Number.POSITIVE_INFINITY, shrinkage = 0.1, leastRows = 20 } = options
  const { penalty = 0, bins = 255 } = options
  const { leaves = options.depth === undefined ? 31 : Number.POSITIVE_INFINITY } = options
  requireThat('one target a row', targets.length, rows.count > 0 && targets.length === rows.count)
  requireThat('rounds ≥ 0', rounds, Number.isInteger(rounds) && rounds >= 0)
  requireThat(
    'depth ≥ 0',
    depth,
    (Number.isInteger(depth) || depth === Number.POSITIVE_INFINITY) && depth >= 0,
  )
  requireThat('leaves ≥ 1', leaves, leaves >= 1)
  requireThat('shrinkage in (0, 1]', shrinkage, shrinkage > 0 && shrinkage <= 1)
  requireThat('leastRows ≥ 1', leastRows, leastRows >= 1)
  requireThat('penalty ≥ 0', penalty, penalty >= 0)
  requireThat('bins from 2 to 256', bins, Number.isInteger(bins) && bins >= 2 && bins <= 256)

  const { start, trees } = boost({
    rows: binned(rows, bins),
    targets,
    loss,
    members: Int32Array.from({ length: rows.count }, (_, row) => row),
    rounds,
    shrinkage,
    limits: { leaves, depth, leastRows, penalty },
  })
  const scoresOf = (of: Rows): Float64Array => {
    requireThat('rows as wide as those fitted to', of.dimension, of.dimension === rows.dimension)
    const sums = new Float64Array(of.count).fill(start)
    for (const tree of trees) addTree(tree, of, sums)
    return sums
  }
  return { loss, start, trees, scores: scoresOf, predict: (of) => scoresOf(of).map(loss.predict) }
}

function requireThat(what: string, given: number, holds: boolean): void {
  if (holds) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'evaluation/boosting',
    message: `Boosted trees need ${what}; ${given} was given.`,
  })
}
