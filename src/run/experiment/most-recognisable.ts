import type { Column, Table } from '../../data/index.ts'
import { fitBoostedTrees, logisticLoss } from '../../evaluation/index.ts'

/** A synthetic row and how sure a judge, which has not learned from it, is that it is synthetic. */
export interface Recognised {
  /** Index among the synthetic rows. */
  readonly row: number
  /** Probability, in [0, 1]. */
  readonly probability: number
}

/**
 * Every synthetic row with the probability that boosted trees give it of being synthetic, the surest first.
 *
 * Two judges, each of which learned from one half of both tables, judge the other half. Words are judged by how frequent
 * they are in the real rows, gaps by a number of their own. Rows of the larger table that the smaller has no partner for are
 * left out. Columns are found by name; those that only one of the tables has are not looked at.
 */
export function mostRecognisable(real: Table, synthetic: Table): Recognised[] {
  const count = Math.min(real.rowCount, synthetic.rowCount)
  const made = new Map(synthetic.columns.map((column) => [column.name, column]))
  const columns = real.columns.flatMap((column) => {
    const other = made.get(column.name)
    return other?.kind === column.kind
      ? [{ real: numbersOf(column, column), synthetic: numbersOf(other, column) }]
      : []
  })
  const dimension = columns.length
  if (dimension === 0 || count < 2) return []
  const rowsOfHalf = (
    half: number,
  ): { values: Float64Array; count: number; dimension: number; rows: number[] } => {
    const rows = Array.from({ length: count }, (_, row) => row).filter((row) => row % 2 === half)
    const values = Float64Array.from(
      (['real', 'synthetic'] as const).flatMap((side) =>
        rows.flatMap((row) => columns.map((column) => column[side][row]!)),
      ),
    )
    return { values, count: 2 * rows.length, dimension, rows }
  }
  const halves = [rowsOfHalf(0), rowsOfHalf(1)]
  return halves
    .flatMap((judged, half) => {
      const learned = halves[1 - half]!
      const targets = Float64Array.from({ length: learned.count }, (_, i) =>
        i < learned.rows.length ? 0 : 1,
      )
      const { values, count: size } = learned
      const judge = fitBoostedTrees({
        rows: { values, count: size, dimension },
        targets,
        loss: logisticLoss,
        rounds: 100,
      })
      const probabilities = judge.predict({ values: judged.values, count: judged.count, dimension })
      return judged.rows.map((row, i) => ({ row, probability: probabilities[judged.rows.length + i]! }))
    })
    .sort((a, b) => b.probability - a.probability)
}

/** A column as numbers: words by their place among the real column's, the most frequent first; gaps beyond all others. */
function numbersOf(column: Column, real: Column): Float64Array {
  if (column.kind === 'number') {
    return column.values.map((value) => (Number.isNaN(value) ? -Number.MAX_VALUE : value))
  }
  const counts = new Map<string | null, number>()
  for (const value of (real as typeof column).values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const places = new Map([...counts].sort((a, b) => b[1] - a[1]).map(([word], place) => [word, place]))
  return Float64Array.from(column.values, (value) => places.get(value) ?? places.size)
}
