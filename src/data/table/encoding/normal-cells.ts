import { normalQuantile } from '../../../base/index.ts'
import { type Codes, writeEach } from './codes.ts'

/**
 * K ordered values as cells of the standard normal: value k is the z with F_{k−1} ≤ Φ(z) < F_k, F the cumulative shares.
 *
 * q(z | k) = φ(z)/p_k in its cell, so the mixture over k is exactly N(0, 1) and the decoded value is certain:
 * log P(k) = log ∫ p(z) dz over the cell ≥ E_q[log p(z) + log p_k − log φ(z)].
 */
export interface NormalCells {
  /** p_k > 0, [K], summing to 1. */
  readonly shares: Float64Array
  /** F_0 = 0 … F_K = 1, [K + 1]. */
  readonly cumulative: Float64Array
  /** Φ⁻¹ of the inner F_1 … F_{K−1}. */
  readonly edges: Float64Array
}

/** Cells of values that occurred so often; one that did not counts half. counts: [K]. */
export function normalCells(counts: readonly number[]): NormalCells {
  const weights = counts.map((count) => Math.max(count, 0.5))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = Float64Array.from(weights, (weight) => weight / total)
  const cumulative = new Float64Array(counts.length + 1)
  let sum = 0
  weights.forEach((weight, k) => {
    sum += weight
    cumulative[k + 1] = sum / total
  })
  return { shares, cumulative, edges: cumulative.slice(1, -1).map(normalQuantile) }
}

/** Writes z of value indices: at u of the way through each cell, its median without. */
export function writeCells(cells: NormalCells, indices: Int32Array, codes: Codes, u?: Float32Array): void {
  const { cumulative, shares } = cells
  writeEach(indices, codes, (k, row) => normalQuantile(cumulative[k]! + shares[k]! * (u ? u[row]! : 0.5)))
}

/** The index of the cell that each z lies in, [n]. */
export function cellsAt({ edges }: NormalCells, z: Float64Array): Int32Array {
  return Int32Array.from(z, (value) => {
    let low = 0
    let high = edges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (value < edges[middle]!) high = middle
      else low = middle + 1
    }
    return low
  })
}

/** −log q(z | k) = log p_k − log φ(z) of each z in its cell, [n], in nats. */
export function minusLogWithinCell(cells: NormalCells, z: Float64Array): Float64Array {
  const indices = cellsAt(cells, z)
  return z.map(
    (value, row) => Math.log(cells.shares[indices[row]!]!) + (value * value) / 2 + Math.log(2 * Math.PI) / 2,
  )
}
