import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './bundle.ts'
import { chromiumAvailable, type Visit, visitPage } from './harness.ts'
import { type ViteProject, viteProject } from './vite-project.ts'

/** The longest frame that a page may have while a worker trains, milliseconds. */
const longestFrame = 100

let project: ViteProject | undefined
const absent = 'not on this machine; the warning printed says what is missing'

beforeAll(async () => {
  if (!chromiumAvailable()) return
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))!
  project = await viteProject(
    { index: example!, tasks: readFileSync(join(root, 'test/browser/vite-page.ts'), 'utf8') },
    { 'my-worker.ts': "import 'scorefield/worker/thread'\n" },
  )
})
afterAll(() => project?.dispose())

interface Answered {
  readonly frames: number[]
  readonly answers: number[][]
}

describe.each(['dev', 'build'] as const)('a project of Vite without configuration, vite %s', (way) => {
  let served: { readonly url: string; close(): Promise<void> }
  let visit: Visit
  const pages: Visit[] = []
  const open = async (page: string): Promise<Visit> => {
    const it = await visitPage(`${served.url}${page}.html`, { webgpu: false })
    pages.push(it)
    return it
  }

  beforeAll(async () => {
    if (!project) return
    served = await project.serve(way, { isolated: true })
    visit = await open('tasks')
    await visit.ready()
  }, 180_000)
  afterAll(async () => {
    for (const it of pages) await it.close()
    await served?.close()
  })

  it('runs the first example of README', async ({ skip }) => {
    if (!project) return skip(absent)
    const example = await open('index')
    await example.told(/^true log-density/, 150_000)
    const told = example.lines.filter((line) => !line.startsWith('[vite]'))
    expect(told.map((line) => line.replace(/(loss|sample:|log-density:?) .*/, '$1'))).toEqual([
      ...['step 200: loss', 'step 400: loss', 'step 600: loss', 'first sample:', 'true log-density:'],
    ])
  }, 180_000)

  it('trains in a worker: no long frame, progress meanwhile, the bits of the page itself', async ({
    skip,
  }) => {
    if (!project) return skip(absent)
    const idle = await visit.call<number[]>('idle')
    const worker = await visit.call<Answered & { events: { type: string; after: number }[]; took: number }>(
      'inWorker',
    )
    const page = await visit.call<Answered>('inPage')
    const [quiet, there, here] = [idle, worker.frames, page.frames].map((frames) => Math.max(...frames)) as [
      number,
      number,
      number,
    ]
    console.log(
      `longest frame, vite ${way}: idle ${quiet.toFixed(0)} ms, worker trains ${there.toFixed(0)} ms, page trains ${here.toFixed(0)} ms`,
    )
    expect(there).toBeLessThan(longestFrame)
    // What the frames are measured by notices a page that is held up.
    expect(here).toBeGreaterThan(longestFrame)
    expect(worker.answers).toEqual(page.answers)
    const steps = worker.events.filter(({ type }) => type === 'step')
    expect(worker.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['start', 'step', 'done']))
    expect(steps).toHaveLength(4)
    expect(steps[0]!.after).toBeLessThan(0.75 * worker.took)
  }, 180_000)

  it('stops within a call, by the signal’s reason', async ({ skip }) => {
    if (!project) return skip(absent)
    const { isReason, stepsAfter, dimension } = await visit.call<Record<string, unknown>>('cancel')
    expect({ isReason, dimension }).toEqual({ isReason: true, dimension: 2 })
    expect(stepsAfter).toBeLessThanOrEqual(1)
  }, 120_000)

  it('tells errors of the worker as the page’s own, and what cannot be sent', async ({ skip }) => {
    if (!project) return skip(absent)
    const { there, here, density, disposed } = await visit.call<Record<string, object>>('errors')
    expect(there).toEqual(here)
    expect(there).toMatchObject({ code: 'data/constant', kind: 'data', hasStack: true })
    expect(density).toMatchObject({ code: 'worker/not-sendable', where: expect.stringMatching(/^data\./) })
    expect(disposed).toMatchObject({ code: 'worker/disposed' })
  }, 120_000)

  it('takes a worker of the project’s own, and ends it', async ({ skip }) => {
    if (!project) return skip(absent)
    const [pending, later] = await visit.call<object[]>('terminate')
    expect(pending).toMatchObject({ code: 'worker/terminated' })
    expect(later).toEqual(pending)
  }, 120_000)

  it('computes with two threads in a worker', async ({ skip }) => {
    if (!project) return skip(absent)
    expect(await visit.call('threads')).toEqual({ isolated: true, finite: true, count: 20 })
  }, 120_000)

  it('says what to serve where WebAssembly’s files or the worker’s script are not found', async ({
    skip,
  }) => {
    if (!project) return skip(absent)
    const lost = await open('tasks')
    await lost.ready()
    const { here, again, there, script } = await lost.call<Record<string, object>>('noFiles')
    expect(here).toMatchObject({
      kind: 'ability',
      code: 'runtime/no-webassembly',
      where: '/nowhere/',
      hint: expect.stringContaining(
        'Serve ort-wasm-simd-threaded.mjs and ort-wasm-simd-threaded.wasm of onnxruntime-web/dist at /nowhere/',
      ),
    })
    expect(again).toEqual(here)
    expect(there).toEqual(here)
    expect(script).toMatchObject({
      code: 'worker/not-running',
      hint: expect.stringContaining("import 'scorefield/worker/thread'"),
    })
  }, 120_000)
})
