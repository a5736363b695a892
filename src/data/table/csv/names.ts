/** Names of columns, and what had to be done to have them. */
export interface ColumnNames {
  readonly names: readonly string[]
  /** Names with blanks around them, which were left out. */
  readonly trimmed: readonly string[]
  /** Names that are empty, or that another column has, too. */
  readonly changed: readonly { readonly from: string; readonly to: string }[]
}

/**
 * The names of columns as their source has them, whatever they are, but for blanks around them.
 *
 * Only one that is empty is made up, and one that is exactly that of a column before it gets a number: `a`, `a_1`.
 */
export function columnNames(cells: readonly string[]): ColumnNames {
  const bare = cells.map((cell) => cell.trim())
  const taken = new Set(bare)
  const seen = new Set<string>()
  const changed: { from: string; to: string }[] = []
  const free = (stem: string): string => {
    if (!taken.has(stem)) return stem
    let number = 1
    while (taken.has(`${stem}_${number}`)) number++
    return `${stem}_${number}`
  }
  const names = bare.map((from, index) => {
    if (from !== '' && !seen.has(from)) {
      seen.add(from)
      return from
    }
    const to = free(from === '' ? numberedName(index, cells.length) : from)
    taken.add(to)
    changed.push({ from, to })
    return to
  })
  return { names, trimmed: cells.filter((cell, k) => cell !== bare[k] && bare[k] !== ''), changed }
}

/** The name of a column that has none: by its place. */
export function numberedName(index: number, count: number): string {
  return `column${String(index).padStart(String(count - 1).length, '0')}`
}

/** What a person should know of names that were changed, one sentence each. */
export function describeNames({ trimmed, changed }: ColumnNames): string[] {
  const notes: string[] = []
  const some = (items: readonly string[]): string =>
    `${items.slice(0, 3).join(', ')}${items.length > 3 ? `, and ${items.length - 3} more` : ''}`
  if (changed.length > 0)
    notes.push(
      `Names of columns that are empty or occur twice were changed: ${some(changed.map(({ from, to }) => `'${from}' is '${to}' here`))}.`,
    )
  if (trimmed.length > 0)
    notes.push(`Blanks around names of columns were left out: ${some(trimmed.map((name) => `'${name}'`))}.`)
  return notes
}
