import { readTable } from '../../data/node.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { conditionShapes, encodeConditionTexts } from './condition-encoding.ts'
import { withoutMoments } from './data-moments.ts'
import type { DataDescription, DataKind, DescribedData } from './kind.ts'
import { readingOf } from './reading.ts'
import { changedEncoding } from './split-of-data.ts'
import { type VectorDescription, vectorEncoding } from './vectors.ts'

/** Rows of numbers that a program gave to `fit`: they are in no file, so they cannot be read again. */
export const vectorData: DataKind = {
  name: 'vectors',
  summary: 'rows of numbers that a program gave to fit',
  recognises: () => false,
  isSplit: false,
  words: { type: 'table', measured: 'rows learned from' },
  absolute: (source) => source,
  runName: () => 'rows',
  title: ({ source = 'rows in memory' }) => source,
  fingerprint: async () => undefined,
  read: (asked) => readTable(readingOf(asked)),
  prepare: async () => {
    throw inMemory()
  },
  open: (description) => described(description as VectorDescription),
}

function described(description: VectorDescription): DescribedData {
  const { columns } = description
  return {
    columns,
    counts: undefined,
    says: { test: 'rows in memory', all: 'rows in memory' },
    encoding: () => vectorEncoding(description),
    conditions: conditionShapes(description.conditions),
    given:
      description.conditions.length === 0
        ? undefined
        : {
            names: description.conditions.map(({ name }) => name),
            encode: (texts) => encodeConditionTexts(description.conditions, texts),
          },
    reportColumns: () => {
      const { columns: encoded } = vectorEncoding(description)
      return encoded.map(({ name, encoder, reason }) => ({
        ...{ name, type: 'DOUBLE', role: 'number', encoding: `${encoder}: ${reason}` },
      }))
    },
    split: async () => {
      throw inMemory()
    },
    requireSame: (now: DataDescription) => {
      if (withoutMoments(description) !== withoutMoments(now)) throw changedEncoding()
    },
    movedTo: () => description,
  }
}

function inMemory(): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'data/in-memory',
    message: 'A program gave the rows that this model learned; no file holds them.',
    hint: 'Sampling and scoring do not need them. To evaluate the model or to train it longer, use the program, or train on a file.',
  })
}
