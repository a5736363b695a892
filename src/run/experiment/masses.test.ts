import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { createRun } from '../folder/folder.node.ts'
import { executeRun } from './execute.node.ts'
import { openModel, rowsToTable } from './open-model.node.ts'
import { planRun } from './plan.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield masses '))
afterAll(() => rmSync(folder, { recursive: true }))

const rowCount = 1200
const sampleCount = 4000

/** A day of 2020 to 2023. */
const day = (u: number): string =>
  new Date(Date.UTC(2020, 0, 1 + Math.floor(u * 1461))).toISOString().slice(0, 10)

/** Columns that are a mass, or several, and something else between or beside: each of two uniform numbers. */
const columns = {
  /** Two fifths are 0, the rest 1 to 3. */
  zeros: (u: number, v: number) => (u < 0.4 ? '0' : (1 + 2 * v).toFixed(4)),
  /** Three tenths are cut off at 50, the rest 10 to 45. */
  capped: (u: number, v: number) => (u > 0.7 ? '50' : (10 + 35 * v).toFixed(3)),
  /** −999 for "not measured", and zeros. */
  two: (u: number, v: number) => (u < 0.15 ? '-999' : u < 0.4 ? '0' : (5 + 4 * v).toFixed(3)),
  /** Open ends. */
  ends: (u: number, v: number) => (u < 0.3 ? '9999-12-31' : day(v)),
} as const

const lines = Object.entries(columns).map(([name, value]) => {
  const drawn = new RandomStream({ seed: 5, name }).uniform({ first: 0, count: rowCount, width: 2 })
  return Array.from({ length: rowCount }, (_, i) => value(drawn[2 * i]!, drawn[2 * i + 1]!))
})
const [zeros, capped, two, ends] = lines as [string[], string[], string[], string[]]

/** The share of the values that are this one. */
const share = (values: readonly unknown[], value: unknown): number =>
  values.filter((other) => other === value).length / values.length

describe('masses, from file to samples', () => {
  let samples: Map<string, unknown[]>

  beforeAll(async () => {
    const source = join(folder, 'masses.csv')
    const rows = Array.from({ length: rowCount }, (_, i) => lines.map((column) => column[i]).join(','))
    writeFileSync(source, `${Object.keys(columns).join(',')}\n${rows.join('\n')}\n`)
    const plan = await planRun({
      data: { source },
      training: { steps: 400 },
      model: { size: { width: 64, blocks: 2 } },
    })
    const { config, prepared } = plan
    const run = await createRun(join(folder, 'run'), {
      ...{ config, data: prepared.description, versions: {}, commandLine: [] },
    })
    for await (const event of executeRun({ run, plan })) void event
    const opened = await openModel(run.folder)
    const drawn = await opened.fitted.sample({ count: sampleCount })
    const table = rowsToTable(opened, drawn, sampleCount)
    samples = new Map(table.columns.map(({ name, values }) => [name, Array.from<unknown>(values)]))
    await opened.fitted.dispose()
  }, 60_000)

  test.each([
    ['zeros', zeros, '0', 0],
    ['capped', capped, '50', 50],
    ['two', two, '-999', -999],
    ['two', two, '0', 0],
    ['ends', ends, '9999-12-31', Date.UTC(9999, 11, 31) / 864e5],
  ])('%s: as many are the mass as in the column', (name, written, word, value) => {
    expect(Math.abs(share(samples.get(name)!, value) - share(written, word))).toBeLessThan(0.02)
  })

  test.each([
    ['zeros', [0], 1, 3, 4],
    ['capped', [50], 10, 45, 3],
    ['two', [-999, 0], 5, 9, 3],
    ['ends', [Date.UTC(9999, 11, 31) / 864e5], Date.UTC(2020) / 864e5, Date.UTC(2024) / 864e5, 0],
  ])('%s: nothing is invented between, and the digits are kept', (name, masses, low, high, digits) => {
    const others = samples.get(name)!.filter((value) => !masses.includes(value as number)) as number[]
    expect(others.length).toBeGreaterThan(0)
    for (const value of others) {
      expect(value).toBeGreaterThanOrEqual(low)
      expect(value).toBeLessThanOrEqual(high)
      expect(Number(value.toFixed(digits))).toBe(value)
    }
  })
})
