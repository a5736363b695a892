import { z } from 'zod'
import { type SamplerSettings, samplingMethods, timeGrids } from '../../sampling/index.ts'
import { gridOptions, samplerOptions } from './dependent-names.ts'
import { numbersByName } from './numbers-by-name.ts'
import { oneOf, real, whole } from './setting.ts'

/** How samples are drawn. */
export interface SamplingConfig {
  readonly sampler: string
  readonly grid: string
  /** Numbers of the grid, those that are told. */
  readonly gridOptions?: Readonly<Record<string, number>>
  readonly steps: number
  /** Numbers of the sampler, those that are told. */
  readonly samplerOptions?: Readonly<Record<string, number>>
  /** Classifier-free guidance of what is drawn under conditions; off where it is left out. */
  readonly guidance?: { readonly weight: number }
}

/** How samples are drawn: the section `sampling` of a configuration. */
export const sampling: z.ZodType<SamplingConfig> = z
  .strictObject({
    sampler: oneOf(
      samplingMethods.map(({ name }) => name),
      {
        description: 'How samples are drawn.',
        chosen:
          'by the family: heun for a denoiser, direct where it generates, mala where it has an energy, else langevin',
        otherNames: Object.fromEntries(
          samplingMethods.flatMap(({ name, also = [] }) => also.map((other) => [other, name])),
        ),
      },
    ),
    grid: oneOf(
      timeGrids.map(({ name }) => name),
      {
        description: 'How the noise levels are placed.',
        default: timeGrids[0]!.name,
      },
    ),
    gridOptions: z.exactOptional(
      numbersByName(
        gridOptions,
        (name, records) =>
          real({
            description: `Option "${name}" of ${records}.`,
            chosen: "the grid's own",
            ...rangeOf(timeGrids, name),
          }),
        'Options of the grid.',
      ),
    ),
    steps: whole({
      description: 'Steps from noise to data: more are more exact.',
      unit: 'steps',
      from: 1,
      chosen: 'by the sampler: 25 down the noise levels; each chain has its own',
    }),
    samplerOptions: z.exactOptional(
      numbersByName(
        samplerOptions,
        (name, records) =>
          real({
            description: `Option "${name}" of ${records}.`,
            chosen: "the sampler's own",
            ...rangeOf(samplingMethods, name),
          }),
        'Options of the sampler.',
      ),
    ),
    guidance: z.exactOptional(
      z
        .strictObject({
          weight: real({
            description:
              'How much more than typical of its conditions a draw is: 1 is off, 1.5 to 3 are usual (classifier-free guidance).',
            from: -100,
            to: 100,
            chosen: 'by the data: above 1 for pictures with labels, else off',
          }),
        })
        .meta({ description: 'Guidance of what is drawn under conditions.' }),
    ),
  })
  .meta({ description: 'How samples are drawn by default.' })

/** The range of an option; no two samplers, or grids, have one of the same name with different ranges. */
function rangeOf(
  records: readonly { readonly settings: SamplerSettings }[],
  name: string,
): { from: number; to: number } {
  const { from, to } = records.flatMap(({ settings }) => settings[name] ?? [])[0]!
  return { from, to }
}
