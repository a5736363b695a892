import { basename, resolve } from 'node:path'
import {
  bytesOf,
  differenceHash,
  fileColumn,
  hammingDistance,
  labelColumn,
  loadPictures,
  type PictureColumn,
  pictureSums,
  type ReadPictures,
  readPictures,
  requireLoaded,
  shapeInWords,
  type Table,
  toldWishes,
} from '../../data/node.ts'
import { evenly } from './evenly.ts'
import type { DataAsked, Inspected } from './kind.ts'
import { tableSheet } from './pictures-output.node.ts'
import { loadedRows } from './prepare-pictures.ts'

/** Pictures on a contact sheet. */
const sheetPictures = 100
/** Pictures that near-duplicates are looked for among: all pairs of them are compared. */
const comparedPictures = 20_000
/** Bits of 64 in which the hashes of near-duplicates differ at most. */
const nearBits = 3

/** Looks at pictures: sizes, modes, labels, equal and nearly equal ones, files that cannot be read. */
export async function inspectPictures(asked: DataAsked): Promise<Inspected> {
  const { source = '', csv, kind, pictures: wishes } = asked
  const read = await readPictures(source, { ...wishes, csv, onlyPictures: kind !== undefined })
  try {
    return await inspected(read, asked)
  } finally {
    await read.dispose()
  }
}

async function inspected({ table, notes, findings }: ReadPictures, asked: DataAsked): Promise<Inspected> {
  const picture = table.pictures![0]!
  const name = nameOfRow(table)
  const labels = countsOf(cellsOf(table, labelColumn) ?? [])
  const sizes = countsOf((findings?.files ?? []).map(({ width, height }) => `${width} × ${height}`))
  const modes = countsOf((findings?.files ?? []).map(modeInWords))
  const formats = countsOf((findings?.files ?? []).map(({ format }) => format))
  const equal = equalGroups(pictureSums(picture)).map((group) => group.map(name))
  const compared = evenly(allRows(table), comparedPictures)
  const found = nearPairs(await loadPictures(picture, compared))
  const near = found.pairs.map(({ a, b, bits }) => ({ a: name(compared[a]!), b: name(compared[b]!), bits }))
  const shown = await loadedRows(table, byLabel(table, sheetPictures))
  const repeated = equal.reduce((sum, group) => sum + group.length - 1, 0)
  const broken = findings?.broken ?? []
  const shape = shapeInWords(picture)
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
  const lines = [
    `${counted(table.rowCount, 'picture')}, learned as ${shape}; ${counted(repeated, 'repeated picture')}`,
    ...notes.map((note) => `  ${note}`),
    '',
    ...(sizes.length > 0 ? [`sizes    ${inWords(sizes)}`] : []),
    ...(modes.length > 0 ? [`modes    ${inWords(modes)}`] : []),
    ...(formats.length > 0 ? [`formats  ${inWords(formats)}`] : []),
    `labels   ${labels.length === 0 ? 'none' : inWords(labels, 20)}`,
    `equal    ${equal.length === 0 ? 'no two pictures' : `${counted(equal.length, 'group')} of pictures with the same pixels: ${listed(equal.map((group) => group.slice(0, 4).join(' = ')))}`}`,
    `nearly   ${near.length === 0 ? 'no two others' : `${counted(found.count, 'pair')} differ in at most ${nearBits} of the 64 bits of their difference hash (dHash): ${listed(near.map(({ a, b }) => `${a} ~ ${b}`))}`}`,
    ...(compared.length < table.rowCount
      ? [`         (among ${compared.length} of the pictures, evenly spread)`]
      : []),
    ...(broken.length > 0
      ? ['', 'Files that cannot be read', ...broken.map((one) => `  ${one.name} ${one.reason}`)]
      : []),
  ]
  const { height, width, channels, levels } = picture
  return {
    lines,
    facts: {
      kind: 'pictures',
      pictures: table.rowCount,
      learnedAs: { width, height, channels, levels },
      ...{
        sizes: asObject(sizes),
        modes: asObject(modes),
        formats: asObject(formats),
        labels: asObject(labels),
      },
      ...{ equal, near, nearPairs: found.count, broken, otherFiles: findings?.others ?? [], notes },
    },
    settings: {
      kind: 'pictures',
      ...(asked.source === undefined ? {} : { source: resolve(asked.source) }),
      ...(asked.csv === undefined ? {} : { csv: asked.csv }),
      pictures: { ...toldWishes(asked.pictures), size: `${width}x${height}` },
    },
    sheet: tableSheet(shown),
  }
}

type Counts = readonly (readonly [name: string, count: number])[]

/** How often each comes, the most frequent first. */
function countsOf(cells: readonly (string | null)[]): Counts {
  const counts = new Map<string, number>()
  for (const cell of cells) counts.set(cell ?? 'none', (counts.get(cell ?? 'none') ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

function inWords(counts: Counts, most = 6): string {
  const shown = counts.slice(0, most).map(([name, count]) => `${name} (${count})`)
  return `${shown.join(', ')}${counts.length > most ? ` and ${counts.length - most} more` : ''}`
}

function asObject(counts: Counts): Record<string, number> {
  return Object.fromEntries(counts)
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, 3).join('; ')}${names.length > 3 ? '; …' : ''}`
}

function modeInWords({
  mode,
  hasAlpha,
  isPalette,
  isCmyk,
  isDeep,
}: NonNullable<ReadPictures['findings']>['files'][number]): string {
  const more = [
    ...(isPalette ? ['palette'] : []),
    ...(isCmyk ? ['CMYK'] : []),
    ...(isDeep ? ['more than 8 bits'] : []),
    ...(hasAlpha ? ['transparency'] : []),
  ]
  return more.length === 0 ? mode : `${mode} with ${more.join(', ')}`
}

function cellsOf(table: Table, name: string): readonly (string | null)[] | undefined {
  const column = table.columns.find((candidate) => candidate.name === name)
  return column?.kind === 'text' ? column.values : undefined
}

/** What a row is called: its file, or its number from 1. */
function nameOfRow(table: Table): (row: number) => string {
  const files = cellsOf(table, fileColumn)
  return (row) => files?.[row] ?? `picture ${row + 1} of ${basename(table.source)}`
}

function allRows({ rowCount }: Table): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row)
}

/** Rows with the same sum, two or more each. */
function equalGroups(sums: readonly string[]): number[][] {
  const groups = new Map<string, number[]>()
  sums.forEach((sum, row) => {
    const group = groups.get(sum)
    if (group) group.push(row)
    else groups.set(sum, [row])
  })
  return [...groups.values()].filter((group) => group.length > 1)
}

/** Pairs that are told, the nearest; of simple pictures there may be millions. */
const toldPairs = 1000

/** Pairs of different pictures whose hashes are near, and how many there are; a picture of one brightness has no hash that says anything. */
function nearPairs(column: PictureColumn): {
  readonly count: number
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly bits: number }[]
} {
  const { values } = requireLoaded(column)
  const size = bytesOf(column)
  const sums = pictureSums(column)
  const hashes = sums.map((_, row) => differenceHash(values.subarray(row * size, (row + 1) * size), column))
  const byBits = Array.from({ length: nearBits + 1 }, (): { a: number; b: number; bits: number }[] => [])
  let count = 0
  for (let b = 1; b < hashes.length; b++) {
    const own = hashes[b]!
    if (own[0] === 0 && own[1] === 0) continue
    for (let a = 0; a < b; a++) {
      const bits = hammingDistance(hashes[a]!, own)
      if (bits > nearBits || sums[a] === sums[b]) continue
      count++
      const kept = byBits[bits]!
      if (kept.length < toldPairs) kept.push({ a, b, bits })
    }
  }
  return { count, pairs: byBits.flat().slice(0, toldPairs) }
}

/** Rows for a sheet: as many of each label as of any other, in the order of the labels. */
function byLabel(table: Table, most: number): Int32Array {
  const cells = cellsOf(table, labelColumn)
  if (!cells) return evenly(allRows(table), most)
  const byName = new Map<string, number[]>()
  cells.forEach((cell, row) => {
    const name = cell ?? ''
    const rows = byName.get(name)
    if (rows) rows.push(row)
    else byName.set(name, [row])
  })
  const names = [...byName.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const each = Math.max(1, Math.floor(most / names.length))
  return Int32Array.from(
    names.flatMap((name) => Array.from(evenly(Int32Array.from(byName.get(name)!), each))),
  ).slice(0, most)
}
