/** Eigenvalues of a symmetric matrix, and its eigenvectors: the columns of an orthogonal matrix. */
export interface SymmetricEigen {
  /** λ, [n]. */
  readonly values: readonly number[]
  /** U, [n][n]: A = U diag(λ) Uᵀ. */
  readonly vectors: readonly (readonly number[])[]
}

const mostSweeps = 60

/**
 * Eigenvalues and eigenvectors by Jacobi's rotations, each of which makes one entry off the diagonal 0.  Jacobi 1846.
 * matrix: [n][n], symmetric.
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): SymmetricEigen {
  const n = matrix.length
  const a = matrix.map((row) => [...row])
  const u = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)))
  const size = Math.hypot(...a.flat())
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    const off = Math.hypot(...a.flatMap((row, i) => row.filter((_, j) => j !== i)))
    if (off <= 1e-15 * size) break
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, u, p, q)
  }
  return { values: a.map((row, i) => row[i]!), vectors: u }
}

function rotate(a: number[][], u: number[][], p: number, q: number): void {
  const apq = a[p]![q]!
  if (apq === 0) return
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (const row of [...a, ...u]) {
    const [x, y] = [row[p]!, row[q]!]
    row[p] = c * x - s * y
    row[q] = s * x + c * y
  }
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[p]![k]!, a[q]![k]!]
    a[p]![k] = c * x - s * y
    a[q]![k] = s * x + c * y
  }
}
