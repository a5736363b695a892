import { z } from 'zod'
import { samplingMethods, timeGrids } from '../../sampling/index.ts'
import { oneOf, whole } from './setting.ts'

/** How samples are drawn: the section `sampling` of a configuration. */
export const sampling: z.ZodType<{ sampler: string; grid: string; steps: number }> = z
  .strictObject({
    sampler: oneOf(
      samplingMethods.map(({ name }) => name),
      {
        description: 'How samples are drawn.',
        chosen: 'by the family: heun for a denoiser, direct where it generates, else langevin',
      },
    ),
    grid: oneOf(
      timeGrids.map(({ name }) => name),
      {
        description: 'How the noise levels are placed.',
        default: timeGrids[0]!.name,
      },
    ),
    steps: whole({
      description: 'Steps from noise to data: more are more exact.',
      unit: 'steps',
      from: 1,
      chosen: 'by the sampler: 25 down the noise levels, 500 of a chain',
    }),
  })
  .meta({ description: 'How samples are drawn by default.' })
