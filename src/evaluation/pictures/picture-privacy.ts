import { bytesOf, pictureColumn, requireLoaded, type Table } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import type { Tables } from '../compared-tables.ts'
import { cellHashes } from '../privacy/cell-hashes.ts'
import { CopySearch } from '../privacy/copies.ts'
import { nearerEstimate } from '../privacy/nearer.ts'
import { drawn, membershipOf, type Privacy, privacyOf } from '../privacy/privacy.ts'
import type { RowBlocks } from '../privacy/row-blocks.ts'
import { Neighbours } from '../statistics/box-tree.ts'
import { type Nearest, NearestSearch } from './nearest.ts'

/** Synthetic pictures whose nearest neighbours are looked for. */
const mostSynthetic = 2000
/** Real pictures that show what is usual, of each side. */
const mostReal = 1000
/** Training pictures that show how often pictures are equal by nature. */
const mostFellows = 20_000

const names = [pictureColumn]

/**
 * Looks for training pictures in synthetic ones, as `measurePrivacy` does for rows: copies to the byte; near copies, whose closest
 * training picture is much nearer than the next, compared with how near training pictures are to each other; whether synthetic
 * pictures are nearer to training pictures than to held-out ones; and the nearest-neighbour attack on membership.
 *
 * Distances are those of the bytes, ‖a − b‖. training: the pictures learned from, of which `tables.real` are some.
 */
export async function measurePicturePrivacy(
  tables: Tables,
  options: {
    readonly seed: number
    readonly training: RowBlocks
    readonly runtime?: Runtime | undefined
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: (done: number, total: number) => void
  },
): Promise<Privacy> {
  const { seed, training, runtime, signal, onProgress } = options
  signal?.throwIfAborted()
  const { real, heldOut, synthetic } = tables
  const some = {
    synthetic: drawn(synthetic, mostSynthetic, seed, 0),
    heldOut: drawn(heldOut, mostReal, seed, 1),
    real: drawn(real, mostReal, seed, 2),
  }
  const fellows = drawn(real, mostFellows, seed, 3)
  const copies = {
    synthetic: new CopySearch(synthetic, names),
    heldOut: new CopySearch(heldOut, names),
    real: new CopySearch(fellows, names),
  }
  // One search for all: rows of the three sets one after the other.
  const sets = [some.synthetic, some.heldOut, some.real]
  const search = await open(sets, 3, runtime)
  const hashes: Hashes[] = []
  let trainingRows = 0
  const breathe = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve))
    signal?.throwIfAborted()
  }
  try {
    for await (const block of training.read()) {
      const own = cellHashes(block, names)
      for (const copy of Object.values(copies)) copy.pass(own)
      hashes.push(own)
      await search.pass(vectorsOf(block), trainingRows, breathe)
      trainingRows += block.rowCount
      onProgress?.(trainingRows, training.rowCount)
    }
    const [ofSynthetic, ofHeldOut, ofReal] = parted(search.found(), sets, joined(hashes))
    const closest = { synthetic: ofSynthetic!, heldOut: ofHeldOut!, real: ofReal! }
    const toHeldOut = await neighbours(some.synthetic, heldOut, runtime, breathe)
    const nearer = nearerEstimate({
      toTraining: ofSynthetic!,
      toHeldOut,
      trainingRows,
      heldOutRows: heldOut.rowCount,
    })
    const membership = membershipOf(
      await neighbours(some.real, some.synthetic, runtime, breathe),
      await neighbours(some.heldOut, some.synthetic, runtime, breathe),
    )
    return privacyOf({
      ...{ trainingRows, copies, closest, nearer, membership },
      rows: { synthetic: synthetic.rowCount, heldOut: heldOut.rowCount, fellows: fellows.rowCount },
    })
  } finally {
    await search.dispose()
  }
}

type Hashes = Pick<ReturnType<typeof cellHashes>, 'lows' | 'highs'>

/** The bytes of pictures as numbers, [n, h · w · c]. */
export function vectorsOf({ pictures }: Table): Float32Array {
  return Float32Array.from(requireLoaded(pictures![0]!).values)
}

function open(sets: readonly Table[], most: number, runtime: Runtime | undefined): Promise<NearestSearch> {
  const width = bytesOf(sets[0]!.pictures![0]!)
  const of = new Float32Array(sets.reduce((sum, { rowCount }) => sum + rowCount, 0) * width)
  let at = 0
  for (const set of sets) {
    of.set(vectorsOf(set), at)
    at += set.rowCount * width
  }
  return NearestSearch.open({ of, width, most, runtime })
}

async function neighbours(
  of: Table,
  among: Table,
  runtime: Runtime | undefined,
  breathe: () => Promise<void>,
): Promise<Neighbours> {
  const search = await open([of], 3, runtime)
  try {
    await search.pass(vectorsOf(among), 0, breathe)
    return parted(search.found(), [of], cellHashes(among, names))[0]!
  } finally {
    await search.dispose()
  }
}

/** What was found, set by set, as figures of privacy take it. `hashes`: of those that were offered. */
function parted(found: Nearest, sets: readonly Table[], hashes: Hashes): Neighbours[] {
  let first = 0
  return sets.map((table) => {
    const { most } = found
    const none = {
      power: 2,
      numbers: new Float64Array(),
      numberWidth: 0,
      codes: new Int32Array(),
      codeWidth: 0,
    } as const
    const own = cellHashes(table, names)
    const near = new Neighbours({ ...none, count: table.rowCount, lows: own.lows, highs: own.highs }, most)
    for (let row = 0; row < table.rowCount; row++) {
      const at = (first + row) * most
      for (let k = 0; k < most; k++) {
        const index = found.index[at + k]!
        if (index < 0) continue
        near.insert(row, found.apart[at + k]!, hashes.lows[index]!, hashes.highs[index]!)
        if (found.apart[at + k] === found.apart[at]) near.ties[row]!++
      }
    }
    first += table.rowCount
    return near
  })
}

function joined(parts: readonly Hashes[]): Hashes {
  const of = (side: keyof Hashes): Uint32Array => {
    const all = new Uint32Array(parts.reduce((sum, part) => sum + part[side].length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part[side], at)
      at += part[side].length
    }
    return all
  }
  return { lows: of('lows'), highs: of('highs') }
}
