/** Rows of p numbers and q words; two different words are √2 apart, as in one column a word. */
export interface MixedRows {
  readonly count: number
  /** [count, p]. */
  readonly numbers: Float64Array
  readonly numbersPerRow: number
  /** Codes, [count, q]. */
  readonly words: Int32Array
  readonly wordsPerRow: number
}

/** The nearest row of a set, and the squared distance to it. */
export interface Nearest {
  readonly row: Int32Array
  readonly squaredDistance: Float64Array
}

/** What two different words add to a squared distance. */
const otherWord = 2

/**
 * Nearest rows in Σ (x_k − y_k)² + 2·(number of different words), exact.
 *
 * The rows are sorted by their words, the column of most information first, so that equal beginnings lie together as in a
 * tree; a branch is left as soon as its different words alone are farther than the best row so far. Within rows of equal
 * words, those of nearby values in the widest column of numbers come first, and a side is left when that column alone is
 * too far.
 */
export class NearestRows {
  readonly #rows: MixedRows
  /** Row at each place of the sorted order. */
  readonly #order: Int32Array
  /** The columns of words, by information. */
  readonly #columns: Int32Array
  /** ends[level][place]: where the run of rows that share the words of levels 0 … level ends. */
  readonly #ends: readonly Int32Array[]
  readonly #widest: number
  #best = Number.POSITIVE_INFINITY
  #row = -1

  constructor(rows: MixedRows) {
    const { count, words, wordsPerRow } = rows
    this.#rows = rows
    this.#columns = byInformation(rows)
    this.#widest = widestColumn(rows)
    const { numbers, numbersPerRow } = rows
    const columns = this.#columns
    const widest = this.#widest
    this.#order = new Int32Array(count.valueOf())
      .map((_, row) => row)
      .sort((a, b) => {
        for (const column of columns) {
          const difference = words[a * wordsPerRow + column]! - words[b * wordsPerRow + column]!
          if (difference !== 0) return difference
        }
        if (widest < 0) return a - b
        const difference = numbers[a * numbersPerRow + widest]! - numbers[b * numbersPerRow + widest]!
        return difference !== 0 ? difference : a - b
      })
    this.#ends = runEnds(rows, this.#order, columns)
  }

  /** The nearest row to each row of `queries`; never the row of the same index where `excludeSame`. */
  of(queries: MixedRows, excludeSame = false): Nearest {
    const row = new Int32Array(queries.count)
    const squaredDistance = new Float64Array(queries.count)
    for (let query = 0; query < queries.count; query++) {
      this.#best = Number.POSITIVE_INFINITY
      this.#row = -1
      this.#visit({ queries, query, excluded: excludeSame ? query : -1 }, 0, 0, this.#rows.count, 0)
      row[query] = this.#row
      squaredDistance[query] = this.#best
    }
    return { row, squaredDistance }
  }

  #visit(asked: Asked, level: number, from: number, to: number, distance: number): void {
    if (level === this.#columns.length) {
      this.#scan(asked, from, to, distance)
      return
    }
    const { words, wordsPerRow } = this.#rows
    const column = this.#columns[level]!
    const ends = this.#ends[level]!
    const order = this.#order
    const wanted = asked.queries.words[asked.query * wordsPerRow + column]!
    // The branch of the same word first: it makes the others short.
    let [low, high] = [from, to]
    while (low < high) {
      const middle = (low + high) >> 1
      if (words[order[middle]! * wordsPerRow + column]! < wanted) low = middle + 1
      else high = middle
    }
    const same = low < to && words[order[low]! * wordsPerRow + column] === wanted ? low : -1
    if (same >= 0) this.#visit(asked, level + 1, same, ends[same]!, distance)
    const farther = distance + otherWord
    for (let start = from; start < to && farther < this.#best; start = ends[start]!)
      if (start !== same) this.#visit(asked, level + 1, start, ends[start]!, farther)
  }

  /** Looks through rows order[from … to), which share their words, from the query's place outwards. */
  #scan({ queries, query, excluded }: Asked, from: number, to: number, distance: number): void {
    const { numbers, numbersPerRow } = this.#rows
    const order = this.#order
    const widest = this.#widest
    const first = query * numbersPerRow
    if (widest < 0) {
      for (let place = from; place < to && distance < this.#best; place++)
        if (order[place] !== excluded) this.#take(order[place]!, distance)
      return
    }
    const wanted = queries.numbers[first + widest]!
    let [low, high] = [from, to]
    while (low < high) {
      const middle = (low + high) >> 1
      if (numbers[order[middle]! * numbersPerRow + widest]! < wanted) low = middle + 1
      else high = middle
    }
    let [up, down] = [low, low - 1]
    while (up < to || down >= from) {
      const above =
        up < to ? numbers[order[up]! * numbersPerRow + widest]! - wanted : Number.POSITIVE_INFINITY
      const below =
        down >= from ? wanted - numbers[order[down]! * numbersPerRow + widest]! : Number.POSITIVE_INFINITY
      const step = Math.min(above, below)
      if (distance + step * step >= this.#best) return
      const row = order[above <= below ? up++ : down--]!
      if (row === excluded) continue
      let sum = distance
      const at = row * numbersPerRow
      for (let k = 0; k < numbersPerRow && sum < this.#best; k++) {
        const difference = numbers[at + k]! - queries.numbers[first + k]!
        sum += difference * difference
      }
      if (sum < this.#best) this.#take(row, sum)
    }
  }

  #take(row: number, squaredDistance: number): void {
    this.#best = squaredDistance
    this.#row = row
  }
}

interface Asked {
  readonly queries: MixedRows
  readonly query: number
  /** A row that does not count, or −1. */
  readonly excluded: number
}

/** The columns of words, that of the largest chance that two rows differ first. */
function byInformation({ count, words, wordsPerRow }: MixedRows): Int32Array {
  const agreement = Array.from({ length: wordsPerRow }, (_, column) => {
    const counts = new Map<number, number>()
    for (let row = 0; row < count; row++) {
      const word = words[row * wordsPerRow + column]!
      counts.set(word, (counts.get(word) ?? 0) + 1)
    }
    return [...counts.values()].reduce((sum, times) => sum + times * times, 0)
  })
  return Int32Array.from(agreement.keys()).sort((a, b) => agreement[a]! - agreement[b]!)
}

/** The column of numbers of the largest variance; −1 without numbers. */
function widestColumn({ count, numbers, numbersPerRow }: MixedRows): number {
  let [widest, most] = [-1, -1]
  for (let k = 0; k < numbersPerRow; k++) {
    let [mean, squares] = [0, 0]
    for (let row = 0; row < count; row++) mean += numbers[row * numbersPerRow + k]! / count
    for (let row = 0; row < count; row++) squares += (numbers[row * numbersPerRow + k]! - mean) ** 2
    if (squares > most) [widest, most] = [k, squares]
  }
  return widest
}

function runEnds({ words, wordsPerRow }: MixedRows, order: Int32Array, columns: Int32Array): Int32Array[] {
  let shared = new Uint8Array(order.length).fill(1)
  return Array.from(columns, (column) => {
    const ends = new Int32Array(order.length)
    const next = new Uint8Array(order.length)
    for (let place = order.length - 1; place >= 0; place--) {
      const isLast = place === order.length - 1
      const continues =
        !isLast &&
        shared[place] === 1 &&
        words[order[place]! * wordsPerRow + column] === words[order[place + 1]! * wordsPerRow + column]
      next[place] = continues ? 1 : 0
      ends[place] = continues ? ends[place + 1]! : place + 1
    }
    shared = next
    return ends
  })
}
