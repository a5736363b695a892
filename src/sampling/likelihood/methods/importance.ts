import { ownLogDensity } from '../direct.ts'
import type { LikelihoodMethod } from './method.ts'

/** The family's own bound, by importance samples: see `ownLogDensity`. */
export const importanceBound: LikelihoodMethod = {
  name: 'importance',
  summary: 'lower bound by importance samples of a family that has one, nearer the more draws there are',
  source: 'Burda, Grosse, Salakhutdinov 2016',
  kind: 'bound',
  fits: ({ can }) => can.bound !== undefined,
  says: () => 'a lower bound',
  logDensity: ({ model, values, runtime }, x, asked) =>
    ownLogDensity({ ...asked, model, values, x, runtime }),
}
