import { boundDraws, elbo } from './elbo.ts'
import type { Objective } from './objective.ts'
import { wholeSetting } from './settings.ts'

/**
 * −1/d log 1/K Σ_k w_k, w_k = p(x, z_k)/q(z_k | x), z_k ~ q(z | x): `elbo` with K codes a row. Its expectation rises with K, towards
 * log p(x), which it misses by about Var(w)/(2 K E[w]²). Burda, Grosse, Salakhutdinov 2016.
 */
export const iwae: Objective<'bound'> = {
  ...elbo,
  name: 'iwae',
  summary: 'the importance-weighted bound: the closer to the log-density the more codes a row has',
  source: 'Burda, Grosse, Salakhutdinov 2016',
  settings: { codes: { default: 8, summary: 'K, codes a row; each costs a pass of the decoder' } },
  draws: ({ model, settings }) => boundDraws(model, wholeSetting(settings, 'codes')),
}
