// The random kernel, in AssemblyScript; scripts/build-random-kernel.mjs compiles it to kernel.wasm.ts.
//
// A request is made tile by tile, each tile in place and step by step:
//   philox → [boxMuller] → interleave → [uniform | uniform64] → [pack],  or  philox → interleave → signs.
// A block is 4 words of 32 bits, a group is 4 blocks (64 bytes). `philox` writes group g at byte 64 g, four
// blocks side by side: word 0 of each, then word 1 of each, and so on; `interleave` puts the words into
// reading order. Only IEEE 754 basic operations and square roots are used, none of them fused or relaxed, so
// every engine and platform gets the same bits.

/** How many blocks a tile holds; its words begin at address 0. */
export const tileBlocks: i32 = 2048
/** Where `signs` writes, and how many values it has room for. */
export const signsAddress: i32 = 65536
export const signsCapacity: i32 = 8192

const multiplier0: u32 = 0xd2511f53
const multiplier1: u32 = 0xcd9e8d57
const weyl0: u32 = 0x9e3779b9
const weyl1: u32 = 0xbb67ae85

function lanes(a: u32, b: u32, c: u32, d: u32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(a), 1, b), 2, c), 3, d)
}

function highProduct(a: v128, b: v128): v128 {
  const left = i64x2.extmul_low_i32x4_u(a, b)
  const right = i64x2.extmul_high_i32x4_u(a, b)
  return v128.shuffle<i32>(left, right, 1, 3, 5, 7)
}

/**
 * Philox4x32-10 (Salmon et al. 2011) of `groups` groups of blocks in row-major order, from column
 * `firstBlock` of each row. A block's counter: (index low, index high, block within the row, user counter).
 * The caller makes sure that `indexLow` does not wrap within a tile. Two groups, a and b, pass the rounds
 * together: one alone waits for its multiplications.
 */
export function philox(
  key0: u32,
  key1: u32,
  indexLow: u32,
  indexHigh: u32,
  firstBlock: u32,
  counter: u32,
  blocksPerRow: u32,
  groups: i32,
): void {
  const m0 = i32x4.splat(multiplier0)
  const m1 = i32x4.splat(multiplier1)
  const high = i32x4.splat(indexHigh)
  const user = i32x4.splat(counter)
  // Four blocks on is `rowStep` rows and `blockStep` blocks on, and one row more where that passes the row's
  // end.
  const rowStep = i32x4.splat(4 / blocksPerRow)
  const blockStep = i32x4.splat(4 % blocksPerRow)
  const rowLength = i32x4.splat(blocksPerRow)
  const lastBlock = i32x4.splat(firstBlock + blocksPerRow - 1)
  let index = i32x4.add(i32x4.splat(indexLow), lanes(0, 1 / blocksPerRow, 2 / blocksPerRow, 3 / blocksPerRow))
  let block = i32x4.add(
    i32x4.splat(firstBlock),
    lanes(0, 1 % blocksPerRow, 2 % blocksPerRow, 3 % blocksPerRow),
  )

  const end = groups << 6
  for (let address = 0; address < end; address += 128) {
    let a0 = index
    let a1 = high
    let a2 = block
    let a3 = user
    block = i32x4.add(block, blockStep)
    const passedA = i32x4.gt_s(block, lastBlock) // −1 where true
    block = i32x4.sub(block, v128.and(passedA, rowLength))
    index = i32x4.sub(i32x4.add(index, rowStep), passedA)

    let b0 = index
    let b1 = high
    let b2 = block
    let b3 = user
    block = i32x4.add(block, blockStep)
    const passedB = i32x4.gt_s(block, lastBlock)
    block = i32x4.sub(block, v128.and(passedB, rowLength))
    index = i32x4.sub(i32x4.add(index, rowStep), passedB)

    let k0 = key0
    let k1 = key1
    for (let round = 0; round < 10; round++) {
      const roundKey0 = i32x4.splat(k0)
      const roundKey1 = i32x4.splat(k1)

      const lowA0 = i32x4.mul(a0, m0)
      const lowA2 = i32x4.mul(a2, m1)
      const highA0 = highProduct(a0, m0)
      const highA2 = highProduct(a2, m1)
      a0 = v128.xor(v128.xor(highA2, a1), roundKey0)
      a1 = lowA2
      a2 = v128.xor(v128.xor(highA0, a3), roundKey1)
      a3 = lowA0

      const lowB0 = i32x4.mul(b0, m0)
      const lowB2 = i32x4.mul(b2, m1)
      const highB0 = highProduct(b0, m0)
      const highB2 = highProduct(b2, m1)
      b0 = v128.xor(v128.xor(highB2, b1), roundKey0)
      b1 = lowB2
      b2 = v128.xor(v128.xor(highB0, b3), roundKey1)
      b3 = lowB0

      k0 += weyl0
      k1 += weyl1
    }

    v128.store(address, a0)
    v128.store(address, a1, 16)
    v128.store(address, a2, 32)
    v128.store(address, a3, 48)
    v128.store(address, b0, 64)
    v128.store(address, b1, 80)
    v128.store(address, b2, 96)
    v128.store(address, b3, 112)
  }
}

/** a + b·y, rounded twice. */
function multiplyAdd(a: f32, b: v128, y: v128): v128 {
  return f32x4.add(f32x4.splat(a), f32x4.mul(b, y))
}

/**
 * √(−2 ln u) with u = (word + ½) / 2³², relatively accurate at both ends.
 *
 * With m = min(word, 2³² − 1 − word) and v = (m + ½) / 2³² < ½, u is v or 1 − v.
 * ln u = k ln 2 + ln(1 + f), where k and f = 2⁻ᵏu − 1 are such that 1 + f lies in [√½, √2); f is formed from
 * v, so 1 − v costs no digits. ln(1 + f) = 2 artanh s with s = f / (2 + f): s times a minimax polynomial in s²
 * (relative error 8e−10).
 */
function radius(word: v128): v128 {
  const upper = i32x4.shr_s(word, 31) // all ones where u > ½
  const m = f32x4.convert_i32x4_s(v128.xor(word, upper))
  const v = f32x4.add(
    f32x4.mul(m, f32x4.splat(<f32>2.3283064365386963e-10)),
    f32x4.splat(<f32>1.1641532182693481e-10),
  )
  const one = f32x4.splat(1)
  const u = v128.bitselect(f32x4.sub(one, v), v, upper)
  // The bits of u less those of √½, without the significand: k · 2²³.
  const exponent = v128.and(i32x4.sub(u, i32x4.splat(0x3f3504f3)), i32x4.splat(0xff800000))
  const scale = i32x4.sub(one, exponent) // 2⁻ᵏ
  const signed = v128.xor(v, v128.and(upper, i32x4.splat(0x80000000)))
  const f = f32x4.add(f32x4.mul(signed, scale), f32x4.sub(v128.and(upper, scale), one))
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)))
  const y = f32x4.mul(s, s)
  let p = multiplyAdd(-0.7995513677597046, f32x4.splat(-0.5974292159080505), y)
  p = multiplyAdd(-1.333335518836975, p, y)
  p = multiplyAdd(-4, p, y)
  // −2 k ln 2
  const shift = f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(<f32>-1.6525916635146132e-7))
  return f32x4.sqrt(f32x4.add(f32x4.mul(s, p), shift))
}

/**
 * Box and Muller (1958), in place: words (w₀, w₁) become (r cos 2πu₁, r sin 2πu₁), r = √(−2 ln u₀),
 * uᵢ = (wᵢ + ½) / 2³². `pairs` is 2, or 1 where rows are so short that nobody reads words 2 and 3.
 *
 * u₁ is split into the nearest quarter turn q and the rest x in [−⅛, ⅛] turns: sine and cosine of the rest
 * are minimax polynomials (relative errors 3e−8 and 1e−9), q exchanges them and sets their signs.
 */
export function boxMuller(groups: i32, pairs: i32): void {
  const end = groups << 6
  const stride = 64 >> (pairs - 1)
  const signBit = i32x4.splat(0x80000000)
  for (let address = 0; address < end; address += stride) {
    const r = radius(v128.load(address))
    const word = v128.load(address, 16)
    // The rest is the low 30 bits, read as signed.
    const rest = f32x4.convert_i32x4_s(i32x4.shl(word, 2))
    const x = f32x4.add(
      f32x4.mul(rest, f32x4.splat(<f32>5.820766091346741e-11)),
      f32x4.splat(<f32>1.1641532182693481e-10),
    )
    const y = f32x4.mul(x, x)
    let sine = multiplyAdd(81.62562561035156, f32x4.splat(-76.77495574951172), y)
    sine = multiplyAdd(-41.34186553955078, sine, y)
    sine = multiplyAdd(6.2831854820251465, sine, y)
    sine = f32x4.mul(f32x4.mul(sine, x), r)
    let cosine = multiplyAdd(-85.42452239990234, f32x4.splat(58.62105941772461), y)
    cosine = multiplyAdd(64.93914794921875, cosine, y)
    cosine = multiplyAdd(-19.739208221435547, cosine, y)
    cosine = f32x4.mul(multiplyAdd(1, cosine, y), r)

    const quarter = i32x4.add(word, i32x4.splat(0x20000000)) // q in the top two bits
    const odd = i32x4.shr_s(i32x4.shl(quarter, 1), 31)
    const cosineSign = v128.and(i32x4.add(quarter, i32x4.splat(0x40000000)), signBit)
    const sineSign = v128.and(quarter, signBit)
    v128.store(address, v128.xor(v128.bitselect(sine, cosine, odd), cosineSign))
    v128.store(address, v128.xor(v128.bitselect(cosine, sine, odd), sineSign), 16)
  }
}

/** Puts each group into reading order, in place: a transpose of 4 × 4 words. */
export function interleave(groups: i32): void {
  const end = groups << 6
  for (let address = 0; address < end; address += 64) {
    const w0 = v128.load(address)
    const w1 = v128.load(address, 16)
    const w2 = v128.load(address, 32)
    const w3 = v128.load(address, 48)
    const left01 = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5)
    const right01 = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7)
    const left23 = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5)
    const right23 = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7)
    v128.store(address, v128.shuffle<i64>(left01, left23, 0, 2))
    v128.store(address, v128.shuffle<i64>(left01, left23, 1, 3), 16)
    v128.store(address, v128.shuffle<i64>(right01, right23, 0, 2), 32)
    v128.store(address, v128.shuffle<i64>(right01, right23, 1, 3), 48)
  }
}

/**
 * Words in reading order to (⌊word / 2⁹⌋ + ½) / 2²³ as float32, exactly: the bits of a number in [1, 2), less
 * 1 − 2⁻²⁴.
 */
export function uniform(groups: i32): void {
  const end = groups << 6
  for (let address = 0; address < end; address += 16) {
    const bits = v128.or(i32x4.shr_u(v128.load(address), 9), i32x4.splat(0x3f800000))
    v128.store(address, f32x4.sub(bits, f32x4.splat(0.9999999403953552)))
  }
}

/** Pairs of words in reading order, low word first, to (⌊pair / 2¹²⌋ + ½) / 2⁵² as float64, exactly. */
export function uniform64(groups: i32): void {
  const end = groups << 6
  for (let address = 0; address < end; address += 16) {
    const bits = v128.or(i64x2.shr_u(v128.load(address), 12), i64x2.splat(0x3ff0000000000000))
    v128.store(address, f64x2.sub(bits, f64x2.splat(0.9999999999999999)))
  }
}

/** Closes the gaps after partial last blocks, in place: rows of whole blocks become rows of `rowBytes`. */
export function pack(rows: i32, blocksPerRow: i32, rowBytes: i32): void {
  let source = 0
  let rowStart = 0
  for (let row = 0; row < rows; row++) {
    // Going up, a store never reaches a block that is still to be read, and the next row overwrites what is
    // too much.
    for (let block = 0; block < blocksPerRow; block++) {
      v128.store(rowStart + (block << 4), v128.load(source))
      source += 16
    }
    rowStart += rowBytes
  }
}

/**
 * Bits, from the lowest of each word up, to ±1 at `signsAddress`: rows of `width` values from rows of whole
 * blocks.
 */
export function signs(rows: i32, blocksPerRow: i32, width: i32): void {
  const select = i32x4(1, 2, 4, 8)
  let target = signsAddress
  for (let row = 0; row < rows; row++) {
    const source = (row * blocksPerRow) << 4
    for (let value = 0; value < width; value += 4) {
      const bits = i32x4.splat(load<u32>(source + ((value >> 5) << 2)) >> (value & 31))
      const clear = i32x4.eq(v128.and(bits, select), i32x4.splat(0))
      const sign = v128.and(clear, i32x4.splat(0x80000000))
      v128.store(target + (value << 2), v128.or(sign, f32x4.splat(1)))
    }
    target += width << 2
  }
}
