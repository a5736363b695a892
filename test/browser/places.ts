import { join } from 'node:path'
import { nodeCpu } from '../../src/engine/index.ts'
import { root } from './bundle.ts'
import { available, chromiumAvailable, type OpenPage, openPage } from './harness.ts'
import { startWebgpuProcess } from './node-webgpu.ts'
import type { Quantities } from './numbers.ts'
import { millisecondsOfStep, type TaskName, tasks, together } from './tasks.ts'
import type { TrainingSize } from './training-step.ts'

/** A runtime within reach, wherever it runs. */
export interface Place {
  run(task: TaskName): Promise<Quantities>
  /** The denoising step in two programs at once. */
  together(): Promise<Quantities[]>
  millisecondsOfStep(size: TrainingSize, steps: number): Promise<number>
  close(): Promise<void>
}

type Opening = Promise<Place | undefined>

/** How to reach each ONNX runtime; undefined where this machine has none and none is required. */
export const places = {
  'node/cpu': async (): Opening => ({
    run: (task) => tasks[task](nodeCpu({ threads: 2 })),
    together: () => together(nodeCpu({ threads: 2 })),
    millisecondsOfStep: (size, steps) => millisecondsOfStep(nodeCpu({ threads: 2 }), size, steps),
    close: async () => {},
  }),
  'web/wasm': async (): Opening => {
    const page = await openTestPage({ webgpu: false })
    return page && inPage(page, 'web/wasm')
  },
  'web/webgpu': async (): Opening => {
    const page = await openTestPage({ webgpu: true })
    if (!page) return undefined
    const code = await page.call<string>('webgpuErrorCode')
    if (available('webgpu', code === 'none' ? undefined : `Chromium's WebGPU gave ${code}`))
      return inPage(page, 'web/webgpu')
    await page.close()
    return undefined
  },
  'node/webgpu': async (): Opening => {
    const child = await startWebgpuProcess()
    if ('missing' in child) {
      available('webgpu', child.missing)
      return undefined
    }
    return {
      run: (task) => child.call({ kind: 'run', task }),
      together: () => child.call({ kind: 'together' }),
      millisecondsOfStep: (size, steps) => child.call({ kind: 'time', size, steps }),
      close: async () => child.close(),
    }
  },
} as const

/** The tests' page, or undefined where there is no Chromium. */
export async function openTestPage(options: { webgpu: boolean }): Promise<OpenPage | undefined> {
  return chromiumAvailable() ? openPage(join(root, 'test/browser/page.ts'), options) : undefined
}

function inPage(page: OpenPage, runtime: 'web/wasm' | 'web/webgpu'): Place {
  return {
    run: (task) => page.call('run', { task, runtime }),
    together: () => page.call('together', { runtime }),
    millisecondsOfStep: (size, steps) => page.call('time', { runtime, size, steps }),
    close: () => page.close(),
  }
}
