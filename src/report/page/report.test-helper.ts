import { RandomStream } from '../../base/index.ts'
import type { NumberColumn, Table, TextColumn } from '../../data/index.ts'
import { baselines, compareLogDensities, evaluateRows, meanOverRows } from '../../evaluation/index.ts'
import type { ReportData } from './data.ts'

/** A column name that careless code would run, and words that would break out of attributes and tables. */
export const nastyName = `<script>alert("x")</script> & | 'y'`
const words = ['plain', '"quoted" <b>', 'with | bar & `tick`', '']

function numbers(name: string, values: Float64Array, more: Partial<NumberColumn> = {}): NumberColumn {
  return { kind: 'number', name, type: 'DOUBLE', values, decimals: 2, ...more }
}

/** A table of numbers with gaps, days, times, words and one value throughout; `shift` moves it away from others. */
export function someTable(seed: number, shift: number, rowCount = 240): Table {
  const z = new RandomStream({ seed, name: 'report' }).normal({ first: 0, count: rowCount, width: 4 })
  const column = (k: number, of: (z: number, row: number) => number): Float64Array =>
    Float64Array.from({ length: rowCount }, (_, row) => of(z[4 * row + k]!, row))
  const text = (k: number): TextColumn['values'] =>
    Array.from(
      column(k, (value) => value),
      (value) => (value > 1.6 ? null : words[Math.min(3, Math.floor(Math.abs(value + shift) * 2))]!),
    )
  return {
    rowCount,
    source: 'made up',
    columns: [
      numbers(
        nastyName,
        column(0, (value) => value + shift),
      ),
      numbers(
        'height, cm',
        column(0, (value, row) => (row % 10 === 0 ? Number.NaN : 170 + 8 * value + 2 * z[4 * row + 1]!)),
      ),
      numbers(
        'born',
        column(1, (value) => Math.round(9000 + 3000 * value)),
        { type: 'DATE', decimals: 0, calendar: { unit: 'date', format: '%Y-%m-%d' } },
      ),
      numbers(
        'seen',
        column(2, (value) => Math.round(1.7e9 + 1e4 * value)),
        { type: 'TIMESTAMP', decimals: 0, calendar: { unit: 'timestamp', format: '%Y-%m-%d %H:%M:%S' } },
      ),
      { kind: 'text', name: 'word', type: 'VARCHAR', values: text(2) },
      { kind: 'text', name: 'other', type: 'VARCHAR', values: text(3) },
      numbers('same', new Float64Array(rowCount).fill(7), { decimals: 0 }),
    ],
  }
}

/** A report's data with every part, the figures measured on made-up rows. */
export function someReportData(shift = 0.3): ReportData {
  const [real, heldOut, synthetic] = [someTable(1, 0), someTable(2, 0), someTable(3, shift)]
  const values = (table: Table): Float64Array =>
    Float64Array.from(
      { length: 2 * table.rowCount },
      (_, i) => table.columns[2 * (i % 2)]!.values[i >> 1] as number,
    )
  const columns = [nastyName, 'born']
  const samples = evaluateRows({
    real: values(real),
    heldOut: values(heldOut),
    synthetic: values(synthetic),
    columns,
    seed: 0,
  })
  const logDensity = Float64Array.from({ length: 60 }, (_, i) => -3 + Math.sin(i))
  return {
    run: {
      name: 'a run <of> "mine"',
      created: '2026-05-04T03:02:01.000Z',
      seed: 5,
      versions: { scorefield: '1.2.3', node: '20.0.0' },
      commandLine: ['train', "it's here.csv", '--out', 'runs/mine'],
      settings: [
        ['model.network', 'residual-mlp'],
        ['training.steps', '300'],
        ['data.csv.gaps', ''],
      ],
    },
    machine: { threads: 2, processor: 'some processor', memoryBytes: 8 * 2 ** 30 },
    source: {
      words: { type: 'table', measured: 'rows learned from' },
      name: "it's here.csv",
      rows: 500,
      trainingRows: 400,
      validationRows: 20,
      testRows: 70,
      columns: real.columns.map(({ name, type, kind }) => ({ name, type, role: kind, encoding: 'as it is' })),
      notes: ["'id' names rows & is not learned."],
      sha256: 'ab'.repeat(32),
    },
    training: {
      loss: { step: [25, 50, 75, 100], loss: [1, 0.9, 0.95, 0.85] },
      heldOut: { step: [50, 100], loss: [0.97, 0.93], standardError: [0.02, null] },
      byNoiseLevel: { sigma: [0.01, 0.1, 1, 10], loss: [1, null, 0.8, 0.9], count: [10, 0, 30, 20] },
      steps: 100,
      reason: 'finished',
      seconds: 12,
      parameters: 1234,
      weights: { kind: 'best', step: 100 },
    },
    evaluation: {
      against: 'held-out rows',
      likelihood: {
        model: meanOverRows(logDensity),
        baselines: baselines.map(({ name }, k) => {
          const lower = logDensity.map((value, i) => value - k * 0.2 - 0.1 * Math.cos(3 * i))
          return {
            name,
            summary: `a baseline < ${k}`,
            logDensity: meanOverRows(lower),
            advantage: compareLogDensities({ model: logDensity, baseline: lower }),
          }
        }),
      },
      samples,
    },
    privacy: {
      trainingRows: 12_345,
      figures: [
        {
          name: 'copies',
          ...{ value: 0.008, low: 0.002, high: 0.012 },
          floor: { value: 0.007, low: 0.006, high: 0.008 },
          rows: 240,
        },
        {
          name: 'single values',
          ...{ value: 0.004, low: 0.001, high: 0.009 },
          floor: { value: 0.003, low: 0.002, high: 0.004 },
          rows: 240,
          columns: ['word'],
        },
      ],
      copies: { synthetic: 2, syntheticRows: 240, heldOut: 1, heldOutRows: 90 },
      membership: { value: 0.52, low: 0.46, high: 0.58 },
      closest: { synthetic: { median: 0.8, low: 0.3 }, heldOut: { median: 0.82, low: 0.31 } },
      nearer: { value: 0.51, low: 0.44, high: 0.57 },
    },
    utility: {
      target: 'word',
      chosenBy: 'its few words',
      measure: 'Accuracy',
      real: { value: 0.8, low: 0.75, high: 0.85 },
      synthetic: { value: 0.78, low: 0.72, high: 0.83 },
      relativeDifference: { value: -0.025, low: -0.1, high: 0.05 },
      rows: 150,
      heldOutRows: 90,
      copiesLeftOut: 3,
    },
    tables: { real, synthetic, realAre: '240 rows of the data' },
    leastLikely: worst(real),
    mostRecognisable: worst(synthetic),
  }
}

function worst({ columns, rowCount }: Table): NonNullable<ReportData['leastLikely']> {
  return {
    columns,
    rows: [0, 10].map((row) => ({
      value: 0.75 - row / 100,
      cells: columns.map(({ values }) => {
        const value = values[row]!
        return Number.isNaN(value) ? null : value
      }),
    })),
    among: rowCount,
  }
}
