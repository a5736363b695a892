import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor } from './closeness.ts'

const limits = { good: 2, fair: 6 }

/** Whether columns go together as in real rows, by the measure that papers print. */
export const trend: Aspect = defineAspect({
  name: 'pairs',
  title:
    'Pairs of columns: Trend error in %, of correlations and contingency tables against the rows learned from; 0 is perfect',
  limits,
  rule: `good at most ${limits.good} % above what real rows reach, fair at most ${limits.fair} %`,
  topic: 'samples',
  headline: false,
  read: besideFloor('trend-error', 'the Trend error, in %,'),
  words: ({ rows }) => ({
    good: 'Columns go together nearly as in real rows',
    'good or fair': `Columns go together roughly as in real rows; whether nearly so, ${rows} rows a side leave open`,
    fair: 'Columns go together only roughly as in real rows',
    'not shown': `How near pairs of columns are to those of real rows cannot be said from ${rows} rows a side`,
    'fair or poor': `Columns go together otherwise than in real rows; how far off, ${rows} rows a side leave open`,
    poor: 'Columns go together quite otherwise than in real rows',
  }),
})
