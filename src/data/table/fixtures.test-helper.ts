import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decimalsNeeded } from './decimals.ts'
import type { Column, NumberColumn, Table, TextColumn } from './table.ts'

const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** The table that the project carries. */
export const wineFile: string = join(repository, 'data/wine-quality/winequality-white.csv')

const moreData = process.env['SCOREFIELD_DATA'] ?? join(repository, '../shared/data')

const moreFiles = [
  'iris/iris.csv',
  'wine/wine_data.csv',
  'breast-cancer/breast_cancer.csv',
  'wine-quality/winequality-red.csv',
  'parkinsons/parkinsons_updrs.data',
  'abalone/abalone.csv',
  'adult/adult.data',
  'california-housing/housing.csv',
  'penguins/penguins.csv',
  'etth1/ETTh1.csv',
  'digits/digits.csv.gz',
  'ecg/ecg.csv.gz',
]

/** Every real table at hand: the project's own, and those of SCOREFIELD_DATA, each with why it is skipped, if it is. */
export const realTables: readonly { name: string; path: string; absent: string | undefined }[] = [
  { name: 'winequality-white', path: wineFile, absent: undefined },
  ...moreFiles.map((name) => {
    const path = join(moreData, name)
    const absent = existsSync(path)
      ? undefined
      : 'not at hand; set SCOREFIELD_DATA to the folder that holds it'
    return { name, path, absent }
  }),
]

export function numbers(name: string, values: readonly number[], type = 'DOUBLE'): NumberColumn {
  const held = Float64Array.from(values)
  return { kind: 'number', name, type, values: held, decimals: decimalsNeeded(held) }
}

export function text(name: string, values: readonly (string | null)[], type = 'VARCHAR'): TextColumn {
  return { kind: 'text', name, type, values }
}

export function tableOf(...columns: Column[]): Table {
  return { rowCount: columns[0]?.values.length ?? 0, columns, source: 'a test' }
}

/** Cells of separated text, read by the plainest rules: quotes, doubled quotes, one separator, lines. */
export function plainCsv(content: string, separator: string): string[][] {
  const cell = `(?:"((?:[^"]|"")*)"|([^"${separator}\\n]*))`
  return content
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => {
      const found = [...line.matchAll(new RegExp(`(?:^|${separator})${cell}`, 'g'))]
      return found.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '')
    })
}

/** Name, type and values of each column, for short expectations. */
export function columnsOf({ columns }: Table): [string, string, (string | number | null)[]][] {
  return columns.map(({ name, type, values }) => [name, type, [...values]])
}
