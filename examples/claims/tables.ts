import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { RandomStream } from 'scorefield'
import { cholesky } from 'scorefield/density'

/** Rows to learn from and rows never seen, [n, d] each. */
export interface Split {
  readonly dimension: number
  readonly train: Float32Array
  readonly test: Float32Array
}

/** A table of numbers with a header line, column by column. */
function columnsOf(file: string, separator: string): Map<string, Float64Array> {
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const cells = lines.map((line) => line.split(separator).map(Number))
  const names = header!.split(separator).map((name) => name.trim().replaceAll('"', ''))
  return new Map(names.map((name, k) => [name, Float64Array.from(cells, (row) => row[k]!)]))
}

/** The correlation of two columns. */
function correlation(a: Float64Array, b: Float64Array): number {
  const centred = (values: Float64Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.map((value) => value - mean)
  }
  const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  const [x, y] = [centred(a), centred(b)]
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
}

/** Columns one after the other, each left out that has a correlation above 0.98 with one that is kept. */
function uncorrelated(columns: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = []
  for (const column of columns)
    if (kept.every((other) => Math.abs(correlation(other, column)) <= 0.98)) kept.push(column)
  return kept
}

/** The column with uniform noise of ± the median gap of its values, so that none is repeated. */
function spread(column: Float64Array, noise: Float32Array | Float64Array): Float64Array {
  const values = [...new Set(column)].sort((a, b) => a - b)
  const gaps = values
    .slice(1)
    .map((value, i) => value - values[i]!)
    .sort((a, b) => a - b)
  const gap = gaps[Math.floor(gaps.length / 2)]!
  return column.map((value, i) => value + gap * (2 * noise[i]! - 1))
}

/**
 * Columns whitened, noised by N(0, 0.05² I) and split, a tenth to test (at most 1,000).
 * Whitened by the Cholesky factor, where the paper took principal components: that is a rotation, which moves no figure's meaning.
 */
function prepared(columns: readonly Float64Array[], seed: number): Split {
  const [d, n] = [columns.length, columns[0]!.length]
  const centred = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / n
    return column.map((value) => value - mean)
  })
  const covariance = Float64Array.from({ length: d * d }, (_, at) => {
    const [a, b] = [centred[Math.floor(at / d)]!, centred[at % d]!]
    return a.reduce((sum, value, i) => sum + value * b[i]!, 0) / n
  })
  const { lower } = cholesky(covariance, d)
  const z = new RandomStream({ seed, name: 'noise' }).normal({ first: 0, count: n, width: d })
  const rows = new Float32Array(n * d)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < d; k++) {
      let rest = centred[k]![i]!
      for (let j = 0; j < k; j++) rest -= lower[k * d + j]! * rows[i * d + j]!
      rows[i * d + k] = rest / lower[k * d + k]!
    }
  for (const [i, value] of z.entries()) rows[i]! += 0.05 * value
  return shuffledSplit(rows, d, Math.min(1000, Math.floor(n / 10)), seed)
}

function shuffledSplit(rows: Float32Array, dimension: number, testRows: number, seed: number): Split {
  const n = rows.length / dimension
  const keys = new RandomStream({ seed, name: 'split' }).uniform({ first: 0, count: n, width: 1 })
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!)
  const taken = (indices: readonly number[]) => {
    const out = new Float32Array(indices.length * dimension)
    for (const [i, row] of indices.entries())
      out.set(rows.subarray(row * dimension, (row + 1) * dimension), i * dimension)
    return out
  }
  return { dimension, test: taken(order.slice(0, testRows)), train: taken(order.slice(testRows)) }
}

/** Wines without their quality, spread by the gaps of their values. */
export function wines(file: string, seed: number): Split {
  const columns = [...columnsOf(file, ';')].filter(([name]) => name !== 'quality').map(([, column]) => column)
  const u = new RandomStream({ seed, name: 'gaps' })
  return prepared(
    columns.map((column, k) => spread(column, u.uniform({ first: k, count: 1, width: column.length }))),
    seed,
  )
}

/** Parkinsons telemonitoring: columns from the fourth on. */
export function parkinsons(file: string, seed: number): Split {
  const columns = [...columnsOf(file, ',').values()].slice(3)
  return prepared(uncorrelated(columns), seed)
}

/** 28 × 28 images as the paper prepares them, less their mean: logit of (v/255 + (u − ½)/256), clamped to [0.001, 0.999]. */
export function mnist(folder: string, trainRows: number, testRows: number, seed: number): Split {
  const images = (name: string, count: number, stream: string) => {
    const bytes = gunzipSync(readFileSync(join(folder, `${name}-images-idx3-ubyte.gz`))).subarray(16)
    const u = new RandomStream({ seed, name: stream }).uniform({ first: 0, count, width: 784 })
    return Float32Array.from(u, (uniform, i) => {
      const p = Math.min(0.999, Math.max(0.001, bytes[i]! / 255 + (uniform - 0.5) / 256))
      return Math.log(p / (1 - p))
    })
  }
  const [train, test] = [images('train20k', trainRows, 'train'), images('t10k', testRows, 'test')]
  const mean = new Float64Array(784)
  for (const [i, value] of train.entries()) mean[i % 784]! += value / trainRows
  for (const rows of [train, test]) for (let i = 0; i < rows.length; i++) rows[i]! -= mean[i % 784]!
  return { dimension: 784, train, test }
}

/** Why data are not there; nothing where all of these files are. */
export function absent(folder: string | undefined, files: readonly string[]): string | undefined {
  const lacking = files.filter((file) => folder === undefined || !existsSync(join(folder, file)))
  if (lacking.length === 0) return undefined
  return `Its data are not here: ${lacking.join(', ')}. Name their folder by SCOREFIELD_DATA.`
}
