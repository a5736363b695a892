import { asDenoiser, requireAbilities } from '../../family/index.ts'
import { timeGridByName } from '../grids/index.ts'
import { sampleWith } from '../sample.ts'
import { SamplerProgram } from '../sampler-program.ts'
import type { Sampler } from '../samplers/sampler.ts'
import { startOf } from '../start.ts'
import type { SamplingMethod } from './method.ts'

/** Steps of a walk unless told. */
const usualSteps = 25

/** A walk down the noise levels from N(mean, σ_max² + σ_d²) to the data. */
export function walkBy(sampler: Sampler): SamplingMethod {
  return {
    name: sampler.name,
    ...(sampler.also && { also: sampler.also }),
    summary: sampler.summary,
    source: sampler.source,
    needs: ['denoise'],
    levels: 'each',
    steps: usualSteps,
    settings: sampler.settings,
    open: async ({
      trained,
      steps = usualSteps,
      grid = 'karras',
      gridOptions,
      samplerOptions = {},
      runtime,
    }) => {
      const who = { family: 'of this model', asks: `The sampler "${sampler.name}"` }
      const model = asDenoiser(requireAbilities(trained.model, ['denoise'], who))
      const { range } = trained
      const levels = timeGridByName(grid).levels({ ...range, steps, gridOptions })
      const program = await SamplerProgram.create({
        fitted: { model, values: trained.values },
        sampler: sampler.withOptions(samplerOptions),
        runtime,
      })
      const start = startOf({ ...range, sigmaMax: levels[0]! })
      return {
        dimension: model.dimension,
        get secondsInside() {
          return program.secondsInside
        },
        draw: ({ first = 0, ...request }) => sampleWith(program, { levels, start, first, ...request }),
        dispose: () => program.dispose(),
      }
    },
  }
}
