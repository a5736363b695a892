import type { TextColumn } from './table.ts'

const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const dateLike = /^(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{4})(?!\d)/
/** What spreadsheets run when they open the file. OWASP, "CSV injection". */
const formulaLike = /^([=@\t\r]|[+-]\s*[A-Za-z(])/

/** From this share of numbers on, the words among them are worth naming. */
const mostlyNumbers = 0.9
/** So few words among at least as many numbers are worth naming, too; or one, however often, among most. */
const fewWords = 3

/** What a person should know about why a column is text, and what its cells may do elsewhere; one sentence each. */
export function describeText({ name, values, type }: TextColumn): string[] {
  if (type !== 'VARCHAR') return []
  const cells = values.flatMap((value, row) => (value === null ? [] : [{ text: value.trim(), row: row + 1 }]))
  const notes: string[] = []
  const why = whyText(cells)
  if (why !== undefined) notes.push(`'${name}' was read as text: ${why}`)
  const formulas = cells.filter(({ text }) => formulaLike.test(text) && !plainNumber.test(text))
  if (formulas.length > 0)
    notes.push(
      `'${name}' has ${count(formulas.length, 'cell')} that a spreadsheet would run as a formula (${examples(formulas)}); such cells are kept, and written, as they are.`,
    )
  return notes
}

interface Cell {
  readonly text: string
  readonly row: number
}

function whyText(cells: readonly Cell[]): string | undefined {
  const words = cells.filter(({ text }) => !plainNumber.test(text))
  const numbers = cells.length - words.length
  if (words.length === 0) return undefined
  const isOneWord = new Set(words.map(({ text }) => text)).size === 1 && numbers > words.length
  if (
    numbers >= mostlyNumbers * cells.length ||
    isOneWord ||
    (words.length <= fewWords && numbers >= words.length)
  )
    return `${words.length} of ${count(cells.length, 'cell')} ${words.length === 1 ? 'is no number' : 'are no numbers'} (${examples(words)}). If ${words.length === 1 ? 'it means' : 'they mean'} "no value", set data.csv.gaps to read numbers.`
  const dates = cells.filter(({ text }) => dateLike.test(text))
  if (2 * dates.length > cells.length)
    return `its dates are not all written in one way, or not all are days that exist (${examples(cells)}). Write them as 2020-12-31 to have dates.`
  return undefined
}

/** The first three different cells, each with its row, counted from 1 below the header. */
function examples(cells: readonly Cell[]): string {
  const first = new Map<string, number>()
  for (const { text, row } of cells) {
    if (!first.has(text)) first.set(text, row)
    if (first.size === 3) break
  }
  return [...first].map(([text, row]) => `'${shortened(text)}' in row ${row}`).join(', ')
}

function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
