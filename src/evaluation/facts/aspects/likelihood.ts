import { negative } from '../../statistics/difference.ts'
import type { Evidence, LikelihoodFigures } from '../evidence.ts'
import { type Aspect, defineAspect, type Reading } from '../fact.ts'
import { estimate } from '../format.ts'

interface LikelihoodReading extends Reading {
  /** The simple model that decides, as a sentence names it. */
  readonly rival: string
}

/** Whether unseen rows are more likely under the model than under every simple one. */
export const likelihood: Aspect = defineAspect<LikelihoodReading>({
  name: 'likelihood',
  title:
    'Likelihood: nats a row by which unseen rows are more likely than under the closest simple model; above 0 is better',
  limits: { good: 0, fair: 0 },
  rule: 'good above 0',
  topic: 'likelihood',
  headline: true,
  read: ({ likelihood: figures }: Evidence) => {
    const deciding = figures && decidingBaseline(figures)
    if (deciding === undefined) return undefined
    const { advantage, name } = deciding
    // A bound below a baseline's log-density shows nothing.
    if (figures?.isBound && advantage.low <= 0) return undefined
    return {
      figure: advantage,
      judged: negative(advantage),
      rows: advantage.rows,
      rival: titleOf(name),
      because: `: the model’s advantage over it is ${estimate(advantage)} nats a row, on ${advantage.rows} rows`,
    }
  },
  words: ({ rival, rows }) => {
    const open = `${rows} rows do not show whether unseen rows are more likely under the model than under the closest simple one, ${rival}`
    return {
      good: `Unseen rows are more likely under the model than under every simple model; the closest of these is ${rival}`,
      'good or fair': open,
      fair: open,
      'not shown': open,
      'fair or poor': open,
      poor: `Unseen rows are less likely under the model than under a simple model, ${rival}`,
    }
  },
})

/**
 * The baseline by which a model is judged against all of them: one that it is shown to be worse than, the surest first;
 * else the one over which its advantage is least sure. So its interval lies above 0 only where every baseline's does.
 */
export function decidingBaseline({
  baselines,
}: LikelihoodFigures): LikelihoodFigures['baselines'][number] | undefined {
  const by = (end: 'low' | 'high'): LikelihoodFigures['baselines'][number] | undefined =>
    [...baselines].sort((a, b) => a.advantage[end] - b.advantage[end])[0]
  const [surest, closest] = [by('high'), by('low')]
  return surest && surest.advantage.high < 0 ? surest : closest
}

function titleOf(name: string): string {
  return `a ${name.replaceAll('-', ' ').replace(/^gaussian/, 'Gaussian')}`
}
