import type { RuntimeName } from '../../src/engine/index.ts'

/** How far a runtime may be from float64. */
export interface Tolerances {
  /** After two calls of eight training steps, by quantity: ‖difference‖ / ‖reference‖. */
  readonly train: Readonly<Record<string, number>>
  /** Every result of the denoising step: ‖difference‖ / ‖reference‖. */
  readonly denoise: number
  /** An operation's result, element by element: |difference| / max(1, |reference|). */
  readonly operation: (name: string) => number
}

/** float32 with correctly rounded arithmetic; momentum is a sum of gradients that nearly cancel. */
const cpu: Tolerances = {
  train: { loss: 2e-6, parameters: 2e-6, average: 2e-6, momentum: 1e-5, scale: 5e-6, counter: 0 },
  denoise: 1e-6,
  operation: () => 3e-6,
}

/**
 * float32 by WGSL's rules ("Floating Point Accuracy"): division may err by 2.5 units in the last place, the exponential
 * by 3 + 2|x|, tanh by 1e-5; sine and cosine only have an absolute bound, 2⁻¹¹, and only on [−π, π]; the arc tangent
 * has 4096 units in the last place. The tangent is sine over cosine.
 */
const webgpu: Tolerances = {
  train: { loss: 2e-5, parameters: 2e-5, average: 2e-5, momentum: 1e-4, scale: 5e-5, counter: 0 },
  denoise: 1e-4,
  operation: (name) => webgpuOperations[name] ?? 1.5e-5,
}

const webgpuOperations: Readonly<Record<string, number>> = {
  sin: 2 ** -11,
  cos: 2 ** -11,
  tan: 2 ** -8,
  atan: 2 ** -11,
}

/** Docs/runtimes.md states these. */
export const tolerances: Readonly<Record<Exclude<RuntimeName, 'reference'>, Tolerances>> = {
  'node/cpu': cpu,
  'node/webgpu': webgpu,
  'web/wasm': cpu,
  'web/webgpu': webgpu,
}
