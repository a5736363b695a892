/**
 * Rows of numbers and of codes. The distance of two rows, to the power p, is Σ |x − y|ᵖ over their numbers and 1 for each code that
 * differs; what a row *is*, whatever its distance to others, its 64 bits of `lows` and `highs` say.
 */
export interface MixedRows {
  /** p. */
  readonly power: 1 | 2
  readonly count: number
  /** [count, numberWidth]. */
  readonly numbers: Float64Array
  readonly numberWidth: number
  /** [count, codeWidth]. */
  readonly codes: Int32Array
  readonly codeWidth: number
  /** Two words of a hash of the row's content, [count] each: rows that share both are one and the same. */
  readonly lows: Uint32Array
  readonly highs: Uint32Array
}

/** The rows of these indices, in this order. */
export function mixedRowsAt(rows: MixedRows, indices: ArrayLike<number>): MixedRows {
  const { power, numberWidth, codeWidth } = rows
  const count = indices.length
  const numbers = new Float64Array(count * numberWidth)
  const codes = new Int32Array(count * codeWidth)
  const [lows, highs] = [new Uint32Array(count), new Uint32Array(count)]
  for (let i = 0; i < count; i++) {
    const row = indices[i]!
    for (let k = 0; k < numberWidth; k++) numbers[i * numberWidth + k] = rows.numbers[row * numberWidth + k]!
    for (let k = 0; k < codeWidth; k++) codes[i * codeWidth + k] = rows.codes[row * codeWidth + k]!
    lows[i] = rows.lows[row]!
    highs[i] = rows.highs[row]!
  }
  return { power, count, numbers, numberWidth, codes, codeWidth, lows, highs }
}

/** Every different row once, with how often it occurs. */
export function distinctRows(rows: MixedRows): { readonly rows: MixedRows; readonly weights: Float64Array } {
  const counts = new HashCounts(rows.count)
  const firsts: number[] = []
  const places = new Int32Array(rows.count)
  for (let row = 0; row < rows.count; row++) {
    const place = counts.add(rows.lows[row]!, rows.highs[row]!)
    if (place === firsts.length) firsts.push(row)
    places[row] = place
  }
  const weights = new Float64Array(firsts.length)
  for (const place of places) weights[place]!++
  return { rows: firsts.length === rows.count ? rows : mixedRowsAt(rows, firsts), weights }
}

/** Hashes of 64 bits, each with its place: 0, 1, 2 … in the order of coming. Open addressing, half full at most. */
export class HashCounts {
  size = 0
  private readonly mask: number
  private readonly lows: Uint32Array
  private readonly highs: Uint32Array
  private readonly places: Int32Array

  /** most: how many different hashes will come. */
  constructor(most: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * Math.max(1, most)))
    this.mask = slots - 1
    this.lows = new Uint32Array(slots)
    this.highs = new Uint32Array(slots)
    this.places = new Int32Array(slots).fill(-1)
  }

  /** The place of a hash, which is new if it did not come before. */
  add(low: number, high: number): number {
    const slot = this.slotOf(low, high)
    if (this.places[slot]! < 0) {
      this.lows[slot] = low
      this.highs[slot] = high
      this.places[slot] = this.size++
    }
    return this.places[slot]!
  }

  /** The place of a hash; −1 where it never came. */
  find(low: number, high: number): number {
    return this.places[this.slotOf(low, high)]!
  }

  private slotOf(low: number, high: number): number {
    let slot = low & this.mask
    while (this.places[slot]! >= 0 && (this.lows[slot] !== low || this.highs[slot] !== high))
      slot = (slot + 1) & this.mask
    return slot
  }
}
