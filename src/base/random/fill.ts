import type { Distribution, Values } from './distribution.ts'
import { loadKernel } from './kernel.ts'
import type { Words2 } from './philox.ts'

/** A checked range; rows begin at block `firstBlock` of their words instead of at the first. */
export interface FillRequest {
  readonly key: Words2
  readonly first: number
  readonly count: number
  readonly width: number
  readonly counter: number
  readonly firstBlock: number
}

/**
 * Fills `out`, shape [count, width], tile by tile: several whole rows at once, or a piece of one long row.
 * Block b of the row of index i is Philox4x32-10 of the counter (i mod 2³², ⌊i / 2³²⌋, firstBlock + b,
 * counter).
 */
export function fill<T extends Values>(out: T, distribution: Distribution<T>, request: FillRequest): T {
  const { key, first, count, width, counter, firstBlock } = request
  const { valuesPerBlock } = distribution
  const kernel = loadKernel()
  const tileValues = distribution.tileValues(kernel)
  const columnsPerTile = Math.min(width, tileValues)
  const blocksPerTileRow = Math.ceil(columnsPerTile / valuesPerBlock)
  const rowsPerTile = Math.floor(Math.min(kernel.tileBlocks / blocksPerTileRow, tileValues / columnsPerTile))

  for (let row = 0, rows: number; row < count; row += rows) {
    const index = first + row
    const indexLow = index % 2 ** 32
    rows = Math.min(rowsPerTile, count - row, 2 ** 32 - indexLow)
    for (let column = 0; column < width; column += columnsPerTile) {
      const columns = Math.min(columnsPerTile, width - column)
      const blocksPerRow = Math.ceil(columns / valuesPerBlock)
      const groups = Math.ceil((rows * blocksPerRow) / 4)
      const block = firstBlock + column / valuesPerBlock
      const indexHigh = Math.floor(index / 2 ** 32)
      kernel.run.philox(key[0], key[1], indexLow, indexHigh, block, counter, blocksPerRow, groups)
      const values = distribution.transform(kernel, { rows, width: columns, blocksPerRow, groups })
      out.set(values.subarray(0, rows * columns), row * width + column)
    }
  }
  return out
}
