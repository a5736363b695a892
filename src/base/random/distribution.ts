import type { Kernel } from './kernel.ts'

/**
 * A part of a request that the kernel makes at once: `rows` rows of `width` values, in `groups` × 4 blocks.
 */
export interface Tile {
  readonly rows: number
  readonly width: number
  readonly blocksPerRow: number
  readonly groups: number
}

export type Values = Uint32Array | Float32Array | Float64Array

/** What a stream's words are turned into. */
export interface Distribution<T extends Values> {
  readonly name: string
  /** Values made of one block of four words. */
  readonly valuesPerBlock: number
  /** The most values one tile may hold, a multiple of `valuesPerBlock`. */
  readonly tileValues: (kernel: Kernel) => number
  readonly allocate: (length: number) => T
  /**
   * Turns the tile's Philox words into values, rows without gaps, and returns the memory that begins with
   * them.
   */
  readonly transform: (kernel: Kernel, tile: Tile) => T
}

function pack(kernel: Kernel, tile: Tile, bytesPerValue: number): void {
  const rowBytes = tile.width * bytesPerValue
  if (rowBytes < tile.blocksPerRow * 16) kernel.run.pack(tile.rows, tile.blocksPerRow, rowBytes)
}

/** Unsigned 32-bit words. */
export const bits: Distribution<Uint32Array> = {
  name: 'bits',
  valuesPerBlock: 4,
  tileValues: (kernel) => kernel.tileBlocks * 4,
  allocate: (length) => new Uint32Array(length),
  transform(kernel, tile) {
    kernel.run.interleave(tile.groups)
    pack(kernel, tile, 4)
    return kernel.words
  },
}

/** Uniform on the odd multiples of 2⁻²⁴ in (0, 1): (⌊word / 2⁹⌋ + ½) / 2²³. */
export const uniform: Distribution<Float32Array> = {
  name: 'uniform',
  valuesPerBlock: 4,
  tileValues: (kernel) => kernel.tileBlocks * 4,
  allocate: (length) => new Float32Array(length),
  transform(kernel, tile) {
    kernel.run.interleave(tile.groups)
    kernel.run.uniform(tile.groups)
    pack(kernel, tile, 4)
    return kernel.floats
  },
}

/** Standard normal, two of two words (Box & Muller 1958). */
export const normal: Distribution<Float32Array> = {
  name: 'normal',
  valuesPerBlock: 4,
  tileValues: (kernel) => kernel.tileBlocks * 4,
  allocate: (length) => new Float32Array(length),
  transform(kernel, tile) {
    kernel.run.boxMuller(tile.groups, tile.width > 2 ? 2 : 1)
    kernel.run.interleave(tile.groups)
    pack(kernel, tile, 4)
    return kernel.floats
  },
}

/** ±1 with probability ½ each: value j of a row is bit j mod 32 of word ⌊j / 32⌋, 1 for a set bit. */
export const rademacher: Distribution<Float32Array> = {
  name: 'rademacher',
  valuesPerBlock: 128,
  tileValues: (kernel) => kernel.signsCapacity,
  allocate: (length) => new Float32Array(length),
  transform(kernel, tile) {
    kernel.run.interleave(tile.groups)
    kernel.run.signs(tile.rows, tile.blocksPerRow, tile.width)
    return kernel.signs
  },
}

/**
 * Uniform on the odd multiples of 2⁻⁵³ in (0, 1): (⌊pair / 2¹²⌋ + ½) / 2⁵², a pair being two words, low one
 * first.
 */
export const uniform64: Distribution<Float64Array> = {
  name: 'uniform64',
  valuesPerBlock: 2,
  tileValues: (kernel) => kernel.tileBlocks * 2,
  allocate: (length) => new Float64Array(length),
  transform(kernel, tile) {
    kernel.run.interleave(tile.groups)
    kernel.run.uniform64(tile.groups)
    pack(kernel, tile, 8)
    return kernel.doubles
  },
}
