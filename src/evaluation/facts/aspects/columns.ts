import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor, floorRule } from './closeness.ts'

const limits = { good: 0.03, fair: 0.08 }

/** How each column of numbers is distributed by itself, of evaluations without Shape. */
export const columns: Aspect = defineAspect({
  name: 'columns',
  title: 'Columns of numbers by themselves: Kolmogorov–Smirnov distance, mean over columns; 0 is perfect',
  limits,
  rule: floorRule(limits),
  topic: 'samples',
  headline: false,
  read: besideFloor('kolmogorov-smirnov', 'their mean Kolmogorov–Smirnov distance'),
  words: ({ rows }) => ({
    good: 'Columns of numbers are by themselves distributed nearly as in real rows',
    'good or fair': `Columns of numbers are by themselves distributed roughly as in real rows; whether nearly so, ${rows} rows a side leave open`,
    fair: 'Columns of numbers are by themselves distributed only roughly as in real rows',
    'not shown': `How near columns of numbers are by themselves to those of real rows cannot be said from ${rows} rows a side`,
    'fair or poor': `Columns of numbers are by themselves distributed otherwise than in real rows; how far off, ${rows} rows a side leave open`,
    poor: 'Columns of numbers are by themselves distributed quite otherwise than in real rows',
  }),
})
