import { byName } from '../../base/index.ts'
import { ancestral } from './ancestral.ts'
import { ddim } from './ddim.ts'
import { dpmSolver2m } from './dpm-solver-2m.ts'
import { dpmSolver2s } from './dpm-solver-2s.ts'
import { dpmSolver3m } from './dpm-solver-3m.ts'
import { edmStochastic } from './edm-stochastic.ts'
import { euler } from './euler.ts'
import { eulerMaruyama } from './euler-maruyama.ts'
import { heun } from './heun.ts'
import { predictorCorrector } from './predictor-corrector.ts'
import type { Sampler } from './sampler.ts'
import { sdeDpmSolver2m } from './sde-dpm-solver-2m.ts'
import { uniPc2, uniPc3 } from './unipc.ts'

/** Every sampler; the first is the default. */
export const samplers: readonly Sampler[] = [
  heun,
  dpmSolver2m,
  euler,
  edmStochastic,
  eulerMaruyama,
  dpmSolver2s,
  dpmSolver3m,
  uniPc2,
  uniPc3,
  ancestral,
  ddim,
  sdeDpmSolver2m,
  predictorCorrector,
]

/** The sampler of that name; throws `usage/unknown-name`, with the nearest name. */
export const samplerByName = (name: string): Sampler => byName(samplers, name, 'sampler')
