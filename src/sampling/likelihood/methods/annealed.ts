import type { LikelihoodMethod } from './method.ts'

/** −E − ln Z of an energy, Z by annealed importance sampling: see `annealedLogPartition`. All rows share the error of ln Z. */
export const annealedLikelihood: LikelihoodMethod = {
  name: 'annealed',
  summary: 'an energy less its log-normaliser, which annealed importance sampling estimates',
  source: 'Neal 2001',
  kind: 'annealed',
  fits: ({ can }) => can.energy !== undefined,
  says: () => 'the normaliser by annealed importance sampling; its error is the same for all rows',
  logDensity: async (trained, x, { signal, onProgress }) => {
    const { logZ, standardError } = await trained.logPartition({ signal })
    const values = await trained.energy(x, { signal })
    const count = values.length
    onProgress?.(count, count)
    return {
      logDensity: values.map((value) => -value - logZ),
      standardError: new Float64Array(count).fill(standardError),
      commonError: standardError,
      solverError: new Float64Array(count),
      evaluations: new Int32Array(count).fill(1),
    }
  },
}
