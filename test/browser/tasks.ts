import { ScorefieldError } from '../../src/base/error.ts'
import type { Runtime } from '../../src/engine/index.ts'
import { denoise } from './denoising-step.ts'
import type { Quantities } from './numbers.ts'
import { runSamples } from './operation-samples.ts'
import { examples, startTraining, type TrainingSize, train } from './training-step.ts'

/** What the agreement tests run on every runtime. */
export const tasks: Readonly<
  Record<'train' | 'denoise' | 'samples', (runtime: Runtime) => Promise<Quantities>>
> = {
  train,
  denoise,
  samples: runSamples,
}

export type TaskName = keyof typeof tasks

/** Milliseconds that a training step takes when `steps` run in a call: the least of three calls after a first one. */
export async function millisecondsOfStep(
  runtime: Runtime,
  size: TrainingSize,
  steps: number,
): Promise<number> {
  const program = await startTraining(size, runtime)
  const inputs = examples(size, steps, 1)
  const times: number[] = []
  for (let call = 0; call < 4; call++) {
    const started = performance.now()
    await program.run(inputs, steps)
    times.push((performance.now() - started) / steps)
  }
  await program.dispose()
  return Math.min(...times.slice(1))
}

/** Two programs of one runtime, made and run at the same time. */
export function together(runtime: Runtime): Promise<Quantities[]> {
  return Promise.all([denoise(runtime), denoise(runtime)])
}

/** The code of the error that `work` fails with. */
export async function errorCode(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'none'
  } catch (error) {
    return error instanceof ScorefieldError ? error.code : String(error)
  }
}
