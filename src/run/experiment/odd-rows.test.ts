import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  modelledNames,
  readTable,
  rowHashes,
  splitRows,
  splitShares,
  type Table,
  takeRows,
} from '../../data/node.ts'
import { areaUnderCurve } from '../../evaluation/index.ts'
import { createRun } from '../folder/folder.node.ts'
import {
  gaussianDistance,
  isolationForest,
  type Matrix,
  type OutlierKind,
  outlierKinds,
  plant,
} from '../testing/planted-outliers.test-helper.ts'
import { executeRun } from './execute.node.ts'
import { openModel } from './open-model.node.ts'
import { planRun } from './plan.node.ts'
import { type RowScores, scoreRows } from './score-rows.node.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const shared = process.env['SCOREFIELD_DATA'] ?? join(repository, '../shared/data')
const tables = [
  { name: 'white wines', path: join(repository, 'data/wine-quality/winequality-white.csv') },
  // Another minute, so only where the figures are asked for.
  ...(process.env['SHOW_FIGURES']
    ? [{ name: 'parkinsons', path: join(shared, 'parkinsons/parkinsons_updrs.data') }]
    : []),
]

const folder = mkdtempSync(join(tmpdir(), 'scorefield odd rows '))
afterAll(() => rmSync(folder, { recursive: true }))

/** −log p of each row; ∞ for one that breaks what all rows trained on keep, so that the model makes no such row. */
function oddness({ logDensity, oddColumns }: RowScores): Float64Array {
  const breaks = (row: number): boolean => oddColumns[row]?.[0]?.times === Number.POSITIVE_INFINITY
  return logDensity.map((value, row) => (breaks(row) ? Number.POSITIVE_INFINITY : -value))
}

/** Outliers of each kind, and as many rows that are none. */
const each = 40

describe.each(tables)('outliers planted in $name', ({ name, path }) => {
  const absent = existsSync(path) ? '' : ' (not at hand; set SCOREFIELD_DATA to the folder that holds it)'
  let areas: Record<'model' | 'gaussian' | 'forest', Record<OutlierKind, number>>
  let planted: Map<OutlierKind, { scores: RowScores; rows: number[][] }>
  let usual: RowScores
  let names: string[]

  beforeAll(async () => {
    if (absent) return
    const run = await train(name, path)
    const opened = await openModel(run)
    const { table } = await readTable({ source: path })
    names = table.columns.map((column) => column.name)
    const split = splitRows({
      hashes: rowHashes(table, modelledNames(table)),
      seed: 0,
      ...splitShares(table.rowCount),
    })
    const training = matrixOf(takeRows(table, split.train))
    const unseen = takeRows(table, split.test.slice(0, 120))
    usual = await scoreRows(opened, unseen)
    const normal = matrixOf(unseen)
    planted = new Map()
    const area = (of: (rows: Matrix) => number[], odd: Matrix): number => areaUnderCurve(of(odd), of(normal))
    const found = { model: {}, gaussian: {}, forest: {} } as typeof areas
    for (const [seed, kind] of outlierKinds.entries()) {
      const rows = plant(matrixOf(takeRows(table, split.test)), kind, each, seed)
      const scores = await scoreRows(opened, tableOf(table, rows))
      planted.set(kind, { scores, rows })
      found.model[kind] = areaUnderCurve(oddness(scores), oddness(usual))
      found.gaussian[kind] = area((of) => gaussianDistance(training, of), rows)
      found.forest[kind] = area((of) => isolationForest(training, of, 1), rows)
    }
    areas = found
    await opened.fitted.dispose()
    if (process.env['SHOW_FIGURES']) console.table(areas)
  }, 240_000)

  test.skipIf(absent !== '')(
    `are found better than by a Gaussian and by an isolation forest${absent}`,
    () => {
      const mean = (of: Record<OutlierKind, number>): number =>
        outlierKinds.reduce((sum, kind) => sum + of[kind] / outlierKinds.length, 0)
      expect(mean(areas.model)).toBeGreaterThan(mean(areas.gaussian))
      expect(mean(areas.model)).toBeGreaterThan(mean(areas.forest))
      expect(mean(areas.model)).toBeGreaterThan(0.9)
    },
  )

  test.skipIf(absent !== '')(`have their column named: the one that is far off${absent}`, () => {
    const { scores, rows } = planted.get('far')!
    const named = rows.filter((row, i) => {
      const odd = scores.oddColumns[i]!.map(({ column }) => column)
      // The far cell is the one that no unseen row reaches.
      const c = row.findIndex((value, k) => value > largest(k))
      return odd.includes(names[c]!)
    })
    expect(named.length / rows.length).toBeGreaterThan(0.8)
    // Of usual rows few have an odd column at all.
    const accused = usual.oddColumns.filter((odd) => odd.length > 0).length / usual.oddColumns.length
    expect(accused).toBeLessThan(0.35)
  })

  const largest = (column: number): number =>
    Math.max(...planted.get('shuffled')!.rows.map((row) => row[column]!))
})

async function train(name: string, path: string): Promise<string> {
  const plan = await planRun({
    data: { source: path },
    training: { steps: 1200, checkpointEverySteps: 1200 },
  })
  const { config, prepared } = plan
  const run = await createRun(join(folder, name), {
    config,
    data: prepared.description,
    versions: {},
    commandLine: [],
  })
  for await (const event of executeRun({ run, plan })) void event
  return run.folder
}

function matrixOf(table: Table): number[][] {
  return Array.from({ length: table.rowCount }, (_, row) =>
    table.columns.map(({ values }) => values[row] as number),
  )
}

/** Rows as a table with the columns of another. */
function tableOf(like: Table, rows: Matrix): Table {
  return {
    rowCount: rows.length,
    source: 'planted rows',
    columns: like.columns.map((column, c) => ({
      kind: 'number',
      name: column.name,
      type: column.type,
      decimals: 9,
      values: Float64Array.from(rows, (row) => row[c]!),
    })),
  }
}
