import { type Description, describedAs, type ExactDensity } from '../density.ts'

/** A data set for learning and testing: a density in the plane, and the square that shows it. */
export interface Toy extends ExactDensity {
  /** [low, high] of both axes: the square that holds nearly all of the mass, for plots. */
  readonly window: readonly [low: number, high: number]
}

/** Makes a toy of a density. */
export function defineToy(
  density: ExactDensity,
  options: Description & { readonly window: readonly [low: number, high: number] },
): Toy {
  return { ...describedAs(density, options), window: options.window }
}
