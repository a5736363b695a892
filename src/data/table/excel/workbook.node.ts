import { readFile } from 'node:fs/promises'
import { packageMissing, ScorefieldError } from '../../../base/index.ts'
import type { Cell } from './cells.ts'

/** A sheet of a workbook: its rows, all of as many cells. */
export interface Sheet {
  readonly name: string
  readonly rows: readonly (readonly Cell[])[]
}

/**
 * Reads a sheet of an Excel file: that of this name, or the first that has cells; a note tells which where there are several.
 *
 * Throws `data/unreadable`, `data/no-such-sheet`, `data/excel-missing`. A sheet without cells has no rows.
 */
export async function readSheet(path: string, wanted: string | undefined, notes: string[]): Promise<Sheet> {
  const sheets = await readSheets(path)
  const names = sheets.map(({ name }) => `'${name}'`).join(', ')
  if (wanted !== undefined) {
    const sheet = sheets.find(({ name }) => name === wanted)
    if (sheet) return sheet
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-such-sheet',
      message: `${path} has no sheet '${wanted}'; its sheets are ${names}.`,
      where: path,
      hint: 'Name one of them by data.sheet (--set data.sheet=NAME).',
    })
  }
  const filled = sheets.filter(({ rows }) => rows.length > 0)
  const [first] = filled
  if (first === undefined) return { name: '', rows: [] }
  if (filled.length > 1)
    notes.push(
      `The first sheet of ${path}, '${first.name}', was read; its sheets are ${names}. To read another, set data.sheet.`,
    )
  return first
}

async function readSheets(path: string): Promise<Sheet[]> {
  const { default: readWorkbook } = await excelPackage()
  try {
    const sheets = await readWorkbook<number | bigint>(await readFile(path), { trim: false, parseNumber })
    return sheets.map(({ sheet, data }) => ({ name: sheet, rows: filledRows(data as unknown as Cell[][]) }))
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/unreadable',
      message: `${path} could not be read as an Excel file: ${(cause as Error).message}`,
      where: path,
      hint: 'Check that the file is whole and has no password; or save the sheet as CSV.',
      cause,
    })
  }
}

/** Whole numbers of more digits than float64 holds are kept exactly. */
function parseNumber(text: string): number | bigint {
  return /^-?\d{16,}$/.test(text) ? BigInt(text) : Number(text)
}

/** Rows with anything in them. */
function filledRows(rows: readonly Cell[][]): Cell[][] {
  return rows.filter((row) => row.some((cell) => cell !== null))
}

async function excelPackage(): Promise<typeof import('read-excel-file/node')> {
  try {
    return await import('read-excel-file/node')
  } catch (cause) {
    throw packageMissing({
      kind: 'data',
      name: 'read-excel-file',
      code: 'data/excel-missing',
      does: 'Excel files are read by',
      otherwise: 'save the sheet as CSV',
      cause,
    })
  }
}
