import { describe, expect, test } from 'vitest'
import { realTables } from './fixtures.test-helper.ts'
import { readTable } from './read.node.ts'

/** Rows, and what each column is: n number, w words, t timestamp; gaps in all. As the data sets' own notes say. */
const known: Readonly<Record<string, { rows: number; columns: string; gaps: number }>> = {
  'winequality-white': { rows: 4898, columns: 'n'.repeat(12), gaps: 0 },
  'iris/iris.csv': { rows: 150, columns: 'nnnnn', gaps: 0 },
  'wine/wine_data.csv': { rows: 178, columns: 'n'.repeat(14), gaps: 0 },
  'breast-cancer/breast_cancer.csv': { rows: 569, columns: 'n'.repeat(31), gaps: 0 },
  'wine-quality/winequality-red.csv': { rows: 1599, columns: 'n'.repeat(12), gaps: 0 },
  'parkinsons/parkinsons_updrs.data': { rows: 5875, columns: 'n'.repeat(22), gaps: 0 },
  'abalone/abalone.csv': { rows: 4177, columns: 'wnnnnnnnn', gaps: 0 },
  'adult/adult.data': { rows: 32561, columns: 'nwnwnwwwwwnnnww', gaps: 4262 },
  'california-housing/housing.csv': { rows: 20640, columns: 'nnnnnnnnnw', gaps: 207 },
  'penguins/penguins.csv': { rows: 344, columns: 'wwnnnnwn', gaps: 19 },
  'etth1/ETTh1.csv': { rows: 17420, columns: 'tnnnnnnn', gaps: 0 },
  'digits/digits.csv.gz': { rows: 1797, columns: 'n'.repeat(65), gaps: 0 },
  'ecg/ecg.csv.gz': { rows: 108000, columns: 'n', gaps: 0 },
}

describe('real tables', () => {
  for (const { name, path, absent } of realTables) {
    test.skipIf(absent !== undefined)(`${name}${absent ? ` (${absent})` : ''}`, async () => {
      const { table } = await readTable({ source: path })
      const kinds = table.columns.map((column) =>
        column.kind === 'text' ? 'w' : column.calendar?.unit === 'timestamp' ? 't' : 'n',
      )
      const gaps = table.columns.reduce((sum, { values }) => {
        return sum + [...values].filter((value) => value === null || Number.isNaN(value)).length
      }, 0)
      expect({ rows: table.rowCount, columns: kinds.join(''), gaps }).toEqual(known[name])
      const blank = table.columns.flatMap(({ kind, values }) =>
        kind === 'text' ? [...values].filter((value) => /^\s|\s$/.test(String(value))) : [],
      )
      expect(blank).toEqual([])
    })
  }
})
