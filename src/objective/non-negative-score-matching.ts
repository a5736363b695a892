import * as f from '../engine/index.ts'
import type { Objective } from './objective.ts'
import { atVectors, dot } from './points.ts'
import { positiveSetting, traceOptions, traceSettings } from './settings.ts'

/** An end this far away is no end. */
const nowhere = 1e30

/**
 * Score matching for a density that ends at bounds, E Σᵢ [½ hᵢ sᵢ² + hᵢ ∂sᵢ/∂xᵢ + hᵢ′ sᵢ] · σ_d/d, with the weight hᵢ = min(distance of
 * xᵢ to the nearest bound, cap · σ_d): ½E Σᵢ hᵢ (sᵢ − ∂ᵢ ln p)² · σ_d/d less a constant in the parameters.
 *
 * Plain score matching needs p to vanish at the ends of its support, since it integrates by parts; here h does. Inside of the
 * bounds, and away from them by the cap, it weighs all points alike. Points outside have no weight.
 * Written as ½ Σ h s² + tr ∂(h s)/∂x, which is the same.
 * Hyvärinen 2007 (h = x², data above 0); Yu, Drton, Shojaie 2019 (h = min(x, c)); Liu, Kanamori, Williams 2022 (distance).
 */
export const nonNegativeScoreMatching: Objective<'score'> = {
  name: 'non-negative-score-matching',
  summary: 'score matching for data that end at bounds, such as 0',
  source: 'Yu, Drton, Shojaie 2019',
  needs: ['score'],
  levels: 'one',
  settings: {
    lower: { default: 0, summary: 'the lower bound of every coordinate' },
    upper: { default: nowhere, summary: 'the upper bound of every coordinate; none where it is 1e30' },
    cap: { default: 1, summary: 'the weight grows up to here, in units of the data’s standard deviation' },
    ...traceSettings,
  },
  draws: () => ({}),
  heldOut: 'loss',
  losses: (given) => {
    const { data: x, dimension, score } = atVectors(given)
    const { lower, upper } = given.settings as Record<string, number>
    const cap = positiveSetting(given.settings, 'cap')
    const { sigmaData } = given.range
    const above = f.sub(x, lower!)
    const distance = upper! < nowhere ? f.min(above, f.sub(upper!, x)) : above
    const h = f.clip(distance, { low: 0, high: cap * sigmaData })
    const s = score(x)
    const weighted = f.mul(h, s)
    const trace = f.jacobianTrace(weighted, x, traceOptions(given.settings))
    const loss = f.add(f.mul(dot(weighted, s), 0.5), trace)
    return { losses: { all: f.mul(loss, sigmaData / dimension) } }
  },
}
