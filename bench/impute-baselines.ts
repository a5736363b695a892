import { RandomStream } from '../src/base/index.ts'
import { type Column, columnWords, type Table } from '../src/data/index.ts'
import { cholesky } from '../src/density/index.ts'

/** Draws of the gaps of rows by something that a model of gaps should beat; every gap gets as many. */
export interface Imputer {
  readonly name: string
  readonly source: string
  /** learned: without gaps. The result gives draws of row `row` of `gappy` in column c, numbers or words. */
  readonly fit: (
    learned: Table,
    gappy: Table,
    draws: number,
  ) => (row: number, c: number) => readonly (number | string)[]
}

/** The column's own quantiles: the median, or the most frequent word, is its filling. */
const marginal: Imputer = {
  name: 'median',
  source: 'the column alone',
  fit: (learned, _, draws) => {
    const made = learned.columns.map((column) => {
      if (column.kind === 'number') {
        const sorted = Float64Array.from(column.values).sort()
        return Array.from(
          { length: draws },
          (_, k) => sorted[Math.floor(((k + 0.5) / draws) * sorted.length)]!,
        )
      }
      const words = [...columnWords(column)].sort() as string[]
      return Array.from({ length: draws }, (_, k) => words[Math.floor(((k + 0.5) / draws) * words.length)]!)
    })
    return (_, c) => made[c]!
  },
}

/** The values of the nearest rows: in deviations of numbers, and 1 for another word, over what the row has. Troyanskaya et al. 2001. */
const nearest: Imputer = {
  name: 'nearest rows',
  source: 'Troyanskaya, Cantor, Sherlock et al. 2001',
  fit: (learned, gappy, draws) => {
    const scales = learned.columns.map(deviation)
    const memory = new Map<number, Int32Array>()
    const nearestOf = (row: number): Int32Array => {
      const distance = new Float64Array(learned.rowCount)
      gappy.columns.forEach((column, c) => {
        const own = column.values[row]
        if (own === null || Number.isNaN(own)) return
        const { values } = learned.columns[c]!
        if (column.kind === 'text')
          for (let i = 0; i < distance.length; i++) distance[i]! += values[i] === own ? 0 : 1
        else
          for (let i = 0; i < distance.length; i++)
            distance[i]! += (((values[i] as number) - (own as number)) / scales[c]!) ** 2
      })
      const order = Int32Array.from(distance, (_, i) => i).sort((a, b) => distance[a]! - distance[b]!)
      return order.slice(0, draws)
    }
    return (row, c) => {
      const near = memory.get(row) ?? nearestOf(row)
      memory.set(row, near)
      return Array.from(near, (i) => learned.columns[c]!.values[i] as number | string)
    }
  },
}

/** Draws of a Gaussian of all columns given those that the row has; words as 0 and 1 each, and drawn by what is above 0. */
const conditionalGaussian: Imputer = {
  name: 'Gaussian-conditional',
  source: 'Schafer 1997',
  fit: (learned, gappy, draws) => {
    const codes = learned.columns.map(codesOf)
    const places = codes.flatMap(({ width }, c) => Array.from({ length: width }, (_, k) => ({ c, k })))
    const d = places.length
    const rows = codedRows(learned, codes, d)
    const mean = new Float64Array(d)
    for (let i = 0; i < rows.length; i++) mean[i % d]! += rows[i]! / learned.rowCount
    const covariance = new Float64Array(d * d)
    for (let row = 0; row < learned.rowCount; row++)
      for (let a = 0; a < d; a++)
        for (let b = 0; b <= a; b++)
          covariance[a * d + b]! +=
            ((rows[row * d + a]! - mean[a]!) * (rows[row * d + b]! - mean[b]!)) / learned.rowCount
    for (let a = 0; a < d; a++) {
      covariance[a * d + a]! += 1e-3
      for (let b = 0; b < a; b++) covariance[b * d + a] = covariance[a * d + b]!
    }
    const own = codedRows(gappy, codes, d)
    const memory = new Map<number, Float64Array[]>()
    const drawsOf = (row: number): Float64Array[] => {
      const known = places.flatMap((_, k) => (Number.isNaN(own[row * d + k]!) ? [] : [k]))
      return conditionalDraws({ mean, covariance, d }, known, (k) => own[row * d + k]!, { draws, row })
    }
    return (row, c) => {
      const made = memory.get(row) ?? drawsOf(row)
      memory.set(row, made)
      const first = places.findIndex((place) => place.c === c)
      const u = new RandomStream({ seed: 2, name: 'words' }).uniform({ first: row, count: 1, width: draws })
      return made.map((x, k) => codes[c]!.decode(x.subarray(first, first + codes[c]!.width), u[k]!))
    }
  },
}

/** Every one of them, from the simplest on. */
export const imputers: readonly Imputer[] = [marginal, nearest, conditionalGaussian]

function deviation(column: Column): number {
  if (column.kind === 'text') return 1
  const mean = column.values.reduce((sum, value) => sum + value, 0) / column.values.length
  return (
    Math.sqrt(column.values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.values.length) || 1
  )
}

interface ColumnCodes {
  readonly width: number
  readonly encode: (value: number | string | null) => readonly number[]
  readonly decode: (x: Float64Array, u: number) => number | string
}

function codesOf(column: Column): ColumnCodes {
  if (column.kind === 'number') {
    const scale = deviation(column)
    return {
      width: 1,
      encode: (value) => [(value as number) / scale],
      decode: ([x]) => x! * scale,
    }
  }
  const words = [...new Set(column.values)] as string[]
  return {
    width: words.length,
    encode: (value) => words.map((word) => (value === null ? Number.NaN : word === value ? 1 : 0)),
    decode: (x, u) => {
      const weights = Array.from(x, (value) => Math.max(value, 1e-6))
      const most = u * weights.reduce((sum, value) => sum + value, 0)
      let below = 0
      const place = weights.findIndex((weight) => {
        below += weight
        return below > most
      })
      return words[Math.max(0, place)]!
    },
  }
}

function codedRows(table: Table, codes: readonly ColumnCodes[], d: number): Float64Array {
  const rows = new Float64Array(table.rowCount * d)
  for (let row = 0; row < table.rowCount; row++)
    rows.set(
      codes.flatMap(({ encode }, c) => encode(table.columns[c]!.values[row] ?? null)),
      row * d,
    )
  return rows
}

/** x + C_·k C_kk⁻¹ (y − x_k), x a draw of the whole: a draw given the known coordinates; the mean's part for words is the same. */
function conditionalDraws(
  {
    mean,
    covariance,
    d,
  }: { readonly mean: Float64Array; readonly covariance: Float64Array; readonly d: number },
  known: readonly number[],
  valueAt: (k: number) => number,
  { draws, row }: { readonly draws: number; readonly row: number },
): Float64Array[] {
  const whole = cholesky(covariance, d)
  const inner =
    known.length === 0
      ? undefined
      : cholesky(
          Float64Array.from(known.flatMap((a) => known.map((b) => covariance[a * d + b]!))),
          known.length,
        )
  const z = new RandomStream({ seed: 1, name: 'gaussian' }).normal({
    first: row * draws,
    count: draws,
    width: d,
  })
  return Array.from({ length: draws }, (_, k) => {
    const x = lowerTimes(whole.lower, z.subarray(k * d, (k + 1) * d), d).map((value, i) => value + mean[i]!)
    if (!inner) return x
    const solved = solveWith(
      inner.lower,
      Float64Array.from(known, (i) => valueAt(i) - x[i]!),
    )
    return x.map((value, i) => known.reduce((sum, j, n) => sum + covariance[i * d + j]! * solved[n]!, value))
  })
}

function lowerTimes(lower: ArrayLike<number>, z: ArrayLike<number>, d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, i) => {
    let sum = 0
    for (let j = 0; j <= i; j++) sum += lower[i * d + j]! * z[j]!
    return sum
  })
}

/** L⁻ᵀ L⁻¹ v. */
function solveWith(lower: ArrayLike<number>, v: Float64Array): Float64Array {
  const n = v.length
  const x = v.slice()
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i]! -= lower[i * n + j]! * x[j]!
    x[i]! /= lower[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= lower[j * n + i]! * x[j]!
    x[i]! /= lower[i * n + i]!
  }
  return x
}
