import { RandomStream } from '../base/index.ts'
import { binned } from './boosted-trees/bins.ts'
import { boost } from './boosted-trees/boost.ts'
import { logisticLoss } from './boosted-trees/loss.ts'
import type { Rows } from './rows.ts'
import { areaEstimate } from './statistics/area-under-curve.ts'
import type { Estimate } from './statistics/estimate.ts'
import { placements } from './statistics/placements.ts'

/** How many parts the rows are split into; each is judged by trees that learned from the others. */
const foldCount = 5
/** Above so many rows to learn from, a tenth of them says when to stop; as scikit-learn does. */
const mostUnwatched = 10_000
/** One row in so many is watched. */
const watchedShare = 10

/** Of fewer rows, both sides together, the folds are drawn `drawsOfFew` times: one draw of them moves the area by about 0.01. */
const fewRows = 2000
const drawsOfFew = 10

/** Scores of trees that have not seen the row, nor one that equals it. */
export interface Judged {
  readonly draws: readonly FoldsDrawn[]
  /** Equal rows have the same number. */
  readonly groups: Int32Array
}

/** One draw of the folds, and what the trees of each say of its rows. */
export interface FoldsDrawn {
  /** Log odds of being a candidate row, [n + m]: reference rows first. */
  readonly scores: Float64Array
  /** Each row's fold. */
  readonly folds: Uint8Array
}

/**
 * Boosted trees learn to tell candidate rows from reference rows, in five folds; equal rows are in the same fold, so that no row is
 * known by its twin. The trees are those of scikit-learn's HistGradientBoostingClassifier: 100 rounds of 31 leaves of 20 rows or
 * more, step 0.1, 255 bins, gaps on either side of a split; stopped by a tenth of the rows where there are more than 10,000 to
 * learn from. reference: [n, d], candidate: [m, d]; NaN is a gap. draws: how many
 * there are; 10 of fewer than 2,000 rows unless given, else one.
 */
export function judgeRows(options: {
  readonly reference: Rows
  readonly candidate: Rows
  readonly seed: number
  readonly draws?: number | undefined
}): Judged {
  const { reference, candidate, seed } = options
  const count = reference.count + candidate.count
  const values = new Float64Array(reference.values.length + candidate.values.length)
  values.set(reference.values)
  values.set(candidate.values, reference.values.length)
  const rows = { values, count, dimension: reference.dimension }
  const groups = equalRows(rows)
  const targets = new Float64Array(count).fill(1, reference.count)
  const { draws: drawn = count < fewRows ? drawsOfFew : 1 } = options
  const draws = Array.from({ length: drawn }, (_, draw) => {
    // The first is named as the only one is.
    const name = `evaluation/folds${draw === 0 ? '' : `/${draw}`}`
    return judgeOnce({ rows, targets, groups, stream: new RandomStream({ seed, name }) })
  })
  return { draws, groups }
}

function judgeOnce(given: {
  readonly rows: Rows
  readonly targets: Float64Array
  readonly groups: Int32Array
  readonly stream: RandomStream
}): FoldsDrawn {
  const { rows, targets, groups, stream } = given
  const { count } = rows
  const folds = dealt(groups, stream)
  const all = Int32Array.from({ length: count }, (_, row) => row)
  const scores = new Float64Array(count)
  for (let fold = 0; fold < foldCount; fold++) {
    const others = all.filter((row) => folds[row] !== fold)
    const asked = all.filter((row) => folds[row] === fold)
    const watched = others.length > mostUnwatched ? drawnGroups(groups, stream, 1 + fold) : undefined
    const found = boost({
      rows: binned(rows, 255, others),
      targets,
      loss: logisticLoss,
      members: watched ? others.filter((row) => watched[groups[row]!] === 0) : others,
      ...(watched ? { watched: others.filter((row) => watched[groups[row]!] === 1) } : {}),
      asked,
      rounds: 100,
      shrinkage: 0.1,
      limits: { leaves: 31, depth: Number.POSITIVE_INFINITY, leastRows: 20, penalty: 0 },
    })
    for (const row of asked) scores[row] = found.scores[row]!
  }
  return { scores, folds }
}

/**
 * The area under the curve of telling some candidate rows from some reference rows, the mean over folds (LeDell et al. 2015) and
 * over draws of the folds, with its 95 % interval.
 *
 * The interval is that of Newcombe 2006 for independent rows, of fewer rows than there are, for two reasons. Equal rows are judged
 * alike: the number is divided by how much larger that makes the variance of the area's projection on groups of equal
 * rows (DeLong et al. 1988). And the folds are not independent: fold k's trees repeat what chance has put into fold l, and the
 * other way round; for a linear classifier and equal distributions each such pair is counted twice, which doubles the
 * variance, for boosted trees measured 1.5 to 2.1 times: the number is halved.
 *
 * reference, candidate: rows of `judged` by index.
 */
export function judgedArea(judged: Judged, reference: Int32Array, candidate: Int32Array): Estimate {
  const { draws, groups } = judged
  /** How much each row moves the area, summed over draws. */
  const influence = new Float64Array(groups.length)
  let [area, parts] = [0, 0]
  for (const { scores, folds } of draws)
    for (let fold = 0; fold < foldCount; fold++) {
      const negatives = reference.filter((row) => folds[row] === fold)
      const positives = candidate.filter((row) => folds[row] === fold)
      if (negatives.length === 0 || positives.length === 0) continue
      const found = placements(
        Float64Array.from(positives, (row) => scores[row]!),
        Float64Array.from(negatives, (row) => scores[row]!),
      )
      area += found.area
      parts++
      const add = (rows: Int32Array, places: Float64Array): void => {
        rows.forEach((row, i) => {
          influence[row]! += (places[i]! - found.area) / rows.length
        })
      }
      add(positives, found.ofPositives)
      add(negatives, found.ofNegatives)
    }
  if (parts === 0) return { value: Number.NaN, low: 0, high: 1 }
  const ofGroups = new Map<number, number>()
  influence.forEach((share, row) => {
    ofGroups.set(groups[row]!, (ofGroups.get(groups[row]!) ?? 0) + share)
  })
  const squares = influence.reduce((sum, share) => sum + share * share, 0)
  let grouped = 0
  for (const share of ofGroups.values()) grouped += share * share
  const effect = squares > 0 ? Math.max(1, grouped / squares) : 1
  return areaEstimate(area / parts, candidate.length / (2 * effect), reference.length / (2 * effect))
}

/** A number for each row that is the same for equal rows only. */
function equalRows({ values, count, dimension }: Rows): Int32Array {
  const places = new Map<string, number>()
  const groups = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const key = values.subarray(row * dimension, (row + 1) * dimension).join()
    const known = places.get(key)
    groups[row] = known ?? places.size
    if (known === undefined) places.set(key, places.size)
  }
  return groups
}

/** Each row's fold: groups in an order drawn by the seed, the largest first, each into the fold of fewest rows. */
function dealt(groups: Int32Array, stream: RandomStream): Uint8Array {
  const sizes: number[] = []
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1
  const order = Array.from(stream.permutation({ index: 0, size: sizes.length })).sort(
    (a, b) => sizes[b]! - sizes[a]!,
  )
  const filled = new Array<number>(foldCount).fill(0)
  const foldOf = new Uint8Array(sizes.length)
  for (const group of order) {
    const fold = filled.indexOf(Math.min(...filled))
    foldOf[group] = fold
    filled[fold]! += sizes[group]!
  }
  return Uint8Array.from(groups, (group) => foldOf[group]!)
}

/** 1 for one group in ten, drawn by the seed. */
function drawnGroups(groups: Int32Array, stream: RandomStream, index: number): Uint8Array {
  const size = groups.reduce((most, group) => Math.max(most, group), 0) + 1
  const chosen = new Uint8Array(size)
  stream.permutation({ index, size }).forEach((group, place) => {
    if (place % watchedShare === 0) chosen[group] = 1
  })
  return chosen
}
