import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor } from './closeness.ts'

const limits = { good: 2, fair: 6 }

/** Whether columns go together as in real rows, by the measure that papers print. */
export const trend: Aspect = defineAspect({
  name: 'pairs',
  title:
    'Pairs of columns: trend error in %, of correlations and contingency tables against the training rows; 0 is perfect',
  limits,
  rule: `good at most ${limits.good} % above what real rows reach, fair at most ${limits.fair} %`,
  topic: 'samples',
  headline: false,
  read: besideFloor('trend-error', 'the trend error, in %,'),
  words: ({ rows }) => ({
    good: 'Columns go together nearly as in real rows',
    'good or fair': `Columns go together roughly as in real rows; ${rows} rows a side do not show whether nearly so`,
    fair: 'Columns go together only roughly as in real rows',
    'not shown': `${rows} rows a side do not show how near pairs of columns are to those of real rows`,
    'fair or poor': `Columns do not go together as in real rows; ${rows} rows a side do not show how far off`,
    poor: 'Columns go together quite differently from real rows',
  }),
})
