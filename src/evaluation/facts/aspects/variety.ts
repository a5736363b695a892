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
    'good or fair': `Most of the variety of real rows is there; whether nearly all, ${rows} rows a side leave open`,
    fair: 'Some of the variety of real rows is missing',
    'not shown': `How much of the variety of real rows is missing cannot be said from ${rows} rows a side`,
    'fair or poor': `Variety of real rows is missing; how much, ${rows} rows a side leave open`,
    poor: 'Much of the variety of real rows is missing',
  }),
})
