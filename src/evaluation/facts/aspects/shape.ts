import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor } from './closeness.ts'

const limits = { good: 1, fair: 4 }

/** How each column is distributed by itself, by the measure that papers print. */
export const shape: Aspect = defineAspect({
  name: 'columns',
  title: 'Columns by themselves: Shape error in %, against the rows learned from; 0 is perfect',
  limits,
  rule: `good at most ${limits.good} % above what real rows reach, fair at most ${limits.fair} %`,
  topic: 'samples',
  headline: false,
  read: besideFloor('shape-error', 'the Shape error, in %,'),
  words: ({ rows }) => ({
    good: 'Columns are by themselves distributed nearly as in real rows',
    'good or fair': `Columns are by themselves distributed roughly as in real rows; whether nearly so, ${rows} rows a side leave open`,
    fair: 'Columns are by themselves distributed only roughly as in real rows',
    'not shown': `How near columns are by themselves to those of real rows cannot be said from ${rows} rows a side`,
    'fair or poor': `Columns are by themselves distributed otherwise than in real rows; how far off, ${rows} rows a side leave open`,
    poor: 'Columns are by themselves distributed quite otherwise than in real rows',
  }),
})
