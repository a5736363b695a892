import type { Evidence } from '../evidence.ts'
import { type Aspect, defineAspect } from '../fact.ts'
import { estimate, fixed } from '../format.ts'

const limits = { good: 0.55, fair: 0.6 }

/** Whether rows learned from are told from unseen ones by how near synthetic rows are. */
export const membership: Aspect = defineAspect({
  name: 'membership',
  title:
    'Privacy, membership: area under the curve of telling rows learned from by how near synthetic rows are; 0.5 is perfect',
  limits,
  rule: `good up to ${fixed(limits.good, 2)}, fair up to ${fixed(limits.fair, 2)}`,
  topic: 'privacy',
  headline: true,
  read: ({ privacy }: Evidence) =>
    privacy && {
      figure: privacy.membership,
      judged: privacy.membership,
      rows: privacy.copies.heldOutRows,
      because: `: the area under the curve of such an attack is ${estimate(privacy.membership)}, where guessing gives 0.5`,
    },
  words: ({ rows }) => ({
    good: 'How near synthetic rows are tells next to nothing of which rows were learned from',
    'good or fair': `How near synthetic rows are tells at most a little of which rows were learned from; whether next to nothing, ${rows} unseen rows leave open`,
    fair: 'Rows learned from can in part be told by how near synthetic rows are',
    'not shown': `How well rows learned from can be told by how near synthetic rows are cannot be said from ${rows} unseen rows`,
    'fair or poor': `Rows learned from can be told by how near synthetic rows are; how well, ${rows} unseen rows leave open`,
    poor: 'Rows learned from can be told well by how near synthetic rows are',
  }),
})
