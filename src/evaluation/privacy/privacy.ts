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
import { type Closest, closestOf, firsts, nearCopies, type Quantiles } from './closest-distances.ts'
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

/** Synthetic rows whose nearest neighbours are looked for; an attacker is given as many. */
const mostSynthetic = 5000
/** Real rows that show what is usual, of each side. */
const mostReal = 2000
/** Training rows that show how often rows are equal by nature. */
const mostFellows = 20_000
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
  return privacyOf({
    ...{ trainingRows, copies, closest, nearer, membership: attack(closest) },
    rows: { synthetic: synthetic.rowCount, heldOut: heldOut.rowCount, fellows: fellows.rowCount },
    more: [singleValues(words, { synthetic, real: fellows })],
  })
}

/** All that was found, as plain data. */
export function privacyOf(found: {
  readonly trainingRows: number
  /** Rows that passed by, looked for among all synthetic rows, all held-out ones and some training rows, `fellows`. */
  readonly copies: Readonly<Record<'synthetic' | 'heldOut' | 'real', CopySearch>>
  readonly closest: Closest
  readonly nearer: Estimate
  readonly membership: Estimate
  readonly rows: Readonly<Record<'synthetic' | 'heldOut' | 'fellows', number>>
  readonly more?: readonly PrivacyFigure[]
}): Privacy {
  const { trainingRows, copies, closest, nearer, membership, rows, more = [] } = found
  const smaller = (a: number, b: number): number => Math.min(a, b)
  return {
    trainingRows,
    figures: [
      ...copyFigures(copies, { synthetic: rows.synthetic, real: rows.fellows }),
      nearCopies(closest),
      ...more,
      { name: 'nearer', ...nearer, floor: half, rows: smaller(closest.synthetic.of.count, rows.heldOut) },
      {
        name: 'membership',
        ...membership,
        floor: half,
        rows: smaller(closest.real.of.count, closest.heldOut.of.count),
      },
    ],
    copies: {
      synthetic: countRows(rows.synthetic, (row) => copies.synthetic.equal(row) > 0),
      syntheticRows: rows.synthetic,
      heldOut: countRows(rows.heldOut, (row) => copies.heldOut.equal(row) > 0),
      heldOutRows: rows.heldOut,
    },
    closest: closestOf(closest),
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
function attack({ synthetic, heldOut, real }: Closest): Estimate {
  const tree = new BoxTree(synthetic.of)
  const nearest = ({ of }: Neighbours): Neighbours => {
    const found = new Neighbours(of, 1)
    tree.search(found)
    return found
  }
  return membershipOf(nearest(real), nearest(heldOut))
}

/** The same by the synthetic rows that are nearest to training rows and to held-out ones. */
export function membershipOf(real: Neighbours, heldOut: Neighbours): Estimate {
  const scores = (found: Neighbours): Float64Array => firsts(found).map((apart) => -apart)
  return areaEstimate(areaUnderCurve(scores(real), scores(heldOut)), real.of.count, heldOut.of.count)
}

function countRows(count: number, is: (row: number) => boolean): number {
  let found = 0
  for (let row = 0; row < count; row++) if (is(row)) found++
  return found
}

/** At most so many rows, drawn by the seed. */
export function drawn(table: Table, most: number, seed: number, index: number): Table {
  if (table.rowCount <= most) return table
  const order = new RandomStream({ seed, name: 'evaluation/privacy' }).permutation({
    index,
    size: table.rowCount,
  })
  return takeRows(table, Int32Array.from(order.slice(0, most)))
}
