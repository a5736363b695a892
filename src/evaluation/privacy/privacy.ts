import { RandomStream } from '../../base/index.ts'
import { type Table, takeRows } from '../../data/index.ts'
import type { Tables } from '../evaluate-tables.ts'
import { areaEstimate, areaUnderCurve } from '../statistics/area-under-curve.ts'
import { BoxTree, Neighbours } from '../statistics/box-tree.ts'
import type { Estimate } from '../statistics/estimate.ts'
import type { MixedRows } from '../statistics/mixed-rows.ts'
import { shareEstimate } from '../statistics/shares.ts'
import { cellHashes } from './cell-hashes.ts'
import { ClosestSearch } from './closest.ts'
import { CopySearch } from './copies.ts'
import { half, type PrivacyFigure } from './figures.ts'
import { inDeviations, type Measure, MixedScale, overRange } from './mixed-scale.ts'
import { nearerEstimate } from './nearer.ts'
import { blocksOf, type RowBlocks } from './row-blocks.ts'
import { WordSearch } from './single-values.ts'

/** Whether rows that were learned from can be found again in the synthetic ones; plain data. */
export interface Privacy {
  /** Training rows compared with: all there are. */
  readonly trainingRows: number
  /** Each with its interval, beside what real rows get: `privacyMeasures` says what they are. */
  readonly figures: readonly PrivacyFigure[]
  /** Synthetic rows that equal a training row in every column compared; how many held-out rows do; of how many each. */
  readonly copies: {
    readonly synthetic: number
    readonly syntheticRows: number
    readonly heldOut: number
    readonly heldOutRows: number
  }
  /**
   * Distance to the closest training row, in standard deviations, of synthetic, of held-out rows, and of training rows to the
   * closest other one. Rows that are learned by heart are much nearer than held-out rows.
   */
  readonly closest: {
    readonly synthetic: Quantiles
    readonly heldOut: Quantiles
    readonly training: Quantiles
  }
  /** Area under the curve of telling training rows from held-out rows by their distance to the synthetic ones; ½: nothing leaks. */
  readonly membership: Estimate
  /** Share of synthetic rows nearer to a training row than to any held-out one, both sides weighed alike (DCR); ½: nothing leaks. */
  readonly nearer: Estimate
}

export interface Quantiles {
  readonly median: number
  /** Below which one row in twenty lies. */
  readonly low: number
}

/** Synthetic rows whose nearest neighbours are looked for; an attacker is given as many. */
const mostSynthetic = 5000
/** Real rows that show what is usual, of each side. */
const mostReal = 2000
/** Training rows that show how often rows are equal by nature. */
const mostFellows = 20_000
/** Near is what is nearer than all but so many of the training rows are to each other. */
const nearShare = 0.05
/** Milliseconds between two looks at the signal. */
const millisecondsBetween = 100

/**
 * Looks for training rows in synthetic ones: by copies, whole or in all columns but one, by words that only one training row
 * has, by distances to the closest rows, and by the nearest-neighbour attack on membership (Chen et al. 2020).
 *
 * All training rows are compared with, however many. What real rows do in the place of synthetic ones is measured by training
 * rows against the other training rows: that is what a fresh row would do. Held-out rows cannot tell it where equal rows were
 * kept on one side; they are told beside, and decide `nearer` and `membership`.
 *
 * near copies: r = d₁/d₂, the distances to the closest and to the next training row of other content, is below the value
 * that is above all but one in twenty of the training rows' own ratios (those of rows that are no copies). Unlike d₁ it does
 * not take rows for copies because they lie where rows are dense.
 * names: the columns compared; words also of all other columns of text. training: the rows learned from, of which
 * `tables.real` are some; `tables.real` unless given.
 */
export async function measurePrivacy(
  tables: Tables,
  options: {
    readonly names: readonly string[]
    readonly seed: number
    readonly training?: RowBlocks
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: (done: number, total: number) => void
  },
): Promise<Privacy> {
  const { names, seed, signal } = options
  signal?.throwIfAborted()
  const { real, heldOut, synthetic } = tables
  const training = options.training ?? blocksOf(real)
  const some = {
    synthetic: drawn(synthetic, mostSynthetic, seed, 0),
    heldOut: drawn(heldOut, mostReal, seed, 1),
    real: drawn(real, mostReal, seed, 2),
  }
  const fellows = drawn(real, mostFellows, seed, 3)
  const known = [...Object.values(some), heldOut]
  const scaleOf = (measure: Measure): MixedScale => new MixedScale(real, known, names, measure)
  const [scale, ranges] = [scaleOf(inDeviations), scaleOf(overRange)]
  const rowsOf = (table: Table, by = scale): MixedRows => by.rowsOf(table, cellHashes(table, names))
  const closest = {
    synthetic: new Neighbours(rowsOf(some.synthetic), 2),
    heldOut: new Neighbours(rowsOf(some.heldOut), 1),
    // Each finds itself.
    real: new Neighbours(rowsOf(some.real), 3),
  }
  const toTraining = new Neighbours(rowsOf(some.synthetic, ranges), 1)
  const copies = {
    synthetic: new CopySearch(synthetic, names),
    heldOut: new CopySearch(heldOut, names),
    real: new CopySearch(fellows, names),
  }
  const words = new WordSearch([synthetic, fellows])
  const sets = Object.values(closest)
  const pause = pauses(options, [...sets, toTraining], training)
  const searches = [
    new ClosestSearch({ scale, sets, count: training.rowCount, pause }),
    new ClosestSearch({ scale: ranges, sets: [toTraining], count: training.rowCount, pause }),
  ]
  let trainingRows = 0
  for await (const block of training.read()) {
    signal?.throwIfAborted()
    trainingRows += block.rowCount
    const hashes = cellHashes(block, names)
    for (const copy of Object.values(copies)) copy.pass(hashes)
    words.pass(block)
    for (const search of searches) await search.pass(block, hashes)
  }
  for (const search of searches) await search.finish()

  const toHeldOut = new Neighbours(toTraining.of, 1)
  new BoxTree(rowsOf(heldOut, ranges)).search(toHeldOut)
  const nearer = nearerEstimate({ toTraining, toHeldOut, trainingRows, heldOutRows: heldOut.rowCount })
  const membership = attack(closest)
  const copied = countRows(synthetic.rowCount, (row) => copies.synthetic.equal(row) > 0)
  return {
    trainingRows,
    figures: [
      ...copyFigures(copies, { synthetic: synthetic.rowCount, real: fellows.rowCount }),
      nearCopies(closest),
      singleValues(words, { synthetic, real: fellows }),
      {
        name: 'nearer',
        ...nearer,
        floor: half,
        rows: Math.min(toTraining.of.count, heldOut.rowCount),
      },
      {
        name: 'membership',
        ...membership,
        floor: half,
        rows: Math.min(closest.real.of.count, closest.heldOut.of.count),
      },
    ],
    copies: {
      synthetic: copied,
      syntheticRows: synthetic.rowCount,
      heldOut: countRows(heldOut.rowCount, (row) => copies.heldOut.equal(row) > 0),
      heldOutRows: heldOut.rowCount,
    },
    closest: {
      synthetic: quantiles(firsts(closest.synthetic).map(Math.sqrt)),
      heldOut: quantiles(firsts(closest.heldOut).map(Math.sqrt)),
      training: quantiles(toOthers(closest.real).map(({ first }) => Math.sqrt(first))),
    },
    membership,
    nearer,
  }
}

/** Tells of progress and hears of an abort, now and then. */
function pauses(
  { signal, onProgress }: Parameters<typeof measurePrivacy>[1],
  sets: readonly Neighbours[],
  training: RowBlocks,
): (compared?: number) => Promise<void> {
  const total = training.rowCount * sets.reduce((sum, { of }) => sum + of.count, 0)
  let done = 0
  let last = performance.now()
  return async (compared = 0) => {
    done += compared
    if (performance.now() - last < millisecondsBetween) return
    onProgress?.(done, total)
    await new Promise((resolve) => setTimeout(resolve))
    signal?.throwIfAborted()
    last = performance.now()
  }
}

/** Whole copies, and those in all columns but one; beside them training rows among the others. */
function copyFigures(
  searches: { readonly synthetic: CopySearch; readonly real: CopySearch },
  rows: { readonly synthetic: number; readonly real: number },
): PrivacyFigure[] {
  const share = (count: number, is: (row: number) => boolean): Estimate =>
    shareEstimate(countRows(count, is) / count, count)
  const fewer = Math.min(rows.synthetic, rows.real)
  const whole: PrivacyFigure = {
    name: 'copies',
    ...share(rows.synthetic, (row) => searches.synthetic.equal(row) > 0),
    // A training row finds itself.
    floor: share(rows.real, (row) => searches.real.equal(row) > 1),
    rows: fewer,
  }
  if (searches.synthetic.equalButOne(0) === undefined) return [whole]
  const butOne: PrivacyFigure = {
    name: 'copies but one',
    ...share(rows.synthetic, (row) => searches.synthetic.equalButOne(row)! > 0),
    floor: share(rows.real, (row) => searches.real.equalButOne(row)! > 1),
    rows: fewer,
  }
  return [whole, butOne]
}

/** Rows whose closest training row is much nearer than the next. */
function nearCopies({
  synthetic,
  real,
}: {
  readonly synthetic: Neighbours
  readonly real: Neighbours
}): PrivacyFigure {
  const usual = Float64Array.from(toOthers(real), ({ first, second }) => ratio(first, second))
  const positive = usual.filter((value) => value > 0).sort()
  const near = positive[Math.floor(nearShare * positive.length)] ?? 1
  const made = Float64Array.from({ length: synthetic.of.count }, (_, row) =>
    ratio(synthetic.apart[2 * row]!, synthetic.apart[2 * row + 1]!),
  )
  const share = (ratios: Float64Array): Estimate =>
    shareEstimate(ratios.filter((value) => value < near).length / ratios.length, ratios.length)
  return {
    name: 'near copies',
    ...share(made),
    floor: share(usual),
    rows: Math.min(made.length, usual.length),
  }
}

/** d₁/d₂ of two squared distances, d₁ ≤ d₂; 1 where there is no second row, or both are at 0. */
function ratio(first: number, second: number): number {
  return second > 0 && second < Number.POSITIVE_INFINITY ? Math.sqrt(first / second) : 1
}

/** Rows with a word that only one training row has; none where no column is text. */
function singleValues(
  words: WordSearch,
  { synthetic, real }: { readonly synthetic: Table; readonly real: Table },
): PrivacyFigure {
  const made = words.held(synthetic, 1)
  // A training row's own word, which one other has.
  const usual = words.held(real, 2)
  const share = (marks: typeof made, count: number): Estimate =>
    shareEstimate(countRows(count, (row) => marks.some((column) => column[row])) / count, count)
  return {
    name: 'single values',
    ...share(made, synthetic.rowCount),
    floor: share(usual, real.rowCount),
    rows: Math.min(synthetic.rowCount, real.rowCount),
    columns: words.columns.filter((_, k) => made[k]!.some(Boolean)),
  }
}

/** How well training rows are told from held-out ones by how near the nearest synthetic row is. */
function attack({
  synthetic,
  heldOut,
  real,
}: Record<'synthetic' | 'heldOut' | 'real', Neighbours>): Estimate {
  const tree = new BoxTree(synthetic.of)
  const scores = ({ of }: Neighbours): Float64Array => {
    const found = new Neighbours(of, 1)
    tree.search(found)
    return found.apart.map((apart) => -apart)
  }
  return areaEstimate(areaUnderCurve(scores(real), scores(heldOut)), real.of.count, heldOut.of.count)
}

/** Squared distances to the closest row, [n]. */
function firsts({ apart, most, of }: Neighbours): Float64Array {
  return Float64Array.from({ length: of.count }, (_, row) => apart[row * most]!)
}

/** Squared distances of training rows to the closest other row, and to the closest one after that which is of other content. */
function toOthers({ apart, ties, of }: Neighbours): { readonly first: number; readonly second: number }[] {
  return Array.from({ length: of.count }, (_, row) => {
    const [own, first, second] = apart.subarray(3 * row, 3 * row + 3)
    // The row itself is at 0; a second row at 0 is another one that equals it.
    return own! > 0 || ties[row]! > 1 ? { first: own!, second: first! } : { first: first!, second: second! }
  })
}

function countRows(count: number, is: (row: number) => boolean): number {
  let found = 0
  for (let row = 0; row < count; row++) if (is(row)) found++
  return found
}

function drawn(table: Table, most: number, seed: number, index: number): Table {
  if (table.rowCount <= most) return table
  const order = new RandomStream({ seed, name: 'evaluation/privacy' }).permutation({
    index,
    size: table.rowCount,
  })
  return takeRows(table, Int32Array.from(order.slice(0, most)))
}

function quantiles(distances: ArrayLike<number>): Quantiles {
  const sorted = Float64Array.from(distances).sort()
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!
  return { median: at(0.5), low: at(0.05) }
}
