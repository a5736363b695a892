import { freshSource, plainEncoding, type Table } from '../../data/index.ts'
import type { Density } from '../../density/index.ts'
import { blocksOf } from '../../evaluation/index.ts'
import type { DataWords } from '../../report/index.ts'
import { measureMoments, measureScale } from '../../training/index.ts'
import { dataMoments, withoutMoments } from './data-moments.ts'
import { plainNames } from './given-numbers.ts'
import type { DataAsked, DataDescription, DataKind, DescribedData } from './kind.ts'
import { changedEncoding } from './split-of-data.ts'

/** Draws that the scale is measured on. */
const measuredRows = 5000
/** Draws of each side that a run is judged by. */
const judgedRows = 2000

/** A distribution that can be drawn from for ever. */
export interface Drawable {
  /** d, the columns of a draw. */
  readonly dimension: number
  /** What it is, in a few words. */
  readonly summary: string
  /** Draws first … first + count − 1, [count, d], row by row; draw i is a function of (seed, i) only. */
  readonly sample: (range: { seed: number; first: number; count: number }) => ArrayLike<number>
}

/** In data.json: under the kind's own name, which distribution it is. */
interface DrawnDescription extends DataDescription {
  readonly dimension: number
}

/** A kind of data whose every example is a fresh draw, named `KIND:NAME`: nothing is held out, for nothing comes twice. */
export function drawnData(options: {
  readonly name: string
  readonly summary: string
  readonly words: DataWords
  /** The distribution of that name. */
  readonly named: (name: string) => Drawable
  /** Its density, where that is known. */
  readonly density?: (name: string) => Density
}): DataKind {
  const { name: kind, summary, words, named } = options
  const prefix = `${kind}:`
  const nameOf = ({ source = '' }: DataAsked): string =>
    source.startsWith(prefix) ? source.slice(prefix.length) : source
  return {
    name: kind,
    summary,
    recognises: ({ source }) => source?.startsWith(prefix) === true,
    isSplit: false,
    words,
    absolute: (source) => source,
    runName: nameOf,
    title: ({ source }) => source ?? prefix,
    fingerprint: async () => undefined,
    read: async (asked) => {
      const name = nameOf(asked)
      return { table: drawn(named(name), `${prefix}${name}`, [0], judgedRows), notes: [] }
    },
    prepare: async ({ seed, ...asked }) => {
      const name = nameOf(asked)
      const of = named(name)
      const { dimension } = of
      // Of another seed, so that it is nothing that training sees.
      const measured = of.sample({ seed: seed + 1, first: 0, count: measuredRows })
      const description = {
        ...{ version: 1, kind, [kind]: name, dimension, notes: [of.summary] },
        moments: dataMoments(measured, dimension),
      }
      return {
        description,
        chosen: {},
        moments: () => measureMoments(measured, dimension),
        encoding: plainEncoding(plainNames(dimension)),
        source: freshSource({ event: [dimension], sample: (range) => of.sample({ seed, ...range }) }),
        facts: {
          dimension,
          rows: Number.POSITIVE_INFINITY,
          heldOutRows: 0,
          scale: measureScale(measured, dimension),
          seed,
        },
        notes: [`${name}: ${of.summary}; every example is a fresh draw.`],
      }
    },
    open: (description) => {
      const name = String((description as unknown as Readonly<Record<string, unknown>>)[kind])
      return {
        ...described(description as DrawnDescription, name, `${prefix}${name}`, () => named(name)),
        density: () => options.density?.(name),
      }
    },
  }
}

function described(
  description: DrawnDescription,
  name: string,
  title: string,
  named: () => Drawable,
): DescribedData {
  const columns = plainNames(description.dimension)
  const are = `fresh draws of ${name}`
  return {
    columns,
    counts: undefined,
    says: { test: are, all: are },
    encoding: () => plainEncoding(columns),
    reportColumns: () =>
      columns.map((column) => ({ name: column, type: 'FLOAT', role: 'number', encoding: 'as it is' })),
    split: async (_, seed) => {
      // Seed + 1 is that of the scale.
      const table = drawn(named(), title, [seed, seed + 3], judgedRows)
      const training = Int32Array.from({ length: judgedRows }, (_, row) => row)
      return {
        table,
        training,
        validation: new Int32Array(),
        test: training.map((row) => judgedRows + row),
        learned: (keep) => blocksOf(table, keep(table, training)),
        dispose: async () => {},
      }
    },
    requireSame: (now) => {
      if (withoutMoments(description) !== withoutMoments(now)) throw changedEncoding()
    },
    movedTo: () => description,
  }
}

/** Draws 0 … count − 1 of each seed, one after the other, to the nine digits of a float32. */
function drawn(of: Drawable, source: string, seeds: readonly number[], count: number): Table {
  const { dimension } = of
  const rows = new Float32Array(seeds.length * count * dimension)
  seeds.forEach((seed, i) => {
    rows.set(of.sample({ seed, first: 0, count }), i * count * dimension)
  })
  return plainEncoding(plainNames(dimension)).decode(rows, seeds.length * count, { source })
}
