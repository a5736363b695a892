import { type HostArray, ScorefieldError } from '../../engine/index.ts'

/**
 * Throws `sampling/diverged` where a wanted chain is not finite; rowSums: [K, B], of transitions `done` … done + K − 1 of the
 * chains from index `first` on.
 */
export function requireFiniteChains(
  rowSums: HostArray,
  where: {
    readonly from: number
    readonly to: number
    readonly batchSize: number
    readonly first: number
    readonly done: number
    readonly rule: { readonly name: string; readonly whenItDiverges: string }
  },
): void {
  const { from, to, batchSize, first, done, rule } = where
  const bad = rowSums.findIndex(
    (value, i) => i % batchSize >= from && i % batchSize < to && !Number.isFinite(value),
  )
  if (bad < 0) return
  const step = done + Math.floor(bad / batchSize) + 1
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/diverged',
    message: `Chain ${first + (bad % batchSize)} of "${rule.name}" is not finite after step ${step}.`,
    where: `step ${step}`,
    hint: `${rule.whenItDiverges} If that does not help, the model runs away: its training may have diverged.`,
  })
}
