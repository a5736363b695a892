import { byName } from '../../base/index.ts'
import { dpmSolver2m } from './dpm-solver-2m.ts'
import { edmStochastic } from './edm-stochastic.ts'
import { euler } from './euler.ts'
import { eulerMaruyama } from './euler-maruyama.ts'
import { heun } from './heun.ts'
import type { Sampler } from './sampler.ts'

/** Every sampler; the first is the default. */
export const samplers: readonly Sampler[] = [heun, dpmSolver2m, euler, edmStochastic, eulerMaruyama]

/** The sampler of that name; throws `usage/unknown-name`, with the nearest name. */
export const samplerByName = (name: string): Sampler => byName(samplers, name, 'sampler')
