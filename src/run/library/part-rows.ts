import { didYouMean, ScorefieldError } from '../../base/index.ts'
import {
  asKnown,
  knownColumns,
  type RowObject,
  type TableEncoding,
  tableOfObjects,
} from '../../data/index.ts'
import type { FittedModel } from '../experiment/fitted-model.ts'
import { takesKnown } from '../experiment/sample-given.ts'
import type { GivenRows } from './given-cells.ts'

/** Columns of rows whose density is asked. */
export interface PartOfRows {
  /** All modelled columns unless given; the others are integrated out. */
  readonly of?: readonly string[] | undefined
  /** Cells that are given: of all rows, or of each; or the names of columns whose cells stand in the rows. */
  readonly given?: GivenRows | readonly string[] | undefined
}

/** Rows of which some columns are asked and others given, in the model's coordinates. */
export interface EncodedPart {
  /** [n, d], NaN for what is neither. */
  readonly x: Float32Array
  /** Coordinates that are asked, and that are given. */
  readonly of: readonly number[]
  readonly given: readonly number[]
  /** The rows of which all of these are known. */
  readonly complete: readonly number[]
  /** Names of the asked columns. */
  readonly names: ReadonlySet<string>
}

/**
 * What is asked of rows by the names of columns. A column may be asked or given, not both; what is left out is integrated out.
 * Throws `usage/options`, `data/missing-column`, `data/column-kind`, `data/unknown-category`.
 */
export function encodedPart(
  rows: readonly RowObject[],
  { of, given = [] }: PartOfRows,
  encoding: TableEncoding,
): EncodedPart {
  const modelled = encoding.columns.filter(({ width }) => width > 0).map(({ name }) => name)
  const inRows = Array.isArray(given) && given.every((name) => typeof name === 'string')
  const cells = inRows ? undefined : (given as GivenRows)
  if (Array.isArray(cells) && cells.length !== rows.length)
    throw wrong(
      `${cells.length} rows are given for ${rows.length} that are asked.`,
      'Give one for all, or one for each.',
    )
  const cellsOf = (row: number): RowObject =>
    cells === undefined ? {} : Array.isArray(cells) ? cells[row]! : (cells as RowObject)
  const givenNames = inRows
    ? [...(given as readonly string[])]
    : [...new Set(rows.flatMap((_, row) => Object.keys(cellsOf(row))))]
  const asked = of ?? modelled.filter((name) => !givenNames.includes(name))
  for (const name of [...asked, ...givenNames])
    if (!modelled.includes(name))
      throw wrong(
        `There is no modelled column '${name}'.${didYouMean(name, modelled, "'")}`,
        `These are: ${modelled.join(', ')}.`,
      )
  const both = asked.find((name) => givenNames.includes(name))
  if (both !== undefined) throw wrong(`The column '${both}' is asked and given.`, 'Ask for it, or give it.')
  if (asked.length === 0) throw wrong('No column is asked.', 'Name one or more in of.')
  const names = [...asked, ...givenNames]
  const picked = rows.map((row, i) => {
    const told = { ...row, ...cellsOf(i) }
    return Object.fromEntries(names.map((name) => [name, told[name] ?? null]))
  })
  const { table } = tableOfObjects(picked)
  const x = encoding.encode(asKnown(table, knownColumns(encoding)), { partly: { gapsAreValues: true } })
  const placesOf = (some: readonly string[]): number[] =>
    some.flatMap((name) => {
      const { offset, width } = encoding.columnRange(name)!
      return Array.from({ length: width }, (_, k) => offset + k)
    })
  const places = { of: placesOf(asked), given: placesOf(givenNames) }
  const needed = [...places.of, ...places.given]
  const complete = rows.flatMap((_, row) =>
    needed.some((place) => Number.isNaN(x[row * encoding.width + place]!)) ? [] : [row],
  )
  return { x, ...places, complete, names: new Set(asked) }
}

/**
 * Throws `sampling/part-density` where a model of partly known rows was not trained for it: only columns that may be given were ever
 * given or left out; where gaps are unknown, any column was left out.
 */
export function requireLearned(
  {
    encoding,
    fitted,
    mayBeGiven,
  }: {
    readonly encoding: TableEncoding
    readonly fitted: FittedModel
    readonly mayBeGiven: readonly string[]
  },
  { of, given }: Pick<EncodedPart, 'of' | 'given'>,
): void {
  if (!takesKnown(fitted)) return
  const places = new Set(of)
  const never = encoding.columns.find(({ name, width }) => {
    if (width === 0 || mayBeGiven.includes(name)) return false
    const { offset } = encoding.columnRange(name)!
    return !places.has(offset) && (given.includes(offset) || encoding.gaps === 'values')
  })
  if (never === undefined) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/part-density',
    message: `The model was never trained with '${never.name}' given or left out: it must be one of the columns that are asked.`,
    hint: `${mayBeGiven.length > 0 ? `These may be given or left out: ${mayBeGiven.join(', ')}.` : 'None may be.'} Train with conditions: all for any of them.`,
  })
}

function wrong(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'usage/options', message, hint })
}
