import { ScorefieldError, streamKey } from '../base/index.ts'
import { mixed53 } from './table/row-hash.ts'

/** The parts that are kept out of learning, in the order in which they are filled. */
const heldOutParts = ['test', 'validation'] as const
type HeldOutPart = (typeof heldOutParts)[number]

/** A number for each part that is kept out of learning. */
type ByPart = Readonly<Record<HeldOutPart, number>>

/** Row indices by what they are for; together they are every row once. */
export interface RowSplit {
  /** To learn from. */
  readonly train: Int32Array
  /** To choose the weights by. */
  readonly validation: Int32Array
  /** To report by. */
  readonly test: Int32Array
  /** Different rows of which there are so many copies that they are in more than one part. */
  readonly dividedRows: number
  /** Copies there are of them in all. */
  readonly dividedCopies: number
}

/** A row of no more copies than this is never divided. */
const fewestDivided = 10

/**
 * Splits rows in three by a hash of (seed, content): to learn from, to choose the weights by, to report by.
 *
 * Equal rows lie in one part. The order of the table does not matter: the same rows in another order give the same parts,
 * each in the same order, which is that of the hashes. Test rows are the first round(test · n) by hash, validation rows the
 * next; copies that no longer fit are passed over, so that a share is met up to the last copies.
 *
 * One exception: a row with more than ten copies, and more than a tenth of the smaller part, would be most of what judges, or
 * be absent from it. Its copies are divided in proportion, as a point mass would be; so are all rows where there are too few
 * different ones to fill each part.
 *
 * hashes: of each row's content, [n], as `rowHashes` makes them. validation, test: shares in [0, 1), their sum below 1; a
 * share above 0 has at least one row. Throws `data/too-few-rows`, `data/all-rows-equal`, `usage/share`.
 */
export function splitRows(options: {
  readonly hashes: Float64Array
  readonly seed: number
  readonly validation: number
  readonly test: number
}): RowSplit {
  const { hashes, seed } = options
  const wanted = wantedRows(hashes.length, options)
  const keys = seeded(hashes, seed)
  const sorted = keys.slice().sort()
  if (wanted.test + wanted.validation > 0 && sorted[0] === sorted.at(-1))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/all-rows-equal',
      message: `All ${hashes.length} rows are equal, so none can be held out.`,
      hint: 'There is nothing to learn; check that the right file and columns are read.',
    })
  const { copies, divided } = allotted(sorted, wanted)
  const held = { test: sumOf(copies.test), validation: sumOf(copies.validation) }
  const parts = {
    test: new Int32Array(held.test),
    validation: new Int32Array(held.validation),
    train: new Int32Array(hashes.length - held.test - held.validation),
  }
  const filled = { test: 0, validation: 0, train: 0 }
  const order = orderOf(keys, sorted)
  forEachRun(sorted, (start, count) => {
    const toTest = copies.test.get(start) ?? 0
    const toValidation = copies.validation.get(start) ?? 0
    for (let copy = 0; copy < count; copy++) {
      const part = copy < toTest ? 'test' : copy < toTest + toValidation ? 'validation' : 'train'
      parts[part][filled[part]++] = order[start + copy]!
    }
  })
  return { ...parts, dividedRows: divided.size, dividedCopies: sumOf(divided) }
}

/** How many rows each part shall have. */
function wantedRows(rowCount: number, { validation, test }: ByPart): ByPart {
  if (!(validation >= 0 && test >= 0 && validation + test < 1))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/share',
      message: `Shares of ${validation} to choose the weights by and ${test} to report by cannot be held out.`,
      hint: 'Each is 0 or more, and together they are below 1 (data.split.validation, data.split.test).',
    })
  const parts = heldOutParts.filter((part) => ({ validation, test })[part] > 0).length
  if (rowCount < 1 + parts)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/too-few-rows',
      message: `${rowCount} ${rowCount === 1 ? 'row' : 'rows'} cannot be split in ${1 + parts} parts.`,
    })
  const least = (share: number): number => (share > 0 ? Math.max(1, Math.round(share * rowCount)) : 0)
  const testRows = Math.min(least(test), rowCount - parts)
  return { test: testRows, validation: Math.min(least(validation), rowCount - 1 - testRows) }
}

/** Hashes of (seed, hash), whole numbers in [0, 2⁵³). */
function seeded(hashes: Float64Array, seed: number): Float64Array {
  const salt = streamKey(seed, 'split')
  return hashes.map((hash) => mixed53(hash >>> 0, Math.floor(hash / 2 ** 32), salt))
}

/** How many copies of each row a part gets, by where the row's copies begin among the sorted keys. */
type Copies = Map<number, number>

interface Allotment {
  readonly copies: Readonly<Record<HeldOutPart, Copies>>
  /** Rows whose copies are in more than one part, and how many copies each has. */
  readonly divided: Copies
}

function allotted(sorted: Float64Array, wanted: ByPart): Allotment {
  const smaller = Math.min(...heldOutParts.map((part) => wanted[part] || Number.POSITIVE_INFINITY))
  const found = allottedAbove(Math.max(fewestDivided, smaller / 10), sorted, wanted)
  const isFilled = heldOutParts.every((part) => sumOf(found.copies[part]) >= wanted[part] / 2)
  return isFilled ? found : allottedAbove(0, sorted, wanted)
}

/** Rows of more than `most` copies are divided, the others go to the first part that has room for all of their copies. */
function allottedAbove(most: number, sorted: Float64Array, wanted: ByPart): Allotment {
  const copies = { test: new Map<number, number>(), validation: new Map<number, number>() }
  const divided: Copies = new Map()
  const heldOut = wanted.test + wanted.validation
  const common = inProportion(heldOut / sorted.length)
  const toTest = inProportion(wanted.test / heldOut)
  const room: Record<HeldOutPart, number> = { ...wanted }
  const give = (part: HeldOutPart, start: number, count: number): void => {
    if (count > 0) copies[part].set(start, count)
    room[part] -= count
  }
  forEachRun(sorted, (start, count) => {
    if (count <= most) return
    const held = common(count)
    const test = toTest(held)
    give('test', start, test)
    give('validation', start, held - test)
    if (Math.max(test, held - test, count - held) < count) divided.set(start, count)
  })
  forEachRun(sorted, (start, count) => {
    const part = count <= most ? heldOutParts.find((candidate) => room[candidate] >= count) : undefined
    if (part) give(part, start, count)
  })
  return { copies, divided }
}

/** Shares one count after the other so that their sum stays within a half of its share. */
function inProportion(share: number): (count: number) => number {
  let seen = 0
  let given = 0
  return (count) => {
    seen += count
    const now = Math.floor(seen * share + 0.5) - given
    given += now
    return now
  }
}

/** Visits the runs of equal numbers. */
function forEachRun(sorted: Float64Array, visit: (start: number, count: number) => void): void {
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1
    while (end < sorted.length && sorted[end] === sorted[start]) end++
    visit(start, end - start)
    start = end
  }
}

/** The indices of `keys` in the order of `sorted`, equal ones ascending. */
function orderOf(keys: Float64Array, sorted: Float64Array): Int32Array {
  const order = new Int32Array(keys.length)
  const placed = new Int32Array(keys.length)
  keys.forEach((key, row) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sorted[middle]! < key) low = middle + 1
      else high = middle
    }
    order[low + placed[low]!++] = row
  })
  return order
}

function sumOf(counts: Copies): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}
