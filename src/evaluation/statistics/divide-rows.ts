import type { MixedRows } from './mixed-rows.ts'

/** Rows that a node's column is chosen by. */
const sampledRows = 100
/** A column of more different codes among the sampled rows tells them apart one by one, which is no division. */
const mostCodes = sampledRows / 4

/** A part of the rows: from … to − 1 of the order. Nodes stand before those below them; `end` is the one behind the last of these. */
export interface Node {
  readonly from: number
  readonly to: number
  end: number
  /** The column whose codes tell the children apart; −1: halves of numbers; −2: a leaf; −3: a leaf of rows with the same codes. */
  column: number
}

/**
 * Divides rows into parts of at most `leafRows`, but for rows that are all alike: by the codes of the column that tells most, of
 * those with few codes; where there is none, into halves by the column of numbers that spreads most.
 */
export function divide(
  rows: MixedRows,
  leafRows: number,
): { readonly order: Int32Array; readonly nodes: readonly Node[] } {
  const order = Int32Array.from({ length: rows.count }, (_, row) => row)
  const nodes: Node[] = []
  const visit = (from: number, to: number): void => {
    const node: Node = { from, to, end: 0, column: -2 }
    nodes.push(node)
    const column = to - from <= leafRows ? -1 : tellingColumn(rows, order, from, to)
    if (column >= 0) {
      node.column = column
      for (const [start, end] of groupByCode(rows, order, { from, to, column })) visit(start, end)
    } else if (to - from > leafRows && rows.numberWidth > 0) {
      node.column = -1
      const middle = halve(rows, order, from, to)
      visit(from, middle)
      visit(middle, to)
    } else if (isAlike(rows, order, from, to)) node.column = -3
    node.end = nodes.length
  }
  if (rows.count > 0) visit(0, rows.count)
  return { order, nodes }
}

function isAlike({ codes, codeWidth }: MixedRows, order: Int32Array, from: number, to: number): boolean {
  const first = order[from]! * codeWidth
  for (let place = from + 1; place < to; place++)
    for (let k = 0; k < codeWidth; k++)
      if (codes[order[place]! * codeWidth + k] !== codes[first + k]) return false
  return true
}

/** The column of codes of the largest chance that two rows differ, of those with few codes; −1 where none differs. */
function tellingColumn(
  { codes, codeWidth, numberWidth }: MixedRows,
  order: Int32Array,
  from: number,
  to: number,
): number {
  const places = sampledPlaces(from, to)
  let [best, least] = [-1, places.length ** 2]
  for (let column = 0; column < codeWidth; column++) {
    const counts = new Map<number, number>()
    for (const place of places) {
      const code = codes[order[place]! * codeWidth + column]!
      counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    // Without numbers there is no other way.
    if (counts.size > mostCodes && numberWidth > 0) continue
    let alike = 0
    for (const count of counts.values()) alike += count ** 2
    if (alike < least) [best, least] = [column, alike]
  }
  return best
}

/** Sorts rows from … to − 1 of `order` by their code; where each group begins and ends. */
function groupByCode(
  { codes, codeWidth }: MixedRows,
  order: Int32Array,
  { from, to, column }: { readonly from: number; readonly to: number; readonly column: number },
): [start: number, end: number][] {
  const own = order.slice(from, to)
  const counts = new Map<number, number>()
  for (const row of own) {
    const code = codes[row * codeWidth + column]!
    counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const next = new Map<number, number>()
  const groups: [number, number][] = []
  let start = from
  for (const [code, count] of counts) {
    next.set(code, start)
    groups.push([start, start + count])
    start += count
  }
  for (const row of own) {
    const code = codes[row * codeWidth + column]!
    const place = next.get(code)!
    order[place] = row
    next.set(code, place + 1)
  }
  return groups
}

/** Sorts rows from … to − 1 of `order` into two parts, both with a row, by the column that spreads most; where the second begins. */
function halve(rows: MixedRows, order: Int32Array, from: number, to: number): number {
  const { numbers, numberWidth } = rows
  const column = widestColumn(rows, order, from, to)
  const valueAt = (place: number): number => numbers[order[place]! * numberWidth + column]!
  const sample = sampledPlaces(from, to).map(valueAt).sort()
  const pivot = sample[sample.length >> 1]!
  const partition = (goesFirst: (value: number) => boolean): number => {
    let first = from
    for (let place = from; place < to; place++) {
      if (!goesFirst(valueAt(place))) continue
      const moved = order[place]!
      order[place] = order[first]!
      order[first++] = moved
    }
    return first
  }
  const below = partition((value) => value < pivot)
  if (below > from) return below
  const upTo = partition((value) => value <= pivot)
  return upTo < to ? upTo : (from + to) >> 1
}

/** The column of numbers of the largest variance. */
function widestColumn(
  { numbers, numberWidth }: MixedRows,
  order: Int32Array,
  from: number,
  to: number,
): number {
  const places = sampledPlaces(from, to)
  let [widest, most] = [0, -1]
  for (let column = 0; column < numberWidth; column++) {
    let [sum, squares] = [0, 0]
    const centre = numbers[order[from]! * numberWidth + column]!
    for (const place of places) {
      const value = numbers[order[place]! * numberWidth + column]! - centre
      sum += value
      squares += value * value
    }
    const spread = squares / places.length - (sum / places.length) ** 2
    if (spread > most) [widest, most] = [column, spread]
  }
  return widest
}

function sampledPlaces(from: number, to: number): Float64Array {
  const count = Math.min(sampledRows, to - from)
  return Float64Array.from({ length: count }, (_, i) => from + Math.floor((i * (to - from)) / count))
}
