import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import {
  columnWords,
  fileColumn,
  filePicture,
  formatOfName,
  labelColumn,
  type PictureColumn,
  type Table,
  takeRows,
  writeTable,
} from '../../data/node.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { encodePng } from '../../files/index.ts'
import { contactSheet, type SheetOptions } from '../../report/index.ts'
import { replaceFile } from '../folder/durable.node.ts'
import type { RowWriter } from './kind.ts'

/** Pictures of a folder that its sheet shows, at most. */
const mostOnSheet = 256

/**
 * Where pictures go: a name in .png is a contact sheet of all of them; any other is a folder, which must be new or empty, of a PNG
 * file each, `labels.csv` with their names and their labels, if they have any, and `sheet.png` with the first 256. A file is named by the index of its picture.
 *
 * Throws `usage/output` where no place for pictures is named, `usage/not-empty`, `run/not-writable`.
 */
export async function writePictures(path: string | undefined): Promise<RowWriter> {
  if (path === undefined || path === '-' || formatOfName(path) !== undefined)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/output',
      message:
        path === undefined || path === '-'
          ? 'Pictures are not written to standard output.'
          : `${path} is the name of a table; the run draws pictures.`,
      where: path,
      hint: 'Name a new folder, -o new, or a contact sheet, -o sheet.png.',
    })
  if (extname(path).toLowerCase() === '.png')
    return {
      write: async (table) => {
        const { rowCount } = table
        await mkdir(dirname(path), { recursive: true })
        await replaceFile(path, tableSheet(table))
        return `a sheet of ${rowCount === 1 ? '1 picture' : `${rowCount} pictures`} to ${path}`
      },
    }
  await newFolder(path)
  return { write: (table, first) => writeFolder(table, first, path) }
}

/** Makes a folder for pictures, unless it is there and empty. Throws `usage/not-empty`. */
export async function newFolder(path: string): Promise<void> {
  const present = await readdir(path).catch((): string[] => [])
  if (present.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/not-empty',
      message: `${path} is not empty: it holds ${present.slice(0, 3).join(', ')}${present.length > 3 ? ', …' : ''}.`,
      where: path,
      hint: 'Name a new folder: pictures of two samples shall not be mixed.',
    })
  await mkdir(path, { recursive: true })
}

/** A contact sheet as a PNG file. */
export function sheetPng(pictures: PictureColumn, options: SheetOptions = {}): Uint8Array {
  return encodePng(contactSheet(pictures, options))
}

/** The same of a table of pictures, with their labels, if they have any. */
export function tableSheet({ pictures, columns }: Table): Uint8Array {
  const label = columns.find(({ name }) => name === labelColumn)
  return sheetPng(pictures![0]!, label && { labels: columnWords(label) })
}

async function writeFolder(table: Table, first: number, folder: string): Promise<string> {
  const pictures = table.pictures![0]!
  const { width, height, channels } = pictures
  const { rowCount } = table
  const digits = Math.max(6, String(first + rowCount - 1).length)
  const names = Array.from(
    { length: rowCount },
    (_, row) => `${String(first + row).padStart(digits, '0')}.png`,
  )
  for (const [row, name] of names.entries())
    await writeFile(
      join(folder, name),
      encodePng({ width, height, channels, bytes: filePicture(pictures, row) }),
    )
  const label = table.columns.find((column) => column.name === labelColumn)
  await writeTable(
    {
      ...table,
      columns: [
        { kind: 'text', name: fileColumn, type: 'VARCHAR', values: names },
        ...(label ? [label] : []),
      ],
    },
    { path: join(folder, 'labels.csv') },
  )
  const shown = Int32Array.from({ length: Math.min(rowCount, mostOnSheet) }, (_, row) => row)
  await replaceFile(join(folder, 'sheet.png'), tableSheet(takeRows(table, shown)))
  return `${rowCount === 1 ? '1 picture' : `${rowCount} pictures`}, labels.csv and sheet.png to ${folder}`
}
