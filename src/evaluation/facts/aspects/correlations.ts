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
    'good or fair': `Columns go together roughly as in real rows; whether nearly so, ${rows} rows a side leave open`,
    fair: 'Columns go together only roughly as in real rows',
    'not shown': `How near correlations are to those of real rows cannot be said from ${rows} rows a side`,
    'fair or poor': `Columns go together otherwise than in real rows; how far off, ${rows} rows a side leave open`,
    poor: 'Columns go together quite otherwise than in real rows',
  }),
})
