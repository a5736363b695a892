import { negative } from '../../statistics/difference.ts'
import type { Utility } from '../../utility.ts'
import type { Evidence } from '../evidence.ts'
import { type Aspect, defineAspect, type Reading } from '../fact.ts'
import { estimate, percent, percentEstimate } from '../format.ts'

interface UsefulnessReading extends Reading {
  readonly target: string
}

const limits = { good: 0.05, fair: 0.15 }

/** What a predictor scores that has learned nothing, by measure; of accuracy it depends on the data. */
const chance: Readonly<Record<string, number>> = { 'R²': 0, 'area under the curve': 0.5 }

/** Whether what is learned from synthetic rows holds for real ones. */
export const usefulness: Aspect = defineAspect<UsefulnessReading>({
  name: 'usefulness',
  title:
    'Usefulness: how well predictors that learned from synthetic rows do on real ones, beside those that learned from real ones',
  limits,
  rule: `good at most ${percent(limits.good)} lost against learning from real rows, fair at most ${percent(limits.fair)}`,
  topic: 'use',
  headline: true,
  read: ({ utility }: Evidence) => {
    if (utility === undefined) return undefined
    const { target, measure, synthetic, real, relativeDifference, heldOutRows } = utility
    const nothing = nothingLearned(utility)
    return {
      figure: synthetic,
      floor: real,
      judged: negative(relativeDifference),
      rows: heldOutRows,
      target,
      because: `: ${measure} on ${heldOutRows} unseen rows is ${estimate(synthetic)} against ${estimate(real)}${nothing === undefined ? `, a relative difference of ${percentEstimate(relativeDifference)}` : ''}`,
      ...(nothing !== undefined && { void: nothing }),
    }
  },
  words: ({ target, rows }) => {
    const learners = `predictors of ${target} that learned from synthetic rows`
    return {
      good: `On real rows, ${learners} do nearly as well as those that learned from real ones`,
      'good or fair': `On real rows, ${learners} do not do much worse than those that learned from real ones; ${rows} rows do not show whether nearly as well`,
      fair: `On real rows, ${learners} do somewhat worse than those that learned from real ones`,
      'not shown': `${rows} rows do not show whether ${learners} do as well on real rows as those that learned from real ones`,
      'fair or poor': `On real rows, ${learners} do worse than those that learned from real ones; ${rows} rows do not show how much`,
      poor: `On real rows, ${learners} do much worse than those that learned from real ones`,
    }
  },
})

/** Where real rows teach nothing either, there is nothing to lose, and a share of it says nothing. */
function nothingLearned({ measure, real }: Utility): string | undefined {
  const least = chance[measure]
  return least !== undefined && !(real.low > least)
    ? 'it is not shown that real rows teach anything of it either'
    : undefined
}
