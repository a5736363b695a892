import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { RandomStream } from '../src/base/index.ts'
import { toyByName } from '../src/density/index.ts'
import { energyDistance, rowsOf } from '../src/evaluation/index.ts'
import { type FitData, type FitOptions, fit, tuneSampling } from '../src/run/node.ts'
import type { Bench, BenchResult } from './harness.ts'

/** What is learned, and real rows of it to compare with. */
interface Task {
  readonly name: string
  readonly data: FitData
  readonly dimension: number
  /** [n, d], never learned from. */
  readonly real: Float64Array
  /** As many other real rows: what is the best that rows can reach. */
  readonly others: Float64Array
  readonly teacher: FitOptions
  readonly student: FitOptions
}

/** Rows that are drawn and compared. */
const rows = 1000

/** Students of few steps beside samplers of few evaluations, usual and searched. */
export const fewSteps: Bench = {
  name: 'few-steps',
  summary: 'energy distance to real rows by evaluations of the network: samplers, a searched one, a student',
  async *run({ only = '' }) {
    for (const make of [moons, digits]) {
      const task = make()
      if (task.name.includes(only)) yield* measured(task)
    }
  },
}

async function* measured(task: Task): AsyncGenerator<BenchResult> {
  const { name, real, dimension } = task
  const teacher = await fit(task.data, task.teacher)
  const scale = teacher.fitted.range.sigmaData
  const result = (what: string, made: Float32Array | Float64Array, note?: string): BenchResult => {
    const scaled = (values: Float32Array | Float64Array): ReturnType<typeof rowsOf> =>
      rowsOf({ values: Float64Array.from(values, (value) => value / scale), dimension })
    const columns = Array.from({ length: dimension }, (_, k) => String(k))
    const pair = { reference: scaled(real), candidate: scaled(made), columns, seed: 0 }
    const [{ value, low, high }] = energyDistance.measure(pair) as [
      { value: number; low: number; high: number },
    ]
    const interval = `${(1000 * low).toFixed(1)} to ${(1000 * high).toFixed(1)}`
    return {
      ...{ name: `${name}: ${what}`, unit: '‰ of σ', ours: 1000 * value },
      ...{ peers: {}, ratio: null, target: null, met: null },
      note: note === undefined ? interval : `${interval}; ${note}`,
    }
  }
  yield result('other real rows', task.others)
  const drawn = { count: rows, seed: 5 }
  for (const steps of [25, 5, 3])
    yield result(`heun, ${2 * steps - 1} evaluations`, await teacher.sample({ ...drawn, steps }))
  for (const evaluations of [10, 5]) {
    const usual = await teacher.sample({ ...drawn, sampler: 'dpmpp-2m', steps: evaluations })
    yield result(`dpmpp-2m, ${evaluations} evaluations`, usual)
    const own = { sampler: 'heun', grid: 'karras', steps: 25 }
    const { best } = await tuneSampling(teacher.fitted, { evaluations, own })
    const { sampler, gridOptions = {}, steps } = best.sampling
    const way = [sampler, `${steps} steps`, ...Object.entries(gridOptions).map(([k, v]) => `${k} ${v}`)]
    const made = await teacher.sample({ ...drawn, ...best.sampling })
    yield result(`searched, ${best.evaluations} evaluations`, made, way.join(', '))
  }
  for (const objective of ['consistency', 'consistency-distillation']) {
    const student = await fit(task.data, { ...task.student, from: teacher, objective })
    for (const steps of [1, 2, 3])
      yield result(
        `${objective}, ${steps} ${steps === 1 ? 'step' : 'steps'}`,
        await student.sample({ ...drawn, steps }),
      )
    await student.dispose()
  }
  await teacher.dispose()
}

function moons(): Task {
  const density = toyByName('two-moons')
  const sample = (seed: number): Float64Array => density.sample({ seed, first: 0, count: rows })
  const training: FitOptions = { steps: 2000, batchSize: 256 }
  return {
    name: 'two moons',
    data: density,
    dimension: 2,
    ...{ real: sample(9), others: sample(10) },
    teacher: { ...training, size: { width: 64 } },
    student: { ...training, steps: 4000 },
  }
}

/** 1,797 handwritten digits of 8 × 8 pixels of 17 levels, each spread over its cell. Alpaydin & Kaynak 1998. */
function digits(): Task {
  const file = gunzipSync(readFileSync(new URL('../data/digits/digits.csv.gz', import.meta.url)))
  const lines = file.toString('utf8').trim().split('\n')
  const u = new RandomStream({ seed: 1, name: 'cells' }).uniform({ first: 0, count: lines.length, width: 64 })
  const pictures = lines.map((line, i) =>
    line
      .split(',')
      .slice(0, 64)
      .map((cell, k) => (2 * (Number(cell) + u[64 * i + k]!)) / 17 - 1),
  )
  const of = (k: number): number[] => pictures.filter((_, i) => i % 3 === k).flat()
  return {
    name: 'digits',
    data: { rows: Float32Array.from(of(0)), shape: [1, 8, 8] },
    dimension: 64,
    ...{ real: Float64Array.from(of(1)), others: Float64Array.from(of(2)) },
    teacher: { steps: 1500, batchSize: 128, network: 'residual-mlp', size: { width: 192 }, scale: false },
    student: { steps: 3000, batchSize: 128, scale: false },
  }
}
