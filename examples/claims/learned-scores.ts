import type { Density, fit, RowModel } from 'scorefield'

type Options = NonNullable<Parameters<typeof fit>[1]>

/** Scores of points, [n, 2] → [n, 2]. */
export type Score = (x: Float64Array) => ArrayLike<number> | Promise<ArrayLike<number>>

/** A free field, learned from rows alone by score matching with the exact trace. */
export const freeField: Options = { family: 'score-network', objective: 'implicit-score-matching' }

/** A finite table of a density's rows, as in life. Claims draw their other points by other seeds. */
export function tableOf(
  density: Density,
  { seed, count }: { readonly seed: number; readonly count: number },
): { readonly rows: Float32Array; readonly dimension: number } {
  const rows = Float32Array.from(density.sample({ seed: 1 + seed, count }))
  return { rows, dimension: density.dimension }
}

/** The options of a field that is learned in the rows' own units, of all of them, so that its score can be held against the density's. */
export const inOwnUnits: Options = { scale: false, strayShare: 0 }

/** What a model says of points in float64. */
export function scoreOf(model: Pick<RowModel, 'score'>): Score {
  return (x) => model.score(Float32Array.from(x))
}
