/**
 * 64 bits of a picture's bytes as 16 hexadecimal digits: equal pictures have equal ones, and two of a million different ones share
 * them with probability 3e-8. Two chains of h ← (h ⊕ byte) · odd, each mixed as MurmurHash3 ends (Appleby 2011).
 */
export function pictureSum(bytes: Uint8Array): string {
  let low = 0x2545f491 ^ bytes.length
  let high = 0x6c62272e
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    low = Math.imul(low ^ byte, 0x9e3779b1)
    low ^= low >>> 15
    high = Math.imul(high ^ byte, 0x85ebca6b)
    high ^= high >>> 13
  }
  return hex(low) + hex(high)
}

/**
 * The difference hash of a picture, 64 bits in two halves: of 9 × 8 mean brightnesses, whether each is brighter than its left neighbour.
 * Pictures that look alike differ in few bits, whatever their size, compression or brightness.  Krawetz 2013 (dHash).
 *
 * bytes: [h · w · c], colours multiplied by opacity.
 */
export function differenceHash(
  bytes: Uint8Array,
  shape: { readonly height: number; readonly width: number; readonly channels: number },
): readonly [low: number, high: number] {
  const grid = brightnesses(bytes, shape, 9, 8)
  const halves: [number, number] = [0, 0]
  for (let bit = 0; bit < 64; bit++) {
    const at = Math.floor(bit / 8) * 9 + (bit % 8)
    if (grid[at + 1]! > grid[at]!) halves[bit >> 5]! |= 1 << (bit & 31)
  }
  return [halves[0] >>> 0, halves[1] >>> 0]
}

/** Bits in which two hashes differ. */
export function hammingDistance(a: readonly [number, number], b: readonly [number, number]): number {
  return bitsOf(a[0] ^ b[0]) + bitsOf(a[1] ^ b[1])
}

/** Mean brightness of each cell of a grid of so many columns and rows: every pixel counts by the part of it that lies in the cell. */
function brightnesses(
  bytes: Uint8Array,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
  columns: number,
  rows: number,
): Float64Array {
  const sums = new Float64Array(columns * rows)
  const across = overlaps(width, columns)
  const down = overlaps(height, rows)
  const colours = channels === 4 ? 3 : channels
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let light = 0
      for (let c = 0; c < colours; c++) light += bytes[(y * width + x) * channels + c]!
      for (const [row, tall] of down[y]!)
        for (const [column, wide] of across[x]!) sums[row * columns + column]! += light * tall * wide
    }
  return sums
}

/** For each of `from` pixels, the cells of `to` that it lies in and how much of it. */
function overlaps(from: number, to: number): (readonly [cell: number, part: number])[][] {
  return Array.from({ length: from }, (_, pixel) => {
    const [start, end] = [(pixel * to) / from, ((pixel + 1) * to) / from]
    const parts: (readonly [number, number])[] = []
    for (let cell = Math.floor(start); cell < end && cell < to; cell++) {
      const part = Math.min(end, cell + 1) - Math.max(start, cell)
      if (part > 0) parts.push([cell, part])
    }
    return parts
  })
}

function bitsOf(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function hex(word: number): string {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0).toString(16).padStart(8, '0')
}
