import { RandomStream } from '../../base/index.ts'

/** Rows of numbers, [n][d]. */
export type Matrix = readonly (readonly number[])[]

/** Random numbers of a test: uniform on (0, 1), and standard normal. */
export function draws(seed: number): {
  uniform: () => number
  normal: () => number
  pick: (n: number) => number
} {
  const stream = new RandomStream({ seed, name: 'planted outliers' })
  let index = 0
  const uniform = (): number => stream.uniform({ first: index++, count: 1, width: 1 })[0]!
  return {
    uniform,
    normal: () => stream.child('normal').normal({ first: index++, count: 1, width: 1 })[0]!,
    pick: (n) => Math.floor(uniform() * n),
  }
}

/**
 * Five ways for a row to be wrong, each made of real rows; a cell keeps its column's digits.
 *
 * - `far`: one cell lies beyond the largest value, by half the range.
 * - `unit`: one cell is ten times what it should be.
 * - `shuffled`: every cell comes from another row, so only how columns go together is wrong.
 * - `swapped cell`: two cells come from the opposite end of their columns, each of them usual alone.
 * - `blurred`: every cell is moved by a tenth of its column's range, up or down.
 */
export const outlierKinds = ['far', 'unit', 'shuffled', 'swapped cell', 'blurred'] as const
export type OutlierKind = (typeof outlierKinds)[number]

export function plant(rows: Matrix, kind: OutlierKind, count: number, seed: number): number[][] {
  const { uniform, pick } = draws(seed)
  const width = rows[0]!.length
  const sorted = Array.from({ length: width }, (_, c) => rows.map((row) => row[c]!).sort((a, b) => a - b))
  const range = sorted.map((values) => values.at(-1)! - values[0]!)
  return Array.from({ length: count }, () => {
    const row = [...rows[pick(rows.length)]!]
    if (kind === 'far') {
      const c = pick(width)
      row[c] = sorted[c]!.at(-1)! + range[c]! / 2
    } else if (kind === 'unit') {
      const c = pick(width)
      row[c] = 10 * row[c]!
    } else if (kind === 'shuffled') {
      for (let c = 0; c < width; c++) row[c] = rows[pick(rows.length)]![c]!
    } else if (kind === 'swapped cell') {
      for (const c of [pick(width), pick(width)]) {
        const place = sorted[c]!.findIndex((value) => value >= row[c]!)
        row[c] = sorted[c]![rows.length - 1 - place]!
      }
    } else {
      for (let c = 0; c < width; c++) row[c]! += (uniform() < 0.5 ? -0.1 : 0.1) * range[c]!
    }
    return row
  })
}

/** Mahalanobis distance to the mean of `training`, of each row: what a Gaussian finds odd. */
export function gaussianDistance(training: Matrix, rows: Matrix): number[] {
  const width = training[0]!.length
  const mean = Array.from({ length: width }, (_, c) =>
    training.reduce((sum, row) => sum + row[c]! / training.length, 0),
  )
  const covariance = mean.map((_, i) =>
    mean.map((_, j) =>
      training.reduce((sum, row) => sum + ((row[i]! - mean[i]!) * (row[j]! - mean[j]!)) / training.length, 0),
    ),
  )
  // Cholesky, then forward substitution: ‖L⁻¹(x − μ)‖.
  const lower = covariance.map((row) => row.map(() => 0))
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i]![j]!
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!
      lower[i]![j] = i === j ? Math.sqrt(Math.max(sum, 1e-12 * covariance[i]![i]!)) : sum / lower[j]![j]!
    }
  return rows.map((row) => {
    const solved: number[] = []
    for (let i = 0; i < width; i++) {
      let sum = row[i]! - mean[i]!
      for (let k = 0; k < i; k++) sum -= lower[i]![k]! * solved[k]!
      solved.push(sum / lower[i]![i]!)
    }
    return Math.hypot(...solved)
  })
}

type IsolationTree =
  | { readonly size: number }
  | {
      readonly column: number
      readonly at: number
      readonly below: IsolationTree
      readonly above: IsolationTree
    }

/** Mean path length of an unsuccessful search among n: Liu, Ting & Zhou 2008, equation 1. */
const usualPath = (n: number): number =>
  n <= 1 ? 0 : 2 * (Math.log(n - 1) + 0.5772156649) - (2 * (n - 1)) / n

/** Isolation forest: 100 trees of 256 rows; the score 2^(−mean path / usual path).  Liu, Ting & Zhou 2008. */
export function isolationForest(training: Matrix, rows: Matrix, seed: number): number[] {
  const { uniform, pick } = draws(seed)
  const sample = Math.min(256, training.length)
  const grow = (inside: Matrix, depth: number): IsolationTree => {
    const column = pick(training[0]!.length)
    const values = inside.map((row) => row[column]!)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    if (inside.length <= 1 || depth === 0 || least === most) return { size: inside.length }
    const at = least + uniform() * (most - least)
    return {
      column,
      at,
      below: grow(
        inside.filter((row) => row[column]! < at),
        depth - 1,
      ),
      above: grow(
        inside.filter((row) => row[column]! >= at),
        depth - 1,
      ),
    }
  }
  const trees = Array.from({ length: 100 }, () =>
    grow(
      Array.from({ length: sample }, () => training[pick(training.length)]!),
      Math.ceil(Math.log2(sample)),
    ),
  )
  const path = (tree: IsolationTree, row: readonly number[], depth: number): number => {
    if ('size' in tree) return depth + usualPath(tree.size)
    return path(row[tree.column]! < tree.at ? tree.below : tree.above, row, depth + 1)
  }
  return rows.map((row) => {
    const mean = trees.reduce((sum, tree) => sum + path(tree, row, 0) / trees.length, 0)
    return 2 ** (-mean / usualPath(sample))
  })
}
