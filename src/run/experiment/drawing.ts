import { findByName, ScorefieldError } from '../../base/index.ts'
import { type Guidance, samplingMethods, timeGrids } from '../../sampling/index.ts'
import type { RunConfig } from '../config/schema.ts'
import type { DrawOptions } from './fitted-model.ts'

/** How samples are drawn, as far as it is told. */
type Drawing = {
  readonly [Part in 'sampler' | 'grid' | 'gridOptions' | 'steps' | 'samplerOptions' | 'guidance']?:
    | DrawOptions[Part]
    | undefined
}

/**
 * How samples are drawn: as told, else as a run says; a sampler by its own name, whichever is told. Of another sampler than the run's, steps and options are its own unless told;
 * of the run's, each option that is told takes the place of that one. So it is with the grid and its options.
 */
export function drawingOf(
  own: RunConfig['sampling'],
  told: Drawing,
): RunConfig['sampling'] & { readonly guidance?: Guidance } {
  const grid = findByName(timeGrids, told.grid ?? own.grid)?.name ?? told.grid ?? own.grid
  const gridOptions = { ...(grid === own.grid ? own.gridOptions : {}), ...told.gridOptions }
  const method = findByName(samplingMethods, told.sampler ?? own.sampler)
  const sampler = method?.name ?? told.sampler ?? own.sampler
  const usual =
    sampler === own.sampler
      ? own
      : {
          steps: method?.steps ?? own.steps,
          samplerOptions: {},
        }
  const guidance = told.guidance ?? own.guidance
  return {
    sampler,
    grid,
    ...(Object.keys(gridOptions).length > 0 ? { gridOptions } : {}),
    steps: told.steps ?? usual.steps,
    samplerOptions: { ...usual.samplerOptions, ...told.samplerOptions },
    ...(guidance ? { guidance } : {}),
  }
}

/** Throws `usage/options` unless so many draws can be made of what is given. hint: what few and many of them are good for. */
export function requireDraws(draws: number, hint: string): void {
  if (Number.isSafeInteger(draws) && draws >= 1) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/options',
    message: `draws is ${draws}; it must be a whole number, 1 or more.`,
    hint,
  })
}
