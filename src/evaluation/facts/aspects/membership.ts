import type { Evidence } from '../evidence.ts'
import { type Aspect, defineAspect } from '../fact.ts'
import { estimate, fixed } from '../format.ts'

const limits = { good: 0.55, fair: 0.6 }

/** Whether rows learned from are told from unseen ones by how near synthetic rows are. */
export const membership: Aspect = defineAspect({
  name: 'membership',
  title:
    'Privacy, membership: area under the curve of telling training rows from unseen ones by their distance to synthetic rows; 0.5 is perfect',
  limits,
  rule: `good up to ${fixed(limits.good, 2)}, fair up to ${fixed(limits.fair, 2)}`,
  topic: 'privacy',
  headline: true,
  read: ({ privacy }: Evidence) =>
    privacy && {
      figure: privacy.membership,
      judged: privacy.membership,
      rows: privacy.copies.heldOutRows,
      because: `: the area under the curve of this attack is ${estimate(privacy.membership)}; guessing gives 0.5`,
    },
  words: ({ rows }) => ({
    good: 'The distance to synthetic rows tells next to nothing about which rows were trained on',
    'good or fair': `The distance to synthetic rows tells at most a little about which rows were trained on; ${rows} unseen rows do not show whether next to nothing`,
    fair: 'The distance to synthetic rows tells in part which rows were trained on',
    'not shown': `${rows} unseen rows do not show how well the distance to synthetic rows tells which rows were trained on`,
    'fair or poor': `The distance to synthetic rows tells which rows were trained on; ${rows} unseen rows do not show how well`,
    poor: 'The distance to synthetic rows tells well which rows were trained on',
  }),
})
