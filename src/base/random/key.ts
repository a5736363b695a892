import type { Words2 } from './philox.ts'

const word64 = (value: bigint): bigint => BigInt.asUintN(64, value)

/** FNV-1a of the UTF-8 bytes, 64 bits (Fowler, Noll & Vo). */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = word64((hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}

/**
 * The bijection of 64-bit words that ends SplitMix64 (Steele, Lea & Flood 2014; constants by Stafford,
 * variant 13).
 */
function mix(word: bigint): bigint {
  const once = word64((word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n)
  const twice = word64((once ^ (once >> 27n)) * 0x94d049bb133111ebn)
  return twice ^ (twice >> 31n)
}

/**
 * The Philox key of a stream: mix(mix(seed + 0x9e3779b97f4a7c15) ⊕ FNV-1a(name)), low word first.
 * `mix` is a bijection, so two seeds under one name never share a key, nor do two names of different hash
 * under one seed. seed: integer in [0, 2⁵³). name: any text, read as UTF-8.
 */
export function streamKey(seed: number, name: string): Words2 {
  const key = mix(mix(word64(BigInt(seed) + 0x9e3779b97f4a7c15n)) ^ fnv1a(name))
  return [Number(key & 0xffffffffn), Number(key >> 32n)]
}
