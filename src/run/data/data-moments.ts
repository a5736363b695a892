import type { DataMoments } from '../../sampling/index.ts'
import { measureMoments } from '../../training/index.ts'
import type { DataDescription } from './kind.ts'

/** Columns of which the whole covariance is kept: 2,080 numbers at most. */
const wholeUpTo = 64

/** Mean and covariance of encoded rows, as data.json keeps them: to six digits. rows: [n, d]; NaN is a number that is not known. */
export function dataMoments(rows: ArrayLike<number>, dimension: number): DataMoments {
  if (dimension > wholeUpTo) return columnMoments(rows, dimension)
  const { mean, cholesky } = measureMoments(rows, dimension)
  const covariance: number[] = []
  for (let i = 0; i < dimension; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0; k <= j; k++) sum += cholesky[i * dimension + k]! * cholesky[j * dimension + k]!
      covariance.push(sum)
    }
  return { mean: Array.from(mean, short), covariance: covariance.map(short) }
}

function columnMoments(rows: ArrayLike<number>, dimension: number): DataMoments {
  const count = Math.floor(rows.length / dimension)
  const zeros = (): number[] => new Array<number>(dimension).fill(0)
  const [mean, squares, known] = [zeros(), zeros(), zeros()]
  for (let row = 0; row < count; row++)
    for (let k = 0; k < dimension; k++) {
      // Welford's update: one pass, no cancellation.
      const value = rows[row * dimension + k]!
      if (Number.isNaN(value)) continue
      const delta = value - mean[k]!
      mean[k]! += delta / ++known[k]!
      squares[k]! += delta * (value - mean[k]!)
    }
  const covariance = squares.map((sum, k) => short(sum / Math.max(1, known[k]! - 1)))
  return { mean: mean.map(short), covariance }
}

/** The text of what a description says of the data; runs of earlier releases kept no moments. */
export function withoutMoments({ moments: _, ...rest }: DataDescription): string {
  return JSON.stringify(rest)
}

function short(value: number): number {
  return Number(value.toPrecision(6))
}
