import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { nodeCpu, type Runtime } from '../../engine/index.ts'
import { blocksOf, copiesAmong, measurePrivacy } from '../../evaluation/index.ts'
import { asDenoiser, preconditioned, withDerived } from '../../family/index.ts'
import { residualMlp, startValues } from '../../nn/index.ts'
import { drawAll, logDensity, ownLogDensity, sampleAll } from '../../sampling/index.ts'
import { createRun } from '../folder/folder.node.ts'
import type { RunEvaluation } from '../judging/judge.ts'
import { fit } from '../library/fit.ts'
import { fitTable } from '../library/fit-table.ts'
import type { RowModel } from '../library/row-model.ts'
import type { TableModel } from '../library/table-model.ts'
import { compareFamilies } from './compare.node.ts'
import { evaluateRun } from './evaluate.node.ts'
import { executeRun } from './execute.node.ts'
import { FittedModel } from './fitted-model.ts'
import { logDensities } from './log-densities.ts'
import { type OpenedModel, openModel, rowsToTable } from './open-model.node.ts'
import { planRun } from './plan.node.ts'
import { writeReport } from './report.node.ts'
import { sampleWhere } from './sample-where.node.ts'
import { scoreRows } from './score-rows.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield abort '))
afterAll(() => rmSync(folder, { recursive: true }))
const data = join(folder, 'rows.csv')

/** A runtime that counts its calls, and tells each to `hear`. */
function heard(hear: () => void): Runtime {
  const runtime = nodeCpu()
  return {
    ...runtime,
    load: async (program, options) => {
      const executor = await runtime.load(program, options)
      const run = executor.run.bind(executor)
      executor.run = (call) => {
        hear()
        return run(call)
      }
      return executor
    },
  }
}

/** What is asked, and by what runtime; set anew by each test. */
let onCall: () => void = () => {}
const runtime = heard(() => onCall())

const rows = new RandomStream({ seed: 1, name: 'rows' }).normal({ first: 0, count: 600, width: 2 })
/** More than one call takes. */
const many = new Float32Array(4096)
const model = preconditioned({
  network: residualMlp,
  shape: { event: [2] },
  size: { width: 8, blocks: 1, embedding: 4 },
  sigmaData: 1,
})
const values = startValues(model.parameters, 1)
const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 }
const denoiser = new FittedModel({ model, values, range, runtime })
const fitted = { model: asDenoiser(model), values }

let opened: OpenedModel
let ofRows: RowModel
let ofTable: TableModel
const objects = Array.from({ length: 600 }, (_, i) => ({ a: rows[2 * i]!, b: rows[2 * i + 1]! }))
const quick = { family: 'real-nvp', size: { layers: 2, width: 8 }, steps: 50, batchSize: 32 } as const

beforeAll(async () => {
  writeFileSync(
    data,
    `a,b\n${Array.from({ length: 600 }, (_, i) => `${rows[2 * i]},${rows[2 * i + 1]}`).join('\n')}\n`,
  )
  const plan = await planRun({
    data: { source: data },
    model: { family: 'real-nvp', size: { layers: 2, width: 8 } },
    training: { steps: 20, batchSize: 32 },
  })
  const run = await createRun(join(folder, 'run'), {
    config: plan.config,
    data: plan.prepared.description,
    versions: {},
    commandLine: [],
  })
  for await (const _ of executeRun({ run, plan, runtime })) void _
  opened = await openModel(run.folder, { runtime })
  ofRows = await fit({ rows, dimension: 2 }, { ...quick, steps: 5, runtime })
  ofTable = await fitTable(objects, { ...quick, steps: 5, runtime })
})
afterAll(async () => {
  await opened.fitted.dispose()
  await ofRows.dispose()
  await ofTable.dispose()
  await denoiser.dispose()
})

const some = () => rowsToTable(opened, rows, 600)
const names = ['a', 'b']
const where = { count: 5000, seed: 0, sampler: 'direct', grid: 'karras', steps: 1 } as const

/** Every promise-returning function that takes a signal. */
const all: readonly (readonly [string, (signal: AbortSignal) => Promise<unknown>])[] = [
  ['FittedModel.sample', (signal) => denoiser.sample({ count: 20, signal })],
  ['FittedModel.denoise', (signal) => denoiser.denoise(many, 1, { signal })],
  ['FittedModel.score', (signal) => denoiser.score(many, { signal })],
  ['FittedModel.logDensity', (signal) => denoiser.logDensity(rows.subarray(0, 20), { signal })],
  ['FittedModel.logDensity, exact', (signal) => opened.fitted.logDensity(rows, { signal })],
  ['fit', (signal) => fit({ rows, dimension: 2 }, { ...quick, runtime, signal })],
  ['fitTable', (signal) => fitTable(objects, { ...quick, runtime, signal })],
  ['RowModel.sample', (signal) => ofRows.sample({ count: 4096, signal })],
  ['RowModel.score', (signal) => ofRows.score(many, { signal })],
  ['RowModel.logDensity', (signal) => ofRows.logDensity(many, { signal })],
  ['TableModel.sample', (signal) => ofTable.sample({ count: 4096, signal })],
  [
    'TableModel.sample, where',
    (signal) => ofTable.sample({ count: 3000, where: ({ a }) => (a as number) > 0, signal }),
  ],
  ['TableModel.logDensity', (signal) => ofTable.logDensity(objects, { signal })],
  ['sampleAll', (signal) => sampleAll({ fitted, levels: [10, 1, 0], seed: 0, count: 3, runtime, signal })],
  [
    'drawAll',
    async (signal) => {
      const sampler = await denoiser.sampler()
      return drawAll(sampler, { seed: 0, count: 20, signal }).finally(sampler.dispose)
    },
  ],
  ['logDensity', (signal) => logDensity({ fitted, ...range, x: rows.subarray(0, 20), runtime, signal })],
  [
    'ownLogDensity',
    (signal) => ownLogDensity({ ...opened.fitted, model: withDerived(opened.fitted.model), x: rows, signal }),
  ],
  ['logDensities', (signal) => logDensities(opened, rows, { signal })],
  ['scoreRows', (signal) => scoreRows(opened, some(), { signal })],
  ['sampleWhere', (signal) => sampleWhere(opened, { ...where, condition: 'a > 0', signal })],
  ['evaluateRun', (signal) => evaluateRun(opened, { signal })],
  ['writeReport', (signal) => writeReport(opened, { evaluation: {} as RunEvaluation, signal })],
  [
    'compareFamilies',
    (signal) =>
      compareFamilies({
        ...{ given: { data: { source: data } }, families: ['real-nvp'], seeds: 1, secondsPerTraining: 1 },
        ...{ folder: join(folder, 'compared'), versions: {}, commandLine: [], runtime, signal },
      }),
  ],
  [
    'measurePrivacy',
    (signal) =>
      measurePrivacy({ real: some(), heldOut: some(), synthetic: some() }, { names, seed: 0, signal }),
  ],
  ['copiesAmong', (signal) => copiesAmong(some(), blocksOf(some()), { names, signal })],
]
/** Those that ask no runtime. */
const withoutRuntime = ['measurePrivacy', 'copiesAmong']

describe.each(all)('%s', (name, ask) => {
  test('rejects with the reason of its signal before it begins', async () => {
    const reason = new Error('enough')
    let calls = 0
    onCall = () => calls++
    await expect(ask(AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(calls).toBe(0)
  })

  if (!withoutRuntime.includes(name))
    test('and between two calls of the runtime', async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      let calls = 0
      onCall = () => {
        if (++calls === 1) controller.abort(reason)
      }
      await expect(ask(controller.signal)).rejects.toBe(reason)
      expect(calls).toBe(1)
    })
})
