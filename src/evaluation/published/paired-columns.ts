import type { Column } from '../../data/index.ts'
import { columnWords } from '../../data/index.ts'
import type { TablePair } from '../table-metric.ts'
import { columnNamed, numbersOf } from '../views.ts'

/** One column of both tables: numbers, NaN for a gap. */
export interface PairedNumbers {
  readonly kind: 'number'
  readonly name: string
  readonly reference: Float64Array
  readonly candidate: Float64Array
}

/** One column of both tables: equal words have equal codes, a gap is a word. */
export interface PairedWords {
  readonly kind: 'text'
  readonly name: string
  readonly reference: Int32Array
  readonly candidate: Int32Array
  /** Codes are 0 … size − 1. */
  readonly size: number
  /** Codes below are of words that the reference has. */
  readonly known: number
}

export type PairedColumn = PairedNumbers | PairedWords

/** The columns of a pair side by side. The reference says which are numbers. */
export function pairedColumns({ reference, candidate, names }: TablePair): PairedColumn[] {
  return names.map((name) => {
    const [real, made] = [columnNamed(reference, name), columnNamed(candidate, name)]
    return real.kind === 'number'
      ? { kind: 'number', name, reference: real.values, candidate: numbersOf(made) }
      : pairedWords(name, real, made)
  })
}

function pairedWords(name: string, real: Column, made: Column): PairedWords {
  const codes = new Map<string | null, number>()
  const coded = (column: Column): Int32Array =>
    Int32Array.from(columnWords(column), (word) => {
      const known = codes.get(word)
      if (known !== undefined) return known
      codes.set(word, codes.size)
      return codes.size - 1
    })
  const reference = coded(real)
  const known = codes.size
  return { kind: 'text', name, reference, candidate: coded(made), size: codes.size, known }
}
