/** What the tests call in the page. */
import {
  configureWeb,
  defaultRuntime,
  nodeCpu,
  type Runtime,
  webWasm,
  webWebgpu,
} from '../../src/engine/index.ts'
import { denoise } from './denoising-step.ts'
import { errorCode, millisecondsOfStep, type TaskName, tasks, together } from './tasks.ts'
import type { TrainingSize } from './training-step.ts'

type WebName = 'web/wasm' | 'web/webgpu'

configureWeb({ wasmPaths: '/onnxruntime/', threads: 2 })

const runtimes: Readonly<Record<WebName, () => Runtime>> = {
  'web/wasm': webWasm,
  'web/webgpu': webWebgpu,
}

Object.assign(globalThis, {
  tasks: {
    run: ({ task, runtime }: { task: TaskName; runtime: WebName }) => tasks[task](runtimes[runtime]()),
    time: ({ runtime, size, steps }: { runtime: WebName; size: TrainingSize; steps: number }) =>
      millisecondsOfStep(runtimes[runtime](), size, steps),
    together: ({ runtime }: { runtime: WebName }) => together(runtimes[runtime]()),
    facts: async () => ({
      isolated: globalThis.crossOriginIsolated,
      defaultRuntime: (await defaultRuntime()).name,
      nodeCpu: await errorCode(() => nodeCpu()),
    }),
    webgpuErrorCode: () => errorCode(() => denoise(webWebgpu())),
  },
})
