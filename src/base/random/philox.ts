export type Words2 = readonly [number, number]
export type Words4 = readonly [number, number, number, number]

const rounds = 10
const multipliers = [0xd2511f53n, 0xcd9e8d57n] as const
const weyl = [0x9e3779b9, 0xbb67ae85] as const

function product(a: number, b: bigint): { high: number; low: number } {
  const exact = BigInt(a) * b
  return { high: Number(exact >> 32n), low: Number(exact & 0xffffffffn) }
}

/**
 * Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit blocks that looks like noise.
 * Ten rounds of (c₀, c₁, c₂, c₃) ← (hi(M₁c₂) ⊕ c₁ ⊕ k₀, lo(M₁c₂), hi(M₀c₀) ⊕ c₃ ⊕ k₁, lo(M₀c₀)), kᵢ ← kᵢ +
 * Wᵢ. Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 * All words are unsigned 32-bit integers. This is the slow reading copy; the streams run `kernel.as.ts`.
 */
export function philox4x32(counter: Words4, key: Words2): Words4 {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < rounds; round++) {
    const p0 = product(c0, multipliers[0])
    const p1 = product(c2, multipliers[1])
    c0 = (p1.high ^ c1 ^ k0) >>> 0
    c1 = p1.low
    c2 = (p0.high ^ c3 ^ k1) >>> 0
    c3 = p0.low
    k0 = (k0 + weyl[0]) >>> 0
    k1 = (k1 + weyl[1]) >>> 0
  }
  return [c0, c1, c2, c3]
}
