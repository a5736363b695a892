import { ownLogDensity } from '../direct.ts'
import type { LikelihoodMethod } from './method.ts'

/** The family's own log-density, exact. */
export const exactLikelihood: LikelihoodMethod = {
  name: 'exact',
  summary: 'the family’s own log-density',
  source: 'Rezende & Mohamed 2015 (flows); Uria, Murray, Larochelle 2013 (column after column)',
  kind: 'exact',
  fits: ({ can, levels }) => can.logDensity !== undefined && levels === 'one',
  says: () => 'exact',
  logDensity: ({ model, values, runtime }, x, asked) =>
    ownLogDensity({ ...asked, model, values, x, runtime }),
}
