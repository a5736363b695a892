import { addHashSums, type ContentHashes, type HashSum } from './table/row-hash.ts'

/**
 * What a table's rows are, whatever their order: sums of hashes, in hexadecimal. They say whether the rows are the same, and
 * where not, which columns differ and about how many rows.
 */
export interface Contents {
  readonly rowCount: number
  /** By column, the sum of its cells' hashes: 16 digits. */
  readonly columns: Readonly<Record<string, string>>
  /** Rows fall into buckets by their hash, a power of two in number; 8 digits a bucket, the sum of its rows' hashes. */
  readonly rows: string
}

/** What differs between two contents. */
export interface ContentChanges {
  /** Columns that are gone. */
  readonly missing: readonly string[]
  /** Columns that have other values. */
  readonly columns: readonly string[]
  readonly rowCount: { readonly before: number; readonly now: number }
  /** About how many rows have other values, those not counted that came or went; absent where nearly all may have. */
  readonly rows?: number
}

/** Buckets, at most. A bucket sums eight rows or more: nobody shall look a single row up. */
const mostBuckets = 256
const fewestRowsOfBucket = 8

/** The contents of rows, of which the hashes are given, in the order of `names`. */
export function contentsOf(names: readonly string[], { rows, columns }: ContentHashes): Contents {
  const buckets = Math.min(
    mostBuckets,
    2 ** Math.max(0, Math.floor(Math.log2(rows.length / fewestRowsOfBucket))),
  )
  return {
    rowCount: rows.length,
    columns: Object.fromEntries(names.map((name, k) => [name, columns[k]!.map(hex).join('')])),
    rows: Array.from(bucketSums(rows, buckets), hex).join(''),
  }
}

/** The hashes of a table that comes in parts: the rows one after the other, the columns' sums added up. */
export function joinHashes(parts: readonly ContentHashes[]): ContentHashes {
  const rows = new Float64Array(parts.reduce((sum, part) => sum + part.rows.length, 0))
  let at = 0
  for (const part of parts) {
    rows.set(part.rows, at)
    at += part.rows.length
  }
  const none: HashSum = [0, 0]
  const columns = (parts[0]?.columns ?? []).map((_, k) =>
    parts.reduce((sum, part) => addHashSums(sum, part.columns[k]!), none),
  )
  return { rows, columns }
}

/** How rows differ from what they were; undefined where they are the same, be it in another order. */
export function contentChanges(before: Contents, now: Contents): ContentChanges | undefined {
  const names = Object.keys(before.columns)
  const missing = names.filter((name) => !(name in now.columns))
  const columns = names.filter((name) => name in now.columns && now.columns[name] !== before.columns[name])
  const rowCount = { before: before.rowCount, now: now.rowCount }
  const buckets = Math.min(before.rows.length, now.rows.length) / 8
  const [old, fresh] = [bucketsOf(before, buckets), bucketsOf(now, buckets)]
  const differing = old.filter((sum, bucket) => sum !== fresh[bucket]).length
  if (missing.length === 0 && columns.length === 0 && rowCount.before === rowCount.now && differing === 0)
    return undefined
  if (missing.length > 0 || differing === buckets) return { missing, columns, rowCount }
  return { missing, columns, rowCount, rows: rowsBehind(differing, buckets, rowCount) }
}

/**
 * About how many rows were changed, by how many buckets differ: m = −B ln(1 − differing / B) rows came or went (linear
 * counting; Whang, Vander-Zanden & Taylor 1990), and a row that is changed does both.
 */
function rowsBehind(differing: number, buckets: number, { before, now }: ContentChanges['rowCount']): number {
  const cameOrWent = -buckets * Math.log1p(-differing / buckets)
  const changed = Math.round((cameOrWent - Math.abs(now - before)) / 2)
  return before === now ? Math.max(1, changed) : Math.max(0, changed)
}

/** By bucket, the sum of its rows' hashes, modulo 2³². The bucket is in a hash's high digits, what is summed in its low ones. */
function bucketSums(rows: Float64Array, buckets: number): Uint32Array {
  const sums = new Uint32Array(buckets)
  for (const hash of rows) sums[Math.floor((hash / 2 ** 53) * buckets)]! += hash >>> 0
  return sums
}

/** The sums of so many buckets, neighbours put together. */
function bucketsOf({ rows }: Contents, buckets: number): Uint32Array {
  const sums = new Uint32Array(buckets)
  const each = rows.length / 8 / buckets
  for (let at = 0; at < rows.length / 8; at++)
    sums[Math.floor(at / each)]! += Number.parseInt(rows.slice(8 * at, 8 * at + 8), 16)
  return sums
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
