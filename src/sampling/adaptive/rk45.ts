import { dormandPrince } from '../likelihood/dormand-prince.ts'
import type { SamplingMethod } from '../methods/method.ts'
import { defineAdaptive } from './define-adaptive.ts'
import type { RowSolution, RowStart } from './row-solver.ts'

/**
 * The probability flow by the Dormand–Prince method of order 5(4), with steps of its own for each row.
 * dx̄/dλ = D(x̄; σ) − x̄,  λ = −ln σ.  Dormand & Prince 1980; for score models Song et al. 2021, section 4.3.
 *
 * A step is as long as keeps its estimated error, in units of tolerance · max(σ_d, |x̄|), below 1 in root mean square over the row's own
 * numbers: over a batch, as is usual, a row's path would depend on its neighbours. Six evaluations a step, accepted or not.
 */
export const rk45: SamplingMethod = defineAdaptive({
  name: 'rk45',
  summary:
    'Dormand–Prince 5(4) on the probability flow, with steps of its own for each row, by the error asked for',
  source: 'Dormand & Prince 1980; Song et al. 2021',
  tolerance: 1e-3,
  solve,
})

function* solve({ x, sigmaMax, sigmaMin, sigmaData, tolerance }: RowStart): RowSolution {
  const [from, to] = [-Math.log(sigmaMax), -Math.log(sigmaMin)]
  // In units of σ_d, which the method measures errors in where a number is small.
  const y = x.map((value) => value / sigmaData)
  const solution = dormandPrince({ y, from, to, tolerance })
  let next = solution.next()
  while (!next.done) {
    const { t, y: now } = next.value
    const denoised = yield { x: now.map((value) => sigmaData * value), sigma: Math.exp(-t) }
    next = solution.next(now.map((value, i) => denoised[i]! / sigmaData - value))
  }
  return yield { x: next.value.y.map((value) => sigmaData * value), sigma: sigmaMin }
}
