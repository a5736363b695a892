import { ScorefieldError } from '../engine/index.ts'

/**
 * The condition, or undefined for a model that takes none; throws `sampling/condition` unless it is [count,
 * width].
 */
export function checkedCondition(
  condition: Float32Array | undefined,
  count: number,
  width: number,
): Float32Array | undefined {
  if ((condition?.length ?? 0) === count * width) return width > 0 ? condition : undefined
  throw new ScorefieldError({
    kind: 'usage',
    code: 'sampling/condition',
    message: `The model takes a condition of ${width} numbers a row, ${count * width} for ${count} rows; ${condition?.length ?? 'none'} are given.`,
    hint: width > 0 ? 'Give a condition for each row.' : 'Leave the condition out.',
  })
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
