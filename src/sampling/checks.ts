import { type Named, ScorefieldError, type Shape, sizeOf } from '../engine/index.ts'

/**
 * What the rows are conditioned on; throws `sampling/condition` unless it is all that the model takes, [count, ...shape] each, and
 * nothing else.
 */
export function checkedConditions(
  given: Named<Float32Array> = {},
  count: number,
  shapes: Named<Shape> = {},
): Named<Float32Array> {
  for (const name of new Set([...Object.keys(shapes), ...Object.keys(given)])) {
    const shape = shapes[name]
    const wanted = shape === undefined ? undefined : count * sizeOf(shape)
    if (wanted !== undefined && given[name]?.length === wanted) continue
    throw new ScorefieldError({
      kind: 'usage',
      code: 'sampling/condition',
      message:
        wanted === undefined
          ? `The model takes no condition "${name}".`
          : `The model takes a condition "${name}" of ${sizeOf(shape!)} numbers a row, ${wanted} for ${count} rows; ${given[name]?.length ?? 'none'} are given.`,
      hint: wanted === undefined ? 'Leave the condition out.' : 'Give a condition for each row.',
    })
  }
  return given
}

/** Throws `sampling/stopped` if the signal says so. */
export function requireRunning(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new ScorefieldError({
    kind: 'interrupted',
    code: 'sampling/stopped',
    message: 'The run was stopped.',
    hint: 'Rows that came before are complete; go on with `first` at the next one.',
  })
}
