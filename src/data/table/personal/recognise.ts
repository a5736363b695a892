import type { Column, Table } from '../table.ts'
import { nameOfPeople, type PersonalKind, personalKinds, plain } from './kinds.ts'

/** What a column of personal data holds, and why it is thought so. */
export interface PersonalFinding {
  readonly kind: PersonalKind
  /** As the end of a sentence: `200 of 200 cells are written as one`. */
  readonly reason: string
}

/** So large a share of cells must not speak against the kind: where content says so, and where only the column's name does. */
const leastFitting = 0.6
const leastByName = 0.8
/** Cells that are looked at. */
const mostLookedAt = 2000
/** Numbers are told from amounts by the column's name, and by having so many digits. */
const leastDigits = 6

/** The columns of a table that hold personal data, by name. A column of names is known also by what stands beside it. */
export function personalColumns(table: Table): Map<string, PersonalFinding> {
  const found = new Map<string, PersonalFinding>()
  for (const column of table.columns) {
    const finding = personalKindOf(column)
    if (finding) found.set(column.name, finding)
  }
  if (found.size > 0)
    for (const column of table.columns) {
      const finding = found.has(column.name) ? undefined : nameBesideOthers(column)
      if (finding) found.set(column.name, finding)
    }
  return found
}

/** The kind of that name. */
export function personalKind(name: string): PersonalKind | undefined {
  return personalKinds.find((kind) => kind.name === name)
}

/** Whether a word is personal by itself, whatever the others of its column are. */
export function isTelling(word: string): boolean {
  return personalKinds.some(({ telling, is }) => telling && is?.(word.trim()))
}

function personalKindOf(column: Column): PersonalFinding | undefined {
  if (column.kind === 'text' && column.type === 'BOOLEAN') return undefined
  const cells = cellsOf(column)
  if (cells.length === 0) return undefined
  const words = wordsOfName(column.name)
  const share = (test: (text: string) => boolean): number => cells.filter(test).length / cells.length
  for (const kind of personalKinds) {
    const said = kind.names.test(words)
    if (column.kind === 'number') {
      if (
        said &&
        share((text) => /^\d+$/.test(text) && text.length >= leastDigits && kind.mayBe(text)) >= leastByName
      )
        return { kind, reason: 'its name says so, and its numbers have many digits' }
      continue
    }
    const { alone, named } = kind.shares
    const byContent = kind.is ? share(kind.is) : 0
    if (byContent >= (said ? (named ?? alone) : alone) && share(kind.mayBe) >= leastFitting)
      return {
        kind,
        reason: `${percent(byContent)} of its cells are written so${said ? ', and its name says so' : ''}`,
      }
    if (said && named === undefined && share(kind.mayBe) >= leastByName)
      return { kind, reason: 'its name says so' }
  }
  return undefined
}

/** A column whose name is that of names, with cells that look like some, beside columns of personal data. */
function nameBesideOthers(column: Column): PersonalFinding | undefined {
  const kind = nameOfPeople
  if (column.kind !== 'text' || !kind.names.test(wordsOfName(column.name))) return undefined
  const cells = cellsOf(column)
  const like = cells.filter(kind.mayBe).length / Math.max(1, cells.length)
  return like >= leastByName
    ? { kind, reason: 'its name says so, and other columns are personal, too' }
    : undefined
}

/** Some of a column's cells as texts, gaps left out. */
function cellsOf(column: Column): string[] {
  const stride = Math.max(1, Math.floor(column.values.length / mostLookedAt))
  const cells: string[] = []
  for (let row = 0; row < column.values.length; row += stride) {
    const value = column.values[row]!
    if (column.kind === 'number' && (column.calendar || column.decimals > 0)) return []
    if (value !== null && !Number.isNaN(value)) cells.push(String(value).trim())
  }
  return cells
}

/** `customerName`, `customer_name` and `Customer-Name` are `customer name`. */
function wordsOfName(name: string): string {
  return plain(
    name
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .replaceAll(/[^\p{L}\d]+/gu, ' ')
      .trim(),
  )
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
