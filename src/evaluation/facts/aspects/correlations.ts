import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor, floorRule } from './closeness.ts'

const limits = { good: 0.03, fair: 0.08 }

/** Whether columns go together as in real rows, of evaluations without Trend. */
export const correlations: Aspect = defineAspect({
  name: 'pairs',
  title:
    'Correlations: difference of Pearson’s r against unseen rows, root mean square over pairs of columns, words as columns of 0 and 1; 0 is perfect',
  limits,
  rule: floorRule(limits),
  topic: 'samples',
  headline: false,
  read: besideFloor(
    'correlation-error',
    'the root mean square difference of Pearson’s r, over pairs of columns and against unseen rows,',
  ),
  words: ({ rows }) => ({
    good: 'Columns go together nearly as in real rows',
    'good or fair': `Columns go together roughly as in real rows; ${rows} rows a side do not show whether nearly so`,
    fair: 'Columns go together only roughly as in real rows',
    'not shown': `${rows} rows a side do not show how near correlations are to those of real rows`,
    'fair or poor': `Columns do not go together as in real rows; ${rows} rows a side do not show how far off`,
    poor: 'Columns go together quite differently from real rows',
  }),
})
