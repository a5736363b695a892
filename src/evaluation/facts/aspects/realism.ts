import { distanceFrom } from '../../statistics/difference.ts'
import { type Evidence, wholeFigure } from '../evidence.ts'
import { type Aspect, defineAspect } from '../fact.ts'
import { fixed } from '../format.ts'

const limits = { good: 0.1, fair: 0.25 }

/** Whether a judge tells synthetic rows from real ones. A judge that is reliably wrong has told them apart, too. */
export const realism: Aspect = defineAspect({
  name: 'realism',
  title:
    'Realism: area under the curve of a classifier that tells synthetic rows from real ones; 0.5 is perfect',
  limits,
  rule: `good within ${fixed(limits.good, 2)} of 0.5, fair within ${fixed(limits.fair, 2)}`,
  topic: 'samples',
  headline: true,
  read: (evidence: Evidence) => {
    const figure = wholeFigure(evidence, 'classifier')
    if (figure === undefined) return undefined
    const { value, low, high, floor, rows } = figure
    const times = (share: number): string => fixed(100 * share, 0)
    return {
      figure,
      floor,
      judged: distanceFrom(0.5, figure),
      rows,
      because: `: a classifier that sees one real and one synthetic row tells which is which ${times(value)} (${times(low)} to ${times(high)}) times in 100; guessing gives 50, and two sets of real rows gave ${times(floor.value)}`,
    }
  },
  words: ({ rows }) => ({
    good: 'Synthetic rows are hard to tell from real ones',
    'good or fair': `Synthetic rows are not easily told from real ones; ${rows} rows a side do not show whether they are hard to tell`,
    fair: 'Synthetic rows resemble real ones but can often be told from them',
    'not shown': `${rows} rows a side do not show how easily synthetic rows are told from real ones`,
    'fair or poor': `Synthetic rows can be told from real ones; ${rows} rows a side do not show how easily`,
    poor: 'Synthetic rows are easily told from real ones',
  }),
})
