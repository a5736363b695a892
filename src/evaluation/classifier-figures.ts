import { RandomStream } from '../base/index.ts'
import { type Table, takeRows } from '../data/index.ts'
import type { Tables } from './compared-tables.ts'
import type { Figure } from './evaluate-rows.ts'
import { classifier } from './metrics/classifier.ts'
import { type Rows, rowsAt } from './rows.ts'
import type { Estimate } from './statistics/estimate.ts'
import { judgedArea, judgeRows } from './two-sample-judge.ts'
import { treeViewer } from './views.ts'

interface Options {
  readonly names: readonly string[]
  readonly seed: number
}

/**
 * How well boosted trees tell synthetic rows from all real ones, those learned from and those held out alike, as many of either
 * side as there are, 50,000 at most. Equal rows are judged together. Two figures of the same trees:
 *
 * `classifier`: the area among all of these rows. `classifier, held-out rows`: that between the synthetic rows and the held-out
 * ones only, which no model can have learned by heart. Neither sees copying: that is measured by `measurePrivacy`.
 *
 * The floor is that of one half of the real rows against the other.
 */
export function classifierFigures(tables: Tables, options: Options): Figure[] {
  const rows = realRows(tables, options)
  const { count, real, heldOut } = rows
  const judged = judgeRows({ reference: real, candidate: rows.synthetic, seed: options.seed })
  const order = Int32Array.from(
    new RandomStream({ seed: options.seed, name: 'evaluation/halves' }).permutation({
      index: 1,
      size: count,
    }),
  )
  const half = count >> 1
  const first = order.subarray(0, half)
  const floor = judgeRows({
    reference: rowsAt(real, first),
    candidate: rowsAt(real, order.subarray(half, 2 * half)),
    seed: options.seed,
  })
  // Held-out rows are the first of the real ones.
  const heldOutOfHalf = range(0, half).filter((place) => first[place]! < heldOut)
  const figureOf = (name: string, rows: number, found: Estimate, reached: Estimate): Figure => ({
    name,
    metric: classifier.name,
    ...found,
    floor: reached,
    better: classifier.better,
    rows,
  })
  const made = range(count, count)
  const otherHalf = range(half, half)
  return [
    figureOf(
      classifier.name,
      count,
      judgedArea(judged, range(0, count), made),
      judgedArea(floor, range(0, half), otherHalf),
    ),
    figureOf(
      `${classifier.name}, held-out rows`,
      heldOut,
      judgedArea(judged, range(0, heldOut), made),
      judgedArea(floor, heldOutOfHalf, otherHalf),
    ),
  ]
}

/** How well the classifier tells the rows of `synthetic` apart from all real ones, and nothing else. draws: as of `judgeRows`. */
export function twoSampleArea(
  tables: Tables,
  options: Options & { readonly draws?: number | undefined },
): Estimate {
  const { count, real, synthetic } = realRows(tables, options)
  const { seed, draws } = options
  const judged = judgeRows({ reference: real, candidate: synthetic, seed, draws })
  return judgedArea(judged, range(0, count), range(count, count))
}

/** As many real as synthetic rows, evenly spread; all held-out rows among them, and first, unless they are more than half. */
function realRows(
  { real, heldOut, synthetic }: Tables,
  { names }: Options,
): { count: number; real: Rows; heldOut: number; synthetic: Rows } {
  const view = treeViewer(real, names)
  const all = real.rowCount + heldOut.rowCount
  const count = Math.min(classifier.mostRows, all, synthetic.rowCount)
  const unseen = Math.min(heldOut.rowCount, Math.max(Math.floor(count / 2), count - real.rowCount))
  const viewed = (table: Table, rows: number): Float64Array =>
    view(
      takeRows(
        table,
        Int32Array.from({ length: rows }, (_, i) => Math.floor((i * table.rowCount) / rows)),
      ),
    ).values
  const dimension = names.length
  const values = new Float64Array(count * dimension)
  values.set(viewed(heldOut, unseen))
  values.set(viewed(real, count - unseen), unseen * dimension)
  return {
    count,
    real: { values, count, dimension },
    heldOut: unseen,
    synthetic: { values: viewed(synthetic, count), count, dimension },
  }
}

function range(from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => from + i)
}
