import { difference } from '../../statistics/difference.ts'
import type { Evidence } from '../evidence.ts'
import { type Aspect, defineAspect } from '../fact.ts'

import { percent, percentEstimate } from '../format.ts'

const limits = { good: 0.05, fair: 0.15 }

/** Whether pictures drawn under a label are what it says. */
export const labels: Aspect = defineAspect({
  name: 'labels',
  title: 'Labels: share of synthetic rows of which a classifier says the label that they were drawn under',
  limits,
  rule: `good at most ${percent(limits.good)} below what it reaches on real rows, fair at most ${percent(limits.fair)}`,
  topic: 'samples',
  headline: true,
  read: ({ pictures }: Evidence) => {
    const agreement = pictures?.agreement
    if (agreement === undefined) return undefined
    const { value, low, high, floor, rows } = agreement
    const figure = { value, low, high }
    return {
      figure,
      floor,
      judged: difference(floor, figure),
      rows,
      because: `: the classifier says the label of ${percentEstimate(figure)} of them, and of ${percentEstimate(floor)} of real rows that it never saw`,
      shown: percentEstimate,
    }
  },
  words: ({ rows }) => ({
    good: 'Synthetic rows are what their labels say nearly as often as real ones',
    'good or fair': `Synthetic rows are mostly what their labels say; ${rows} rows do not show whether nearly as often as real ones`,
    fair: 'Synthetic rows are what their labels say somewhat less often than real ones',
    'not shown': `${rows} rows do not show how often synthetic rows are what their labels say`,
    'fair or poor': `Synthetic rows are what their labels say less often than real ones; ${rows} rows do not show how much less`,
    poor: 'Synthetic rows are often not what their labels say',
  }),
})
