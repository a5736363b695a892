import { type PrivacyMeasure, privacyFiguresOf, privacyMeasure } from '../../privacy/index.ts'
import { difference } from '../../statistics/difference.ts'
import type { Evidence } from '../evidence.ts'
import { type Aspect, defineAspect, type Reading, type Words } from '../fact.ts'
import { estimate, fixed, listed, percent, percentEstimate } from '../format.ts'

/** Whether synthetic rows equal rows learned from more often than real rows equal each other. */
export const copies: Aspect = showThrough('copies', ofShare('equal a training row'), { headline: true })

/** Whether they are rows learned from with a little noise. */
export const nearCopies: Aspect = showThrough(
  'near copies',
  ofShare('lie much nearer to one training row than to the next'),
)

/** Whether they are rows learned from of which one column was drawn anew. */
export const copiesButOne: Aspect = showThrough(
  'copies but one',
  ofShare('equal a training row in all columns but one'),
)

/** Whether they give out words that only one row learned from has. */
export const singleValues: Aspect = showThrough(
  'single values',
  ofShare('hold a word that only one training row has'),
)

/** Whether they are nearer to rows learned from than to unseen ones. */
export const nearer: Aspect = showThrough('nearer', ({ rows }) => ({
  good: 'Synthetic rows are nearer to training rows than to unseen ones one time in two, or hardly more often',
  'good or fair': `Synthetic rows are at most a little nearer to training rows than to unseen ones; ${rows} rows do not show whether hardly at all`,
  fair: 'Synthetic rows are somewhat nearer to training rows than to unseen ones',
  'not shown': `${rows} rows do not show whether synthetic rows are nearer to training rows than to unseen ones`,
  'fair or poor': `Synthetic rows are nearer to training rows than to unseen ones; ${rows} rows do not show how much`,
  poor: 'Synthetic rows are much nearer to training rows than to unseen ones',
}))

/** An aspect of one figure of privacy, judged by how far it lies above what real rows do. */
function showThrough(
  name: PrivacyMeasure['name'],
  words: (reading: Reading) => Words,
  { headline }: { readonly headline: boolean } = { headline: false },
): Aspect {
  const { summary, floorIs, isShare, limits } = privacyMeasure(name)
  const shown = isShare ? percentEstimate : estimate
  const border = (value: number): string => (isShare ? percent(value) : fixed(value, 2))
  return defineAspect({
    name,
    title: `Privacy: ${summary}`,
    limits,
    rule: `good at most ${border(limits.good)} above ${isShare ? 'what real rows do' : '0.5'}, fair at most ${border(limits.fair)}`,
    topic: 'privacy',
    headline,
    read: ({ privacy }: Evidence) => {
      const found = privacy && privacyFiguresOf(privacy).find((figure) => figure.name === name)
      if (found === undefined) return undefined
      const { floor, rows, columns = [], value, low, high } = found
      const figure = { value, low, high }
      const where = columns.length > 0 ? ` (in ${listed(columns)})` : ''
      const told = isShare
        ? `${shown(figure)} do${where}; ${shown(floor)} ${floorIs}`
        : `their share is ${shown(figure)}, both sides weighed alike; it is 0.5 ${floorIs}`
      return {
        figure,
        floor,
        judged: difference(figure, floor),
        rows,
        because: `: ${told}`,
        shown,
      }
    },
    words,
  })
}

/** What is said of a share; does: what these rows do. */
function ofShare(does: string): (reading: Reading) => Words {
  return ({ rows }) => ({
    good: `Synthetic rows ${does} no more often than real rows do, or hardly more often`,
    'good or fair': `Synthetic rows do not often ${does}, compared with real rows; ${rows} rows do not show whether hardly ever`,
    fair: `Some synthetic rows ${does}, more than real rows do`,
    'not shown': `${rows} rows do not show whether synthetic rows ${does} more often than real rows do`,
    'fair or poor': `Synthetic rows ${does} more often than real rows do; ${rows} rows do not show how often`,
    poor: `Synthetic rows often ${does}, more often than real rows do`,
  })
}
