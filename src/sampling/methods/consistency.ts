import { add } from '../../engine/index.ts'
import { asDenoiser, requireAbilities } from '../../family/index.ts'
import { timeGridByName } from '../grids/index.ts'
import { sampleWith } from '../sample.ts'
import { SamplerProgram } from '../sampler-program.ts'
import { defineSampler, type Sampler, times } from '../samplers/sampler.ts'
import { startOf } from '../start.ts'
import type { SamplingMethod } from './method.ts'

/** To the end of the flow and back up to the next level: x_s = f(x_t; σ_t) + σ_s z. */
const jump: Sampler = defineSampler({
  name: 'consistency',
  summary: 'to the end of the flow in one step, and back up with fresh noise',
  source: 'Song, Dhariwal, Chen, Sutskever 2023, Algorithm 1',
  order: 1,
  evaluationsPerStep: 1,
  stochastic: true,
  coefficients: ({ sigma, next }) => ({ sigma, next }),
  step: ({ x, c, noise, denoise }) => ({ x: add(denoise(x, c.sigma), times(c.next, noise)) }),
})

/** Steps unless told. */
const usualSteps = 2

/**
 * Few steps of a student that was trained for them: x = f(x_T; σ_max); each further step noises x anew to a level in between, and goes to
 * the end of the flow again.  Song, Dhariwal, Chen, Sutskever 2023, Algorithm 1, with f(x, 0) = x in the place of f(x, σ_min) = x.
 *
 * N steps stand at the first N levels of a grid of N + 1 levels from σ_max to σ_min: N evaluations of the network.
 */
export const consistencySteps: SamplingMethod = {
  name: 'consistency',
  summary:
    'to the end of the flow in one step, or two, or three, each from fresh noise; for few-step students',
  source: 'Song, Dhariwal, Chen, Sutskever 2023, Algorithm 1',
  needs: ['flowEnd'],
  levels: 'each',
  steps: usualSteps,
  settings: {},
  open: async ({ trained, steps = usualSteps, grid = 'karras', gridOptions, runtime }) => {
    const who = { family: 'of this model', asks: 'The sampler "consistency"' }
    const model = requireAbilities(trained.model, ['flowEnd'], who)
    const denoiser = asDenoiser({ ...model, can: { denoise: model.can.flowEnd } })
    const { range } = trained
    const all = timeGridByName(grid).levels({ ...range, steps: steps + 1, gridOptions })
    const levels = Float64Array.from([...all.subarray(0, steps), 0])
    const fitted = { model: denoiser, values: trained.values }
    const program = await SamplerProgram.create({ fitted, sampler: jump, runtime })
    const start = startOf({ ...range, sigmaMax: levels[0]! })
    return {
      dimension: denoiser.dimension,
      get secondsInside() {
        return program.secondsInside
      },
      draw: ({ first = 0, ...request }) => sampleWith(program, { levels, start, first, ...request }),
      dispose: () => program.dispose(),
    }
  },
}
