import { type Aspect, defineAspect } from '../fact.ts'
import { besideFloor, floorRule } from './closeness.ts'

const limits = { good: 0.05, fair: 0.15 }

/** Whether every kind of real row has synthetic ones near it. */
export const variety: Aspect = defineAspect({
  name: 'variety',
  title: 'Variety: coverage, the share of real rows with a synthetic row nearby; 1 is perfect',
  limits,
  rule: floorRule(limits, 'below'),
  topic: 'samples',
  headline: false,
  read: besideFloor('coverage', 'the share of real rows with a synthetic row nearby'),
  words: ({ rows }) => ({
    good: 'Synthetic rows are nearly as varied as real ones',
    'good or fair': `Most of the variety of real rows is there; ${rows} rows a side do not show whether nearly all`,
    fair: 'Some of the variety of real rows is missing',
    'not shown': `${rows} rows a side do not show how much of the variety of real rows is missing`,
    'fair or poor': `Variety of real rows is missing; ${rows} rows a side do not show how much`,
    poor: 'Much of the variety of real rows is missing',
  }),
})
