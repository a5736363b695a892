/**
 * Rows of numbers and of words, as features of a linear model: p numbers, and for each of q words the index of the
 * feature that is 1 for it, or −1 for none. Kept so, a row of hundreds of features costs p + q operations.
 */
export interface SparseRows {
  readonly count: number
  /** [count, p]. */
  readonly numbers: Float64Array
  readonly numbersPerRow: number
  /** [count, q]; feature p or above. */
  readonly words: Int32Array
  readonly wordsPerRow: number
  /** Features in all: numbers first. */
  readonly features: number
}

/** A linear model of log odds: f(x) = Σ w_k x_k + intercept. */
export interface LogisticModel {
  /** [features]. */
  readonly weights: Float64Array
  readonly intercept: number
  /** Newton steps taken. */
  readonly steps: number
}

/** Newton steps at most; a dozen are usual. */
const mostSteps = 100
/** Share of the first gradient, measured by the preconditioner, at which the optimum is reached. */
const tolerance = 1e-8

/**
 * Logistic regression with a penalty: the least of ½|w|² + C Σ_i [ln(1 + e^{f_i}) − y_i f_i], the intercept without penalty.
 * Truncated Newton steps: conjugate gradients preconditioned by the diagonal, so that columns of any scale are solved
 * (Nash 2000), each step halved until the loss falls enough. The optimum is unique, so how it is found does not matter.
 *
 * labels: 0 or 1 of each row. indices: the rows to learn from; each may occur once.
 */
export function fitLogistic(
  rows: SparseRows,
  labels: Uint8Array,
  indices: Int32Array,
  penalty = 1,
): LogisticModel {
  const size = rows.features + 1
  const point = new Float64Array(size)
  const state = new Objective(rows, labels, indices, penalty)
  let loss = state.loss(point)
  const gradient = new Float64Array(size)
  const diagonal = new Float64Array(size)
  let first = 0
  for (let step = 0; ; step++) {
    state.differentiate(gradient, diagonal)
    const steepness = Math.sqrt(gradient.reduce((sum, g, k) => sum + (g * g) / diagonal[k]!, 0))
    if (step === 0) first = steepness
    if (step === mostSteps || !(steepness > tolerance * first))
      return { weights: point.slice(0, -1), intercept: point[size - 1]!, steps: step }
    const direction = solved(state, gradient, diagonal, Math.min(0.1, steepness / first) * steepness)
    const slope = direction.reduce((sum, d, k) => sum + d * gradient[k]!, 0)
    const from = point.slice()
    let [share, next] = [1, Number.POSITIVE_INFINITY]
    for (; share > 1e-10; share /= 2) {
      for (let k = 0; k < size; k++) point[k] = from[k]! - share * direction[k]!
      next = state.loss(point)
      if (next <= loss - 1e-4 * share * slope) break
    }
    // Below what float64 can tell, no step lowers the loss: this is the optimum.
    if (!(next < loss)) return { weights: from.slice(0, -1), intercept: from[size - 1]!, steps: step }
    loss = next
  }
}

/** f of each of the rows. */
export function logOdds(model: LogisticModel, rows: SparseRows, indices: Int32Array): Float64Array {
  return Float64Array.from(indices, (row) => product(rows, row, model.weights) + model.intercept)
}

/** H⁻¹ gradient by preconditioned conjugate gradients, until the residual is small enough. */
function solved(
  state: Objective,
  gradient: Float64Array,
  diagonal: Float64Array,
  enough: number,
): Float64Array {
  const size = gradient.length
  const solution = new Float64Array(size)
  const residual = gradient.slice()
  const direction = residual.map((r, k) => r / diagonal[k]!)
  const image = new Float64Array(size)
  let energy = residual.reduce((sum, r, k) => sum + r * direction[k]!, 0)
  for (let step = 0; step < 10 * size && Math.sqrt(energy) > enough; step++) {
    state.curve(direction, image)
    const curvature = direction.reduce((sum, d, k) => sum + d * image[k]!, 0)
    if (!(curvature > 0)) break
    const share = energy / curvature
    for (let k = 0; k < size; k++) {
      solution[k]! += share * direction[k]!
      residual[k]! -= share * image[k]!
    }
    const next = residual.reduce((sum, r, k) => sum + (r * r) / diagonal[k]!, 0)
    for (let k = 0; k < size; k++)
      direction[k] = residual[k]! / diagonal[k]! + (next / energy) * direction[k]!
    energy = next
  }
  return solution
}

/** The loss, and its derivatives where it was asked for last. */
class Objective {
  readonly #rows: SparseRows
  readonly #labels: Uint8Array
  readonly #indices: Int32Array
  readonly #penalty: number
  readonly #probabilities: Float64Array
  #point: Float64Array = new Float64Array(0)

  constructor(rows: SparseRows, labels: Uint8Array, indices: Int32Array, penalty: number) {
    this.#rows = rows
    this.#labels = labels
    this.#indices = indices
    this.#penalty = penalty
    this.#probabilities = new Float64Array(indices.length)
  }

  loss(point: Float64Array): number {
    this.#point = point
    const { features } = this.#rows
    let sum = 0
    for (let i = 0; i < this.#indices.length; i++) {
      const row = this.#indices[i]!
      const f = product(this.#rows, row, point) + point[features]!
      this.#probabilities[i] = 1 / (1 + Math.exp(-f))
      // ln(1 + e^f) without overflow.
      sum += Math.max(f, 0) + Math.log1p(Math.exp(-Math.abs(f))) - this.#labels[row]! * f
    }
    let squares = 0
    for (let k = 0; k < features; k++) squares += point[k]! ** 2
    return squares / 2 + this.#penalty * sum
  }

  /** Writes the gradient and the diagonal of the second derivative. */
  differentiate(gradient: Float64Array, diagonal: Float64Array): void {
    const rows = this.#rows
    const { features } = rows
    gradient.set(this.#point)
    gradient[features] = 0
    diagonal.fill(1)
    // The intercept has no penalty; this keeps its place from being 0 where all rows are sure.
    diagonal[features] = 1e-12
    for (let i = 0; i < this.#indices.length; i++) {
      const row = this.#indices[i]!
      const p = this.#probabilities[i]!
      const slope = this.#penalty * (p - this.#labels[row]!)
      addRow(rows, row, slope, gradient)
      gradient[features]! += slope
      const weight = this.#penalty * p * (1 - p)
      addSquares(rows, row, weight, diagonal)
      diagonal[features]! += weight
    }
  }

  /** Writes H·direction. */
  curve(direction: Float64Array, image: Float64Array): void {
    const rows = this.#rows
    const { features } = rows
    image.set(direction)
    image[features] = 0
    for (let i = 0; i < this.#indices.length; i++) {
      const row = this.#indices[i]!
      const p = this.#probabilities[i]!
      const along = product(rows, row, direction) + direction[features]!
      const weight = this.#penalty * p * (1 - p) * along
      addRow(rows, row, weight, image)
      image[features]! += weight
    }
  }
}

/** Σ w_k x_k. */
function product(rows: SparseRows, row: number, weights: Float64Array): number {
  const { numbers, numbersPerRow, words, wordsPerRow } = rows
  let sum = 0
  for (let k = 0, at = row * numbersPerRow; k < numbersPerRow; k++) sum += weights[k]! * numbers[at + k]!
  for (let k = 0, at = row * wordsPerRow; k < wordsPerRow; k++) {
    const feature = words[at + k]!
    if (feature >= 0) sum += weights[feature]!
  }
  return sum
}

/** sums += scale·x. */
function addRow(rows: SparseRows, row: number, scale: number, sums: Float64Array): void {
  const { numbers, numbersPerRow, words, wordsPerRow } = rows
  for (let k = 0, at = row * numbersPerRow; k < numbersPerRow; k++) sums[k]! += scale * numbers[at + k]!
  for (let k = 0, at = row * wordsPerRow; k < wordsPerRow; k++) {
    const feature = words[at + k]!
    if (feature >= 0) sums[feature]! += scale
  }
}

/** sums += scale·x². */
function addSquares(rows: SparseRows, row: number, scale: number, sums: Float64Array): void {
  const { numbers, numbersPerRow, words, wordsPerRow } = rows
  for (let k = 0, at = row * numbersPerRow; k < numbersPerRow; k++) sums[k]! += scale * numbers[at + k]! ** 2
  for (let k = 0, at = row * wordsPerRow; k < wordsPerRow; k++) {
    const feature = words[at + k]!
    if (feature >= 0) sums[feature]! += scale
  }
}
