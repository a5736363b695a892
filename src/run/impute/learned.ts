import { evaluationsOf, heun } from '../../sampling/index.ts'
import { knownConditions, takesKnown, toldModel } from '../experiment/sample-given.ts'
import type { FillingMethod } from './filling-method.ts'

/**
 * The model is told what is known of a row, as it was trained to be: one walk a draw by Heun's method, 2 n − 1 evaluations in n steps, no
 * derivatives, whatever the pattern of gaps.  Tashiro et al. 2021.
 */
export const learned: FillingMethod = {
  name: 'learned',
  summary:
    'the model is told what is known, as it was trained to be (train --conditions all): one walk a draw',
  source: 'Tashiro et al. 2021',
  settings: {},
  cannot: ({ fitted, mayBeGiven = [] }, known) => {
    if (!takesKnown(fitted) || mayBeGiven.length === 0)
      return 'the model was trained without columns that may be given (train --conditions all)'
    const others = known.filter((name) => !mayBeGiven.includes(name))
    return others.length === 0
      ? undefined
      : `the model was trained with ${mayBeGiven.join(', ')} given, and the rows also have ${others.join(', ')}`
  },
  open: async ({ fitted }, { steps }) => {
    const told = toldModel(fitted)
    const walk = steps === undefined ? {} : { steps }
    const sampler = await told.sampler({ sampler: heun.name, ...walk })
    return {
      evaluations: evaluationsOf(heun, fitted.levels(walk)),
      draw: ({ known, ...request }) =>
        sampler.draw({ ...request, conditions: knownConditions(fitted, known) }),
      dispose: () => sampler.dispose(),
    }
  },
}
