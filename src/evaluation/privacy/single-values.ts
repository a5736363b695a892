import { columnWords, type Table } from '../../data/index.ts'
import { columnNamed } from '../views.ts'

/** Counts how many of the rows that pass have each word that some given rows have, column by column of text. */
export class WordSearch {
  readonly columns: readonly string[]
  private readonly counts: readonly Map<string, number>[]

  /** tables: the rows whose words are looked for. Columns: those that are text in the first of them. */
  constructor(tables: readonly Table[]) {
    this.columns = tables[0]!.columns.flatMap(({ kind, name }) =>
      kind === 'text' && tables.every((table) => table.columns.some((column) => column.name === name))
        ? [name]
        : [],
    )
    this.counts = this.columns.map((name) => {
      const counts = new Map<string, number>()
      for (const table of tables)
        for (const word of columnWords(columnNamed(table, name))) if (word !== null) counts.set(word, 0)
      return counts
    })
  }

  /** Lets rows pass. */
  pass(rows: Table): void {
    this.columns.forEach((name, k) => {
      const counts = this.counts[k]!
      for (const word of columnWords(columnNamed(rows, name))) {
        if (word === null) continue
        const count = counts.get(word)
        if (count !== undefined) counts.set(word, count + 1)
      }
    })
  }

  /** Which columns of a row hold a word that exactly `count` of the rows that passed have, as marks: [rowCount] a column. */
  held(table: Table, count: number): readonly (readonly boolean[])[] {
    return this.columns.map((name, k) =>
      columnWords(columnNamed(table, name)).map(
        (word) => word !== null && this.counts[k]!.get(word) === count,
      ),
    )
  }
}
