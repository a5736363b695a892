import type { DuckDBConnection } from '@duckdb/node-api'
import { type LoadedField, loadedChunks } from './loaded-fields.node.ts'
import { ReadingTrials } from './readings/choose-reading.ts'
import type { ReadingHints, TextReading } from './readings/reading.ts'
import { ShapeTally } from './readings/shapes.ts'

/** A field whose text is read as numbers, with these where they were to be kept. */
export interface ReadField {
  readonly field: LoadedField
  readonly reading: TextReading
  readonly values: Float64Array | undefined
}

/**
 * Finds the fields of text in the table `loaded` that are numbers, days or times, in two passes over their cells.
 *
 * keep: how many rows there are, where the numbers are to be kept. Notes what a person may want to know.
 */
export async function takeReadings(
  connection: DuckDBConnection,
  fields: readonly LoadedField[],
  notes: string[],
  options: { readonly hints?: ReadingHints; readonly keep?: number } = {},
): Promise<ReadField[]> {
  const texts = fields.filter(({ type }) => type === 'VARCHAR')
  const tallies = texts.map(() => new ShapeTally())
  await eachChunk(
    connection,
    texts,
    (cells, k, first) => tallies[k]!.see(cells, first),
    () => tallies.some(({ isPromising }) => isPromising),
  )
  const trials = texts.map(({ name }, k) => new ReadingTrials(name, tallies[k]!, options))
  const open = trials.filter(({ isOpen }) => isOpen)
  const openFields = texts.filter((_, k) => trials[k]!.isOpen)
  await eachChunk(connection, openFields, (cells, k, first) => open[k]!.see(cells, first))
  return trials.flatMap((trial, k) => {
    const choice = trial.choose()
    notes.push(...choice.notes)
    return choice.reading ? [{ field: texts[k]!, reading: choice.reading, values: choice.values }] : []
  })
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
