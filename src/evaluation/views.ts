import { type Column, columnWords, type Table } from '../data/index.ts'
import { scaled, scalingOf } from './rows.ts'

/** Numbers that stand for the rows of a table, [n, d]. */
export interface View {
  readonly values: Float64Array
  /** Names of the d columns. */
  readonly columns: readonly string[]
}

/** Makes the same view of any table that has the columns of the one fitted to. */
export type Viewer = (table: Table) => View

/** Words beyond the most frequent so many share one place. */
const mostWords = 64

/**
 * What a judge that asks "is it below t?" is given: numbers as they are, NaN for a gap, which boosted trees ask for themselves; of each
 * category one code, the most frequent first. A word that was not fitted to is a code of its own beyond all others.
 */
export function treeViewer(fitted: Table, names: readonly string[]): Viewer {
  const parts = names.map((name) => {
    const column = columnNamed(fitted, name)
    if (column.kind === 'number') return { name, write: numbersOf }
    const places = frequencyPlaces(column)
    return {
      name,
      write: (of: Column) => Float64Array.from(columnWords(of), (word) => places.get(word) ?? places.size),
    }
  })
  return (table) =>
    sideBySide(
      table,
      names,
      parts.map(({ name, write }) => [{ name, of: write }]),
    )
}

/**
 * What distances are measured in: numbers centred and divided by their standard deviation (a gap at 0, beside it a column that
 * is 1/√2 for it), categories as one column a word, 1/√2 where it is that word, so that two different words are at distance 1.
 */
export function distanceViewer(fitted: Table, names: readonly string[]): Viewer {
  const parts = names.map((name) => partsForDistances(columnNamed(fitted, name)))
  return (table) => sideBySide(table, names, parts)
}

interface Part {
  readonly name: string
  readonly of: (column: Column) => Float64Array
}

function partsForDistances(column: Column): Part[] {
  const { name } = column
  if (column.kind === 'text') {
    const words = [...frequencyPlaces(column).keys()].slice(0, mostWords)
    return words.map((word) => ({
      name: `${name} = ${word ?? 'a gap'}`,
      of: (of) => Float64Array.from(columnWords(of), (other) => (other === word ? Math.SQRT1_2 : 0)),
    }))
  }
  const filled = column.values.filter((value) => !Number.isNaN(value))
  const scaling = scalingOf({ values: filled, count: filled.length, dimension: 1 })
  const inDeviations = (numbers: Float64Array): Float64Array =>
    scaled({ values: numbers, count: numbers.length, dimension: 1 }, scaling).values
  const value: Part = {
    name,
    of: (of) => inDeviations(numbersOf(of)).map((number) => (Number.isNaN(number) ? 0 : number)),
  }
  if (filled.length === column.values.length) return [value]
  return [
    value,
    {
      name: `${name} = a gap`,
      of: (of) => numbersOf(of).map((number) => (Number.isNaN(number) ? Math.SQRT1_2 : 0)),
    },
  ]
}

/** Each word's place in the order of frequency; a gap is a word. */
export function frequencyPlaces(column: Column): Map<string | null, number> {
  const counts = new Map<string | null, number>()
  for (const word of columnWords(column)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const order = [...counts].sort((a, b) => b[1] - a[1] || ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
  return new Map(order.map(([word], place) => [word, place]))
}

export function columnNamed(table: Table, name: string): Column {
  return table.columns.find((column) => column.name === name)!
}

/** The numbers of a column; of one of words, all gaps: what was a number elsewhere is none here. */
export function numbersOf(column: Column): Float64Array {
  return column.kind === 'number'
    ? column.values
    : Float64Array.from(column.values, (word) => (word === null ? Number.NaN : Number(word)))
}

function sideBySide(table: Table, names: readonly string[], parts: readonly (readonly Part[])[]): View {
  const columns = parts.flatMap((part) => part.map(({ name }) => name))
  const width = columns.length
  const values = new Float64Array(table.rowCount * width)
  let at = 0
  names.forEach((name, k) => {
    const column = columnNamed(table, name)
    for (const { of } of parts[k]!) {
      const numbers = of(column)
      for (let row = 0; row < table.rowCount; row++) values[row * width + at] = numbers[row]!
      at++
    }
  })
  return { values, columns }
}
