import type { Table } from '../../data/index.ts'
import type { TrainingState } from '../../training/index.ts'
import type { EncodedModel } from '../experiment/fitted-model.ts'

/** Points of pictures, each byte at a place of its cell. */
export interface Places {
  /** [n, width]. */
  readonly x: Float32Array
  /** ln q(u | v) of all places of a picture together, nats, [n]; 0 where q is uniform. */
  readonly logDensity: Float64Array
}

/** Draws places u ~ q(u | v) of the bytes v of pictures in their cells; to be disposed of after use. */
export interface Dequantiser {
  /** Places of these rows; those of row i depend on (seed, i) and on its bytes only. Rejects with the signal's reason. */
  readonly place: (
    table: Table,
    options: {
      readonly rowIndices: Int32Array
      readonly seed: number
      readonly signal?: AbortSignal | undefined
    },
  ) => Promise<Places>
  /** How much is taken of what was learned, from 0, nothing, to 1; of one that learns. */
  readonly taken?: number
  readonly dispose: () => Promise<void>
}

/** Keeps what was learned, whole or begun; without one it is learned anew each time. */
export interface PlacesStore {
  readonly load: () => Promise<TrainingState | undefined>
  readonly save: (state: TrainingState) => Promise<void>
}

/** What a dequantiser is made from. */
export interface DequantiserGiven {
  readonly model: EncodedModel
  /** Pictures to learn from, read only where something is learned. */
  readonly pictures: () => Promise<{ readonly table: Table; readonly rowIndices: Int32Array }>
  /** Steps of learning; by the record unless given. */
  readonly steps?: number | undefined
  /** Of what is learned; 0 unless given. */
  readonly seed?: number | undefined
  readonly store?: ((key: PlacesKey) => PlacesStore) | undefined
  readonly signal?: AbortSignal | undefined
  /** Hears of steps of learning. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** What else than the model's weights the learned places depend on. */
export type PlacesKey = Readonly<Record<string, string | number>>

/**
 * A way to spread bytes over their cells [0, 1)ᵈ, that makes of a density a bound on the probability of bytes:
 *
 * −ln P(v) ≤ E_{q(u|v)}[ln q(u | v) − ln p(v + u)].
 *
 * A record, found by its name. The smaller the divergence of q(u | v) from p(u | v), the nearer the bound.
 */
export interface Dequantisation {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Errors: `family/cannot` where the model has not what it takes; those of training; the signal's reason. */
  readonly open: (given: DequantiserGiven) => Promise<Dequantiser>
}
