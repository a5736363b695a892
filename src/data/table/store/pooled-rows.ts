import { RandomStream } from '../../../base/index.ts'
import type { Source } from '../../source.ts'
import type { PreparedRows } from '../encoding/prepared-rows.ts'
import type { TableEncoding } from '../encoding/table-encoding.ts'
import type { Table } from '../table.ts'

/** Blocks that are mixed in memory at a time. */
export const poolBlocks = 32

/** Rows in blocks, from wherever they are kept. */
export interface BlockedTable {
  readonly rowCount: number
  readonly blockCount: number
  readonly blockRows: number
  readonly blocks: (blocks: readonly number[]) => Promise<Table>
}

interface Pool {
  /** The pool's rows as its examples come. */
  readonly rows: PreparedRows
}

/**
 * Examples from a table too large for memory, shuffled in pools: each epoch draws an order of the blocks; `poolBlocks` of them
 * at a time are in memory and their rows in an order drawn anew. Every row but those held out once an epoch.
 *
 * Example n is a function of the table, the seed and n only, so a run can stop anywhere and go on. `ready` must have been
 * awaited before examples are asked for; it reads the pool after them ahead.
 * heldOut: ascending.
 */
export function pooledRows(options: {
  readonly encoding: TableEncoding
  readonly store: BlockedTable
  readonly heldOut: Int32Array
  readonly seed: number
}): Source & { readonly ready: NonNullable<Source['ready']> } {
  const { encoding, store, heldOut, seed } = options
  const { blockCount, blockRows } = store
  const { width } = encoding
  const rowCount = store.rowCount - heldOut.length
  const heldOutSet = new Set(heldOut)
  const perEpoch = Math.ceil(blockCount / poolBlocks)
  const blockOrder = new RandomStream({ seed, name: 'epoch order/blocks' })
  const rowOrder = new RandomStream({ seed, name: 'epoch order/rows' })

  /** Training rows of each block. */
  const sizes = Int32Array.from({ length: blockCount }, (_, block) =>
    Math.min(blockRows, store.rowCount - block * blockRows),
  )
  for (const row of heldOut) sizes[Math.floor(row / blockRows)]! -= 1

  const layouts = new Map<number, { readonly blocks: Uint32Array; readonly starts: Float64Array }>()
  /** The blocks of an epoch in their order, and the first example of each pool within the epoch. */
  const layoutOf = (epoch: number): { readonly blocks: Uint32Array; readonly starts: Float64Array } => {
    const known = layouts.get(epoch)
    if (known) return known
    const blocks = blockOrder.permutation({ index: epoch, size: blockCount })
    const starts = new Float64Array(perEpoch + 1)
    for (let pool = 0; pool < perEpoch; pool++) {
      const own = blocks.subarray(pool * poolBlocks, (pool + 1) * poolBlocks)
      starts[pool + 1] = starts[pool]! + own.reduce((sum, block) => sum + sizes[block]!, 0)
    }
    const layout = { blocks, starts }
    layouts.set(epoch, layout)
    if (layouts.size > 3) layouts.delete(layouts.keys().next().value!)
    return layout
  }

  /** Which pool, counted over epochs, example n is in, and the first example of the pool. */
  const poolOf = (example: number): { index: number; start: number; end: number } => {
    const epoch = Math.floor(example / rowCount)
    const { starts } = layoutOf(epoch)
    const within = example - epoch * rowCount
    let pool = 0
    while (starts[pool + 1]! <= within) pool++
    const base = epoch * rowCount
    return { index: epoch * perEpoch + pool, start: base + starts[pool]!, end: base + starts[pool + 1]! }
  }

  const load = async (index: number): Promise<Pool> => {
    const epoch = Math.floor(index / perEpoch)
    const pool = index % perEpoch
    const blocks = [...layoutOf(epoch).blocks.subarray(pool * poolBlocks, (pool + 1) * poolBlocks)]
    const table = await store.blocks(blocks)
    const places: number[] = []
    let at = 0
    for (const block of blocks) {
      const count = Math.min(blockRows, store.rowCount - block * blockRows)
      for (let row = 0; row < count; row++)
        if (!heldOutSet.has(block * blockRows + row)) places.push(at + row)
      at += count
    }
    const permutation = rowOrder.permutation({ index, size: places.length })
    const rowIndices = Int32Array.from(permutation, (place) => places[place]!)
    return { rows: encoding.prepare(table, { rowIndices, dequantiseSeed: seed }) }
  }

  const pools = new Map<number, Promise<Pool>>()
  const loaded = new Map<number, Pool>()
  const want = (index: number): Promise<Pool> => {
    const known = pools.get(index)
    if (known) return known
    const loading = load(index).then((pool) => {
      loaded.set(index, pool)
      return pool
    })
    // Whoever needs the pool hears of a failure; reading ahead must not end the process.
    loading.catch(() => pools.delete(index))
    pools.set(index, loading)
    return loading
  }

  return {
    example: { event: [width] },
    count: rowCount,
    ready: async ({ first, count }) => {
      const from = poolOf(first).index
      const to = poolOf(first + count - 1).index
      for (const index of pools.keys())
        if (index < from || index > to + 1) {
          pools.delete(index)
          loaded.delete(index)
        }
      for (let index = from; index <= to; index++) await want(index)
      void want(to + 1)
    },
    fill: ({ first, count }, into) => {
      for (let at = 0; at < count; ) {
        const { index, start, end } = poolOf(first + at)
        const taken = Math.min(count - at, end - first - at)
        const from = first + at - start
        const own = new Int32Array(taken)
        for (let i = 0; i < taken; i++) own[i] = from + i
        const place = into.points.subarray(at * width, (at + taken) * width)
        loaded.get(index)!.rows.write({ rows: own, first: first + at, into: place })
        at += taken
      }
    },
  }
}
