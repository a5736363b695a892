import type { KnownColumns } from '../known-column.ts'
import type { TableEncoding } from './table-encoding.ts'

/** How the columns that a model knows were read, so that other files are read the same way. */
export function knownColumns(encoding: TableEncoding): KnownColumns {
  const { columns } = encoding.decode(new Float32Array(), 0)
  const read = new Map(columns.map((column) => [column.name, column]))
  return new Map(
    encoding.columns
      .filter(({ width, computed }) => width > 0 || computed)
      .map(({ name, words }) => {
        const column = read.get(name)!
        const { kind, type, written } = column
        const calendar = column.kind === 'number' ? column.calendar : undefined
        return [
          name,
          {
            kind,
            type,
            ...(calendar ? { calendar } : {}),
            ...(written ? { written } : {}),
            ...(words ? { words } : {}),
          },
        ]
      }),
  )
}
