import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor } from './closeness.ts'

const limits = { good: 1, fair: 4 }

/** How each column is distributed by itself, by the measure that papers print. */
export const shape: Aspect = defineAspect({
  name: 'columns',
  title: 'Each column by itself: shape error in %, against the training rows; 0 is perfect',
  limits,
  rule: `good at most ${limits.good} % above what real rows reach, fair at most ${limits.fair} %`,
  topic: 'samples',
  headline: false,
  read: besideFloor('shape-error', 'the shape error, in %,'),
  words: ({ rows }) => ({
    good: 'Each column by itself is distributed nearly as in real rows',
    'good or fair': `Each column by itself is distributed roughly as in real rows; ${rows} rows a side do not show whether nearly so`,
    fair: 'Each column by itself is distributed only roughly as in real rows',
    'not shown': `${rows} rows a side do not show how near each column by itself is to that of real rows`,
    'fair or poor': `Each column by itself is not distributed as in real rows; ${rows} rows a side do not show how far off`,
    poor: 'Each column by itself is distributed quite differently from real rows',
  }),
})
