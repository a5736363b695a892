import { RandomStream, ScorefieldError } from '../base/index.ts'
import { type Column, columnWords, type Table, takeRows } from '../data/index.ts'
import { fitBoostedTrees, logisticLoss, squaredLoss } from './boosted-trees/index.ts'
import type { Tables } from './evaluate-tables.ts'
import { cellHashes } from './privacy/cell-hashes.ts'
import { CopySearch } from './privacy/copies.ts'
import type { Rows } from './rows.ts'
import { areaUnderCurve } from './statistics/area-under-curve.ts'
import type { Estimate } from './statistics/estimate.ts'
import { columnNamed, frequencyPlaces, treeViewer } from './views.ts'

/** How well predictors that learned from synthetic rows do on real rows: train on synthetic, test on real. */
export interface Utility {
  /** The column that is predicted from the others, and why this one. */
  readonly target: string
  readonly chosenBy: string
  /** `area under the curve` of two classes, `accuracy` of more, `R²` of numbers; higher is better. */
  readonly measure: string
  /** Learned from real rows and from as many synthetic ones; both judged by the same held-out rows. */
  readonly real: Estimate
  readonly synthetic: Estimate
  /** synthetic / real − 1, paired by the judging rows: below 0 the synthetic rows teach less. */
  readonly relativeDifference: Estimate
  /** Rows learned from on each side, and judged by. */
  readonly rows: number
  readonly heldOutRows: number
  /** Held-out rows that equal a training row, and are left out: to have remembered them is no merit. */
  readonly copiesLeftOut: number
}

/** Rows learned from, at most. */
const mostRows = 10_000
/** Numbers of at most so many different values are classes. */
const mostNumberClasses = 2
/** Classes that get trees of their own; rarer ones are one class. */
const mostClasses = 12
const resamples = 400
/** Where more of the held-out rows are copies, as in a table of few different rows, they are what there is to predict. */
const mostCopies = 0.5
/** Names that a column to be predicted often has. */
const usualTargets =
  /^(class|target|label|outcome|income|y|species|survived|churn|default|diagnosis|quality)$/i

/** The column to predict unless told: one that is named like a target, else the last. */
export function proposeTarget(names: readonly string[]): {
  readonly target: string
  readonly chosenBy: string
} {
  const named = names.find((name) => usualTargets.test(name))
  return named === undefined
    ? { target: names.at(-1)!, chosenBy: 'the last column' }
    : { target: named, chosenBy: 'its name' }
}

/**
 * Trains boosted trees on synthetic rows and on as many real ones, and tests both on held-out real rows.  Esteban et al. 2017.
 *
 * Intervals are percentile bootstraps over the held-out rows, the same resamples for both. Rows whose target is a gap are
 * left out, and so are held-out rows that equal a training row, unless more than half do: real data that repeat rows
 * would else be praised for letting themselves be learned by heart. undefined where the target does not vary or nothing
 * else is there to predict it from.
 * target: `proposeTarget` unless given. copies: of each held-out row whether it equals a training row, where `tables.real`
 * are only some of these (`copiesAmong` finds them). Throws `usage/target` for a column that is not there.
 */
export function measureUtility(
  tables: Tables,
  options: {
    readonly names: readonly string[]
    readonly seed: number
    readonly target?: string | undefined
    readonly copies?: readonly boolean[]
  },
): Utility | undefined {
  const { names, seed } = options
  if (options.target !== undefined && !names.includes(options.target))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/target',
      message: `There is no modelled column '${options.target}' to predict.`,
      where: '--target',
      hint: `There are: ${names.join(', ')}.`,
    })
  const { target, chosenBy } =
    options.target === undefined ? proposeTarget(names) : { target: options.target, chosenBy: 'request' }
  const features = names.filter((name) => name !== target)
  if (features.length === 0) return undefined
  const real = takeRows(tables.real, rowsWithTarget(tables.real, target, seed, 0))
  const synthetic = takeRows(tables.synthetic, rowsWithTarget(tables.synthetic, target, seed, 1))
  const judges = rowsWithTarget(tables.heldOut, target, seed, 2)
  const fresh = withoutCopies(judges, options.copies ?? copiesOf(tables, names))
  const copiesLeftOut = judges.length - fresh.length
  const heldOut = takeRows(tables.heldOut, fresh)
  const count = Math.min(real.rowCount, synthetic.rowCount, mostRows)
  const task = taskOf(columnNamed(real, target))
  if (task === undefined || count < 2 || heldOut.rowCount < 2) return undefined
  const view = treeViewer(real, features)
  const rowsIn = (table: Table): Rows => ({
    values: view(table).values,
    count: table.rowCount,
    dimension: features.length,
  })
  const judging = rowsIn(heldOut)
  const truth = task.code(columnNamed(heldOut, target))
  const learn = (from: Table): Prediction => {
    const some = takeRows(
      from,
      Int32Array.from({ length: count }, (_, row) => row),
    )
    return task.fit(rowsIn(some), task.code(columnNamed(some, target)), judging)
  }
  const [byReal, bySynthetic] = [learn(real), learn(synthetic)]
  const stream = new RandomStream({ seed, name: 'evaluation/utility' })
  const estimate = (of: (rows: Int32Array) => number): Estimate => {
    const all = Int32Array.from({ length: heldOut.rowCount }, (_, row) => row)
    const drawn = Array.from({ length: resamples }, (_, index) => {
      const uniforms = stream.uniform({ first: index, count: 1, width: all.length })
      return of(all.map((_, i) => Math.floor(uniforms[i]! * all.length)))
    })
    const sorted = drawn.filter(Number.isFinite).sort((a, b) => a - b)
    const value = of(all)
    const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? value
    return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) }
  }
  const score = (prediction: Prediction, rows: Int32Array): number => task.score(prediction, truth, rows)
  return {
    target,
    chosenBy,
    measure: task.measure,
    real: estimate((rows) => score(byReal, rows)),
    synthetic: estimate((rows) => score(bySynthetic, rows)),
    relativeDifference: estimate((rows) => score(bySynthetic, rows) / score(byReal, rows) - 1),
    rows: count,
    heldOutRows: heldOut.rowCount,
    copiesLeftOut,
  }
}

/** For each judging row one number: log odds, class, or value. */
type Prediction = Float64Array

interface Task {
  readonly measure: string
  readonly code: (column: Column) => Float64Array
  readonly fit: (rows: Rows, targets: Float64Array, judging: Rows) => Prediction
  readonly score: (prediction: Prediction, truth: Float64Array, rows: Int32Array) => number
}

function taskOf(column: Column): Task | undefined {
  const places = frequencyPlaces(column)
  if (places.size < 2) return undefined
  if (column.kind === 'number' && places.size > mostNumberClasses) return regression
  const code = (of: Column): Float64Array =>
    Float64Array.from(columnWords(of), (word) =>
      Math.min(places.get(word) ?? mostClasses - 1, mostClasses - 1),
    )
  return places.size === 2 ? { ...twoClasses, code } : { ...manyClasses, code }
}

const regression: Task = {
  measure: 'R²',
  code: (column) => (column.kind === 'number' ? column.values : Float64Array.from(column.values, Number)),
  fit: (rows, targets, judging) => fitBoostedTrees({ rows, targets, loss: squaredLoss }).predict(judging),
  score: (prediction, truth, rows) => {
    const mean = rows.reduce((sum, row) => sum + truth[row]! / rows.length, 0)
    let [left, all] = [0, 0]
    for (const row of rows) {
      left += (truth[row]! - prediction[row]!) ** 2
      all += (truth[row]! - mean) ** 2
    }
    return 1 - left / all
  },
}

const twoClasses: Omit<Task, 'code'> = {
  measure: 'area under the curve',
  fit: (rows, targets, judging) =>
    fitBoostedTrees({ rows, targets: targets.map((code) => Math.min(code, 1)), loss: logisticLoss }).scores(
      judging,
    ),
  score: (prediction, truth, rows) =>
    areaUnderCurve(
      Array.from(rows).flatMap((row) => (truth[row]! > 0 ? [prediction[row]!] : [])),
      Array.from(rows).flatMap((row) => (truth[row]! > 0 ? [] : [prediction[row]!])),
    ),
}

const manyClasses: Omit<Task, 'code'> = {
  measure: 'accuracy',
  fit: (rows, targets, judging) => {
    const best = new Float64Array(judging.count).fill(Number.NEGATIVE_INFINITY)
    const chosen = new Float64Array(judging.count)
    for (const code of new Set(targets)) {
      const own = targets.map((target) => (target === code ? 1 : 0))
      const scores = fitBoostedTrees({ rows, targets: own, loss: logisticLoss, rounds: 60 }).scores(judging)
      scores.forEach((score, row) => {
        if (score <= best[row]!) return
        best[row] = score
        chosen[row] = code
      })
    }
    return chosen
  },
  score: (prediction, truth, rows) =>
    rows.reduce((sum, row) => sum + (prediction[row] === truth[row] ? 1 : 0), 0) / rows.length,
}

/** Of each held-out row whether it equals one of the real rows given. */
function copiesOf({ heldOut, real }: Tables, names: readonly string[]): boolean[] {
  const search = new CopySearch(heldOut, names)
  search.pass(cellHashes(real, names))
  return Array.from({ length: heldOut.rowCount }, (_, row) => search.equal(row) > 0)
}

/** The rows that are no copies; all where those would be less than half. */
function withoutCopies(rows: Int32Array, isCopy: readonly boolean[]): Int32Array {
  const kept = rows.filter((row) => !isCopy[row]!)
  return rows.length - kept.length > mostCopies * rows.length ? rows : kept
}

/** The rows that have a target, in an order drawn by the seed. */
function rowsWithTarget(table: Table, target: string, seed: number, index: number): Int32Array {
  const words = columnWords(columnNamed(table, target))
  const order = new RandomStream({ seed, name: 'evaluation/utility order' }).permutation({
    index,
    size: table.rowCount,
  })
  return Int32Array.from(order).filter((row) => words[row] !== null)
}
