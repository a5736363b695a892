import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor, floorRule } from './closeness.ts'

const limits = { good: 0.03, fair: 0.08 }

/** How each column of numbers is distributed by itself, of evaluations without Shape. */
export const columns: Aspect = defineAspect({
  name: 'columns',
  title: 'Each column of numbers by itself: Kolmogorov–Smirnov distance, mean over columns; 0 is perfect',
  limits,
  rule: floorRule(limits),
  topic: 'samples',
  headline: false,
  read: besideFloor('kolmogorov-smirnov', 'their mean Kolmogorov–Smirnov distance'),
  words: ({ rows }) => ({
    good: 'Each column of numbers by itself is distributed nearly as in real rows',
    'good or fair': `Each column of numbers by itself is distributed roughly as in real rows; ${rows} rows a side do not show whether nearly so`,
    fair: 'Each column of numbers by itself is distributed only roughly as in real rows',
    'not shown': `${rows} rows a side do not show how near each column of numbers by itself is to that of real rows`,
    'fair or poor': `Each column of numbers by itself is not distributed as in real rows; ${rows} rows a side do not show how far off`,
    poor: 'Each column of numbers by itself is distributed quite differently from real rows',
  }),
})
