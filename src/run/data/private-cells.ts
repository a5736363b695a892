import { type ColumnWish, columnWords, personalColumns, roleOf, type Table } from '../../data/index.ts'

/** Roles whose cells of text name or tell of single rows. */
const namingRoles: readonly string[] = ['identifier', 'text']

/**
 * Notes without the cells of a table that must not be kept: personal data, names of rows, free text, and words that too few rows
 * have. Notes quote cells, perhaps their beginning only; each such quotation becomes '…'.
 */
export function withoutPrivateCells(
  notes: readonly string[],
  table: Table,
  options: {
    readonly columns?: Readonly<Record<string, ColumnWish>> | undefined
    readonly leastRowsPerWord?: number | undefined
  },
): string[] {
  const { columns = {}, leastRowsPerWord = 2 } = options
  const quotes = notes.flatMap((note) => [...note.matchAll(quoted)].map((match) => match[1]!))
  if (quotes.length === 0) return [...notes]
  const personal = personalColumns(table)
  const cells = new Set<string>()
  for (const column of table.columns) {
    const wish = columns[column.name]
    if (wish?.personal === 'keep') continue
    const all = personal.has(column.name) || wish?.personal !== undefined
    if (column.kind === 'number' && !all) continue
    const isNaming = all || namingRoles.includes(wish?.as ?? roleOf(column).role)
    const counts = new Map<string, number>()
    for (const word of columnWords(column)) if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1)
    for (const [word, count] of counts) if (isNaming || count < leastRowsPerWord) cells.add(word.trim())
  }
  const names = new Set(table.columns.map(({ name }) => name))
  const isPrivate = (quote: string): boolean => {
    if (names.has(quote)) return false
    if (!quote.endsWith('…')) return cells.has(quote.trim())
    const start = quote.slice(0, -1)
    return [...cells].some((cell) => cell.startsWith(start))
  }
  return notes.map((note) =>
    note.replaceAll(quoted, (whole, quote: string) => (isPrivate(quote) ? "'…'" : whole)),
  )
}

const quoted = /'([^']*)'/g
