import { featuresInWords } from '../../pictures/picture-figures.ts'
import type { Estimate } from '../../statistics/estimate.ts'
import { type Evidence, wholeFigure } from '../evidence.ts'
import { type Aspect, defineAspect } from '../fact.ts'
import { estimate, fixed } from '../format.ts'

const limits = { good: 3, fair: 10 }

/** How far the features of synthetic pictures lie from those of real ones, as a multiple of what real pictures reach. */
export const fidelity: Aspect = defineAspect({
  name: 'fidelity',
  title: 'Fidelity: Fréchet distance on features, against what real rows reach; 1 times that is perfect',
  limits,
  rule: `good at most ${limits.good} times what real rows reach, fair at most ${limits.fair} times`,
  topic: 'samples',
  headline: true,
  read: (evidence: Evidence) => {
    const figure = wholeFigure(evidence, 'frechet-distance')
    const features = evidence.pictures?.features
    if (figure === undefined || features === undefined) return undefined
    const { floor, rows } = figure
    const judged = ratio(figure, floor)
    return {
      figure,
      floor,
      judged,
      rows,
      because: `: the Fréchet distance on ${featuresInWords(features)}, is ${estimate(figure)}, which is ${fixed(judged.value, 1)} times what real rows reach, in as many rows`,
    }
  },
  words: ({ rows }) => ({
    good: 'Synthetic rows look nearly as real ones do',
    'good or fair': `Synthetic rows look roughly as real ones do; ${rows} rows a side do not show whether nearly so`,
    fair: 'Synthetic rows look only roughly as real ones do',
    'not shown': `${rows} rows a side do not show how much synthetic rows look like real ones`,
    'fair or poor': `Synthetic rows do not look as real ones do; ${rows} rows a side do not show how far from it`,
    poor: 'Synthetic rows look quite differently from real ones',
  }),
})

/** a/b, from the least to the largest that the two intervals allow: wider than it need be where both rise and fall together. */
function ratio(a: Estimate, b: Estimate): Estimate {
  const over = (above: number, below: number): number =>
    below > 0 ? above / below : Number.POSITIVE_INFINITY
  return { value: over(a.value, b.value), low: over(a.low, b.high), high: over(a.high, b.low) }
}
