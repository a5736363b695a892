import { difference } from '../../statistics/difference.ts'
import { type Evidence, wholeFigure } from '../evidence.ts'
import type { Reading } from '../fact.ts'
import { estimate, fixed } from '../format.ts'
import type { Limits } from '../mark.ts'

/** Reads a distance by how far it lies above what real rows reach, or of one where more is better how far below. */
export function besideFloor(metric: string, told: string): (evidence: Evidence) => Reading | undefined {
  return (evidence) => {
    const figure = wholeFigure(evidence, metric)
    if (figure === undefined) return undefined
    const { floor, rows, better } = figure
    const judged = better === 'higher' ? difference(floor, figure) : difference(figure, floor)
    const side = better === 'higher' ? 'below' : 'above'
    return {
      figure,
      floor,
      judged,
      rows,
      because: `: ${told} is ${estimate(figure)}, which is ${estimate(judged)} ${side} what real rows reach`,
    }
  }
}

/** The limits of `besideFloor` in words. */
export function floorRule({ good, fair }: Limits, side: 'above' | 'below' = 'above'): string {
  return `good at most ${fixed(good, 2)} ${side} what real rows reach, fair at most ${fixed(fair, 2)}`
}
