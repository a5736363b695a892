import { shareEstimate } from '../../privacy.ts'
import { difference } from '../../statistics/difference.ts'
import type { Evidence } from '../evidence.ts'
import { type Aspect, defineAspect } from '../fact.ts'
import { counted, fixed, percent, percentEstimate } from '../format.ts'

const limits = { good: 0.002, fair: 0.01 }

/** Whether synthetic rows equal rows learned from more often than unseen rows happen to. */
export const copies: Aspect = defineAspect({
  name: 'copies',
  title:
    'Privacy, copies: share of synthetic rows that equal a row learned from, above that of unseen rows; 0 is perfect',
  limits,
  rule: `good at most ${percent(limits.good)} above the share of unseen rows that do, fair at most ${percent(limits.fair)}`,
  topic: 'privacy',
  headline: true,
  read: ({ privacy }: Evidence) => {
    if (privacy === undefined) return undefined
    const { synthetic, syntheticRows, heldOut, heldOutRows } = privacy.copies
    const [made, unseen] = [
      shareEstimate(synthetic / syntheticRows, syntheticRows),
      shareEstimate(heldOut / heldOutRows, heldOutRows),
    ]
    return {
      figure: made,
      floor: unseen,
      shown: percentEstimate,
      judged: difference(made, unseen),
      rows: Math.min(syntheticRows, heldOutRows),
      because: `: ${fixed(synthetic, 0)} of ${counted(syntheticRows, 'synthetic row')} equal one, and ${fixed(heldOut, 0)} of ${counted(heldOutRows, 'unseen row')}`,
    }
  },
  words: () => ({
    good: 'Synthetic rows equal rows learned from no more often than unseen rows do, or hardly more often',
    'good or fair':
      'Synthetic rows do not often copy rows learned from; whether hardly ever, so many rows leave open',
    fair: 'Some synthetic rows copy rows learned from',
    'not shown':
      'Whether synthetic rows equal rows learned from more often than unseen rows do cannot be said from so many rows',
    'fair or poor': 'Synthetic rows copy rows learned from; how often, so many rows leave open',
    poor: 'Synthetic rows often copy rows learned from',
  }),
})
