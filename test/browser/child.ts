/** What the tests call in a process of its own: a GPU's driver can only be chosen before the process starts. */
import { nodeWebgpu } from '../../src/engine/index.ts'
import { denoise } from './denoising-step.ts'
import { errorCode, millisecondsOfStep, type TaskName, tasks, together } from './tasks.ts'
import type { TrainingSize } from './training-step.ts'

type Request =
  | { readonly kind: 'run'; readonly task: TaskName }
  | { readonly kind: 'probe' }
  | { readonly kind: 'together' }
  | { readonly kind: 'time'; readonly size: TrainingSize; readonly steps: number }

async function answer(request: Request): Promise<unknown> {
  if (request.kind === 'run') return tasks[request.task](nodeWebgpu())
  if (request.kind === 'time') return millisecondsOfStep(nodeWebgpu(), request.size, request.steps)
  if (request.kind === 'together') return together(nodeWebgpu())
  return errorCode(() => denoise(nodeWebgpu()))
}

process.on('message', (request: Request) => {
  answer(request).then(
    (result) => process.send!({ result }),
    (error: Error) => process.send!({ error: error.stack ?? error.message }),
  )
})
