import { lookUp } from '../../noise/look-up.ts'
import { dpmSolver2m } from './dpm-solver-2m.ts'
import { edmStochastic } from './edm-stochastic.ts'
import { euler } from './euler.ts'
import { eulerMaruyama } from './euler-maruyama.ts'
import { heun } from './heun.ts'
import type { Sampler } from './sampler.ts'

/** Every sampler; the first is the default. */
export const samplers: readonly Sampler[] = [heun, dpmSolver2m, euler, edmStochastic, eulerMaruyama]

/** The sampler of that name; throws `sampling/unknown-sampler`, with the nearest name. */
export function samplerByName(name: string): Sampler {
  return lookUp(samplers, name, { what: 'sampler', code: 'sampling/unknown-sampler' })
}
