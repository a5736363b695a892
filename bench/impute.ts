import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { RandomStream } from '../src/base/index.ts'
import {
  type Column,
  completeRows,
  readTable,
  rowKeys,
  type Table,
  TableEncoding,
  takeRows,
  writeTable,
} from '../src/data/node.ts'
import { type Imputation, imputeTable, openModel } from '../src/run/node.ts'
import { inFolderOf, sharedData, trained } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'
import { imputers } from './impute-baselines.ts'
import { isWithin, partWithin } from './within.ts'

/** Tables, the steps of their runs, and the guides that are measured on each: of many columns of words they take too long. */
const tables = [
  {
    path: 'data/wine-quality/winequality-white.csv',
    steps: 3000,
    guides: ['replacement', 'pigdm', 'tmpd', 'twisted-particles'],
  },
  {
    path: join(sharedData, 'california-housing/housing.csv'),
    steps: 3000,
    guides: ['replacement', 'pigdm', 'tmpd', 'twisted-particles'],
  },
  { path: join(sharedData, 'adult/adult.data'), steps: 1500, guides: [] },
]
/** Rows that are held out and get gaps, those of them that guides fill too, draws of each gap, and the share of cells that are hidden. */
const [heldOut, few, draws, hidden] = [300, 60, 20, 0.2]
/** Draws of a gap: K numbers, or K words. */
type DrawsOf = (row: number, c: number) => readonly (number | string)[]

/** `impute` on real tables, a fifth of the cells hidden, beside the column alone, nearest rows and a Gaussian of all columns. */
export const imputeBench: Bench = {
  name: 'impute',
  summary:
    'gaps of real tables filled: errors and intervals, beside median, nearest rows and Gaussian-conditional',
  async *run({ only = '', folder }) {
    for (const table of tables.filter(({ path }) => path.includes(only)))
      if (existsSync(table.path)) yield* inFolderOf(table.path, folder, (own) => measured(table, own))
      else
        process.stderr.write(
          `  ${table.path} is not at hand; SCOREFIELD_DATA names the folder that holds it\n`,
        )
  },
}

async function* measured(
  { path, steps, guides }: (typeof tables)[number],
  folder: string,
): AsyncGenerator<BenchResult> {
  const name = path.split('/').at(-1)!
  const read = (await readTable({ source: path })).table
  const whole = takeRows(read, completeRows(read.rowCount, read.columns))
  const order = new RandomStream({ seed: 1, name: 'held out' }).permutation({
    index: 0,
    size: whole.rowCount,
  })
  const learned = takeRows(whole, Int32Array.from(order.subarray(heldOut)))
  // A copy of a row among those learned would give its gaps away.
  const copies = new Set(rowKeys(learned))
  const keys = rowKeys(whole)
  const own = Int32Array.from(order.subarray(0, heldOut)).filter((row) => !copies.has(keys[row]!))
  const truth = takeRows(whole, own)
  const u = new RandomStream({ seed: 1, name: 'hidden' }).uniform({ first: 0, count: heldOut, width: 64 })
  const isHidden = (row: number, c: number): boolean => u[row * 64 + c]! < hidden
  const gappy: Table = {
    ...truth,
    columns: truth.columns.map((column, c) => without(column, (row) => isHidden(row, c))),
  }
  const file = join(folder, 'learned.csv')
  await writeTable(learned, { path: file })
  const all = { truth, learned, isHidden }
  for (const { name: who, fit } of imputers) {
    const drawsOf = fit(learned, gappy, draws)
    yield* figures(`${name}: ${who}`, { ...all, drawsOf })
    if (guides.length > 0) yield* figures(`${name}, ${few} rows: ${who}`, { ...firstOf(all), drawsOf })
  }
  const told = trained(file, subfolder(folder, 'told'), ['--steps', `${steps}`, '--conditions', 'all'])
  yield* filled(name, { ...all, gappy, run: told.run, methods: ['learned'] })
  if (guides.length === 0) return
  const inFew = { ...firstOf(all), gappy: takeRows(gappy, firstRows(few)) }
  yield* filled(`${name}, ${few} rows`, { ...inFew, run: told.run, methods: ['learned'] })
  const plain = trained(file, subfolder(folder, 'plain'), ['--steps', `${steps}`])
  yield* filled(`${name}, ${few} rows`, { ...inFew, run: plain.run, methods: guides })
}

interface Hidden {
  readonly truth: Table
  readonly learned: Table
  readonly isHidden: (row: number, c: number) => boolean
}

/** The same of the first rows alone. */
function firstOf({ truth, ...others }: Hidden): Hidden {
  return { ...others, truth: takeRows(truth, firstRows(few)) }
}

function firstRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row)
}

function subfolder(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  return path
}

/** What a run fills by each of these methods. */
async function* filled(
  name: string,
  {
    gappy,
    run,
    methods,
    ...all
  }: Hidden & { readonly gappy: Table; readonly run: string; readonly methods: readonly string[] },
): AsyncGenerator<BenchResult> {
  const { encoding, fitted, run: opened } = await openModel(run)
  if (!(encoding instanceof TableEncoding)) throw new Error(`${run} is of no table`)
  const mayBeGiven = opened.config.model.conditions
  for (const method of methods) {
    const started = performance.now()
    const found = await imputeTable({ encoding, fitted, mayBeGiven }, gappy, { draws, method })
    const seconds = (performance.now() - started) / 1000
    const note = `${found.evaluations} evaluations a draw, ${seconds.toFixed(0)} s for ${found.rows} rows of ${draws} draws`
    yield* figures(`${name}: ${method}`, { ...all, drawsOf: drawsIn(found, all.truth), note })
  }
  await fitted.dispose()
}

function without(column: Column, isGone: (row: number) => boolean): Column {
  return column.kind === 'text'
    ? { ...column, values: column.values.map((value, row) => (isGone(row) ? null : value)) }
    : { ...column, values: column.values.map((value, row) => (isGone(row) ? Number.NaN : value)) }
}

/** The draws of an imputation; of cells that rules filled the same value throughout. */
function drawsIn(found: Imputation, truth: Table): DrawsOf {
  return (row, c) => {
    const { name } = truth.columns[c]!
    const drawn = found.columns.find((column) => column.name === name)
    const place = drawn?.rows.indexOf(row) ?? -1
    if (place >= 0)
      return [...drawn!.values.values.slice(place * draws, (place + 1) * draws)] as (number | string)[]
    const own = found.table.columns.find((column) => column.name === name)!
    return new Array(draws).fill(own.values[row])
  }
}

function* figures(
  name: string,
  given: Hidden & { readonly drawsOf: DrawsOf; readonly note?: string },
): Generator<BenchResult> {
  const { truth, learned, isHidden, drawsOf, note } = given
  const [rmse, crps, covered, shared, right, brier]: number[][] = [[], [], [], [], [], []]
  const byColumn: string[] = []
  truth.columns.forEach((column, c) => {
    const rows = Array.from({ length: truth.rowCount }, (_, row) => row).filter((row) => isHidden(row, c))
    if (rows.length === 0) return
    if (column.kind === 'text') {
      const judged = rows.map((row) => wordsOf(drawsOf(row, c) as string[], column.values[row]!))
      right!.push(mean(judged.map(({ isRight }) => isRight)))
      brier!.push(mean(judged.map(({ brier }) => brier)))
      return
    }
    const scale = deviationOf(learned.columns[c]!.values as Float64Array)
    const judged = rows.map((row) => numbersOf(drawsOf(row, c) as number[], column.values[row]!))
    rmse!.push(Math.sqrt(mean(judged.map(({ square }) => square))) / scale)
    crps!.push(mean(judged.map(({ crps }) => crps)) / scale)
    covered!.push(mean(judged.map(({ within }) => within)))
    shared!.push(mean(judged.map(({ shared }) => shared)))
    const [closed, even] = [covered, shared].map((all) => (100 * all!.at(-1)!).toFixed(1))
    byColumn.push(`${column.name} ${closed} (${even})`)
  })
  const result = (what: string, unit: string, ours: number): BenchResult => ({
    ...{ name: `${name}: ${what}`, unit, ours, peers: {}, ratio: null, target: null, met: null },
    ...(note ? { note } : {}),
  })
  yield result('RMSE of the mean of draws', 'σ', mean(rmse!))
  yield result('CRPS', 'σ', mean(crps!))
  yield result('within the interval of 90 %', '%', 100 * mean(covered!))
  const told = [...(note ? [note] : []), `by column, ends within (ties shared out): ${byColumn.join(', ')}`]
  yield { ...result('the same, ties shared out', '%', 100 * mean(shared!)), note: told.join('; ') }
  if (right!.length === 0) return
  yield result('most frequent word right', '%', 100 * mean(right!))
  yield result('Brier score of words', '', mean(brier!))
}

/** CRPS = E|x − y| − ½ E|x − x′|, by all pairs of different draws.  Gneiting & Raftery 2007; Ferro 2014 (fair). */
function numbersOf(
  made: readonly number[],
  truth: number,
): { readonly square: number; readonly crps: number; readonly within: number; readonly shared: number } {
  let between = 0
  for (const one of made) for (const other of made) between += Math.abs(one - other)
  return {
    square: (mean(made) - truth) ** 2,
    crps:
      mean(made.map((value) => Math.abs(value - truth))) - between / (2 * made.length * (made.length - 1)),
    within: isWithin(made, truth),
    shared: partWithin(made, truth),
  }
}

/** Whether the most frequent word is right, and Σ (share of the word − 1 where it is right)², fair as above. */
function wordsOf(
  made: readonly string[],
  truth: string,
): { readonly isRight: number; readonly brier: number } {
  const shares = new Map<string, number>()
  for (const word of made) shares.set(word, (shares.get(word) ?? 0) + 1 / made.length)
  const best = [...shares].sort(([, a], [, b]) => b - a)[0]![0]
  let brier = 1 - 2 * (shares.get(truth) ?? 0)
  for (const share of shares.values()) brier += share ** 2 - (share * (1 - share)) / (made.length - 1)
  return { isRight: best === truth ? 1 : 0, brier }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviationOf(values: Float64Array): number {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length)
}
