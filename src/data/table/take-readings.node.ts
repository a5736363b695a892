import type { DuckDBConnection } from '@duckdb/node-api'
import { isPlainNumber, type KnownColumns, nothingKnown } from './known-column.ts'
import { placeOf } from './loaded.node.ts'
import { type LoadedField, loadedChunks } from './loaded-fields.node.ts'
import { ReadingTrials } from './readings/choose-reading.ts'
import { knownReading } from './readings/known-reading.ts'
import type { ReadingHints, TextReading } from './readings/reading.ts'
import { ShapeTally } from './readings/shapes.ts'

/** A field whose text is read as numbers, with these where they were to be kept. */
export interface ReadField {
  readonly field: LoadedField
  /** The field as it is read: as text. */
  readonly asText: LoadedField
  readonly reading: TextReading
  readonly values: Float64Array | undefined
  /** The type of what was read: the source's own, or that of the numbers where the source knows no types. */
  readonly type: string
}

/**
 * Finds the fields of text in the table `loaded` that are numbers, days or times, in two passes over their cells.
 *
 * keep: how many rows there are, where the numbers are to be kept. as: columns that are read as they were once, or not at all.
 * Notes what a person may want to know.
 */
export async function takeReadings(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
  notes: string[],
  options: {
    readonly hints?: ReadingHints
    readonly keep?: number
    readonly isUntyped?: boolean
    readonly as?: KnownColumns
  } = {},
): Promise<ReadField[]> {
  const { as = nothingKnown } = options
  const readable = fields.filter(({ name }) => as.get(name)?.kind !== 'text')
  const texts = [
    ...readable.filter(({ type }) => type === 'VARCHAR'),
    ...(await likelyDays(
      connection,
      readable.filter(({ name }) => !isPlainNumber(as.get(name))),
    )),
  ]
  const tallies = texts.map(() => new ShapeTally())
  await eachChunk(
    connection,
    texts,
    (cells, k, first) => tallies[k]!.see(cells, first),
    () => tallies.some(({ isPromising }) => isPromising),
  )
  const trials = texts.map(({ name }, k) => {
    const known = as.get(name)
    const only = known === undefined ? undefined : knownReading(known)
    return new ReadingTrials(name, tallies[k]!, { ...options, only })
  })
  const open = trials.filter(({ isOpen }) => isOpen)
  const openFields = texts.filter((_, k) => trials[k]!.isOpen)
  await eachChunk(connection, openFields, (cells, k, first) => open[k]!.see(cells, first))
  return trials.flatMap((trial, k) => {
    const choice = trial.choose()
    notes.push(...choice.notes)
    if (choice.reading === undefined) return []
    const field = fields.find(({ place }) => place === texts[k]!.place)!
    const type = options.isUntyped && field.type === 'VARCHAR' ? choice.reading.type : field.type
    return [{ field, asText: texts[k]!, type, reading: choice.reading, values: choice.values }]
  })
}

const integerType = /^U?(INTEGER|BIGINT|HUGEINT)$/

/** Fields of whole numbers that may be days or moments without separators, 20201231 or 20201231083000, as text. */
async function likelyDays(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
): Promise<LoadedField[]> {
  const numbers = fields.filter(({ type, isNumber }) => isNumber && integerType.test(type))
  const whole = await withLikelyFirst(connection, numbers)
  if (whole.length === 0) return []
  const terms = whole.map(({ place }) => `min(${placeOf(place)})::double, max(${placeOf(place)})::double`)
  const [range] = (await connection.runAndReadAll(`select ${terms.join(', ')} from loaded`)).getRows()
  return whole.flatMap((field, k) => {
    const [least, most] = [Number(range![2 * k]), Number(range![2 * k + 1])]
    return isLikelyDay(least) && isLikelyDay(most)
      ? [{ ...field, isNumber: false, sql: `${placeOf(field.place)}::varchar` }]
      : []
  })
}

/** The fields whose first number is likely, or not there: cheap, where a range of thousands of columns is not. */
async function withLikelyFirst(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
): Promise<LoadedField[]> {
  if (fields.length === 0) return []
  const names = fields.map(({ place }) => placeOf(place))
  const [first = []] = (
    await connection.runAndReadAll(`select ${names.join(', ')} from loaded limit 1`)
  ).getRows()
  return fields.filter((_, k) => first[k] === null || isLikelyDay(Number(first[k])))
}

/** Whether a number may be a day, 18000101 to 21991231, or a second of one. */
function isLikelyDay(value: number): boolean {
  return [1, 1e6].some((unit) => value >= 18_000_101 * unit && value < 22_000_000 * unit)
}

/** Shows the cells of each of `fields`, chunk by chunk, as long as anybody wants to see more. */
async function eachChunk(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
  show: (cells: readonly (string | null)[], field: number, first: number) => void,
  wantsMore: () => boolean = () => true,
): Promise<void> {
  if (fields.length === 0) return
  let first = 0
  for await (const { count, cells } of loadedChunks(connection, fields)) {
    for (const [k, column] of cells.entries()) show(column as (string | null)[], k, first)
    first += count
    if (!wantsMore()) return
  }
}
