import { freshRows, plainEncoding, type Table } from '../../data/index.ts'
import { type Toy, toyByName } from '../../density/index.ts'
import { blocksOf } from '../../evaluation/index.ts'
import { measureMoments, measureScale } from '../../training/index.ts'
import type { DataAsked, DataDescription, DataKind, DescribedData } from './kind.ts'
import { changedEncoding } from './split-of-data.ts'

/** Prefix of data that are a known density: `toy:two-moons`. */
const prefix = 'toy:'
/** Draws that the scale is measured on. */
const measuredRows = 5000
/** Draws of each side that a run is judged by. */
const judgedRows = 2000

interface ToyDescription extends DataDescription {
  readonly kind: 'toy'
  readonly toy: string
  readonly dimension: number
}

/** Fresh draws of a known density, for ever: nothing is held out, for nothing comes twice. */
export const toyData: DataKind = {
  name: 'toy',
  summary: 'fresh draws of a known density, as toy:NAME (scorefield list toys)',
  recognises: ({ source }) => source?.startsWith(prefix) === true,
  isSplit: false,
  words: {
    type: 'known-density',
    measured: 'other fresh draws',
    nobodys: 'The data are draws of a known density: nobody’s.',
    terms: 'The data are a mathematical density, free for everybody.',
  },
  absolute: (source) => source,
  runName: nameOf,
  title: ({ source }) => source ?? prefix,
  fingerprint: async () => undefined,
  read: async (asked) => {
    const toy = toyByName(nameOf(asked))
    return { table: drawn(toy, [0], measuredRows), notes: [] }
  },
  prepare: async ({ seed, ...asked }) => {
    const toy = toyByName(nameOf(asked))
    const { dimension } = toy
    const measured = toy.sample({ seed: seed + 1, first: 0, count: measuredRows })
    const description: ToyDescription = {
      version: 1,
      kind: 'toy',
      toy: toy.name,
      dimension,
      notes: [toy.summary],
    }
    return {
      description,
      chosen: {},
      moments: () => measureMoments(measured, dimension),
      parts: [{ kind: 'numbers', width: dimension }],
      source: freshRows({ dimension, sample: (range) => toy.sample({ seed, ...range }) }),
      facts: {
        dimension,
        rows: Number.POSITIVE_INFINITY,
        heldOutRows: 0,
        scale: measureScale(measured, dimension),
        seed,
      },
      notes: [`${toy.name}: ${toy.summary}; every example is a fresh draw.`],
    }
  },
  open: (description) => described(description as ToyDescription),
}

function described(description: ToyDescription): DescribedData {
  const { toy, dimension } = description
  const columns = columnsOf(dimension)
  const are = `fresh draws of ${toy}`
  return {
    columns,
    counts: undefined,
    says: { test: are, all: are },
    encoding: () => plainEncoding(columns),
    reportColumns: () =>
      columns.map((name) => ({ name, type: 'FLOAT', role: 'number', encoding: 'as it is' })),
    split: async (_, seed) => {
      // The seeds of training and of a scale are taken.
      const table = drawn(toyByName(toy), [seed, seed + 3], judgedRows)
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
      if (JSON.stringify(description) !== JSON.stringify(now)) throw changedEncoding()
    },
    movedTo: () => description,
  }
}

function nameOf({ source = '' }: DataAsked): string {
  return source.startsWith(prefix) ? source.slice(prefix.length) : source
}

function columnsOf(dimension: number): string[] {
  return Array.from({ length: dimension }, (_, i) => `x${i + 1}`)
}

/** Draws 0 … count − 1 of each seed, one after the other, to the nine digits of a float32. */
function drawn(toy: Toy, seeds: readonly number[], count: number): Table {
  const { dimension } = toy
  const rows = new Float32Array(seeds.length * count * dimension)
  seeds.forEach((seed, i) => {
    rows.set(toy.sample({ seed, first: 0, count }), i * count * dimension)
  })
  return plainEncoding(columnsOf(dimension)).decode(rows, seeds.length * count, {
    source: `${prefix}${toy.name}`,
  })
}
