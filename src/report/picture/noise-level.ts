import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import { axisOf, linearAxis } from './axis.ts'
import type { Interval } from './numbers.ts'
import { axisNames, type PictureOptions, panelElement } from './panel.ts'
import { pictureText } from './picture.ts'
import { countText } from './text.ts'
import { theme } from './theme.ts'

/** What `lossByNoiseLevel` draws; all three are as long. */
export interface LossByNoiseLevelOptions extends PictureOptions {
  /** Noise levels, > 0, ascending: the middles of bins, in the units the model works in. */
  sigma: ArrayLike<number>
  /** Mean loss at each level; not finite where nothing was drawn. */
  loss: ArrayLike<number>
  /** How many losses each mean is of. */
  count: ArrayLike<number>
  /** Default: "loss". */
  yLabel?: string
}

const width = 560
const lossHeight = 220
const countHeight = 62
const gap = 14
const left = 76

/**
 * Where along the noise levels the loss lies, over a logarithmic axis, and below it how often each level was drawn:
 * a mean of few draws deserves little trust.
 * Throws `picture/shape` when lengths differ or a noise level is not positive, `picture/no-document`.
 */
export function lossByNoiseLevel(options: LossByNoiseLevelOptions): string {
  check(options)
  const [sigma, loss, count] = [
    Array.from(options.sigma),
    Array.from(options.loss),
    Array.from(options.count),
  ]
  const x = axisOf([sigma], true)
  const y = axisOf([loss], false)
  const countAxis = linearAxis({ low: 0, high: 1.1 * Math.max(1, ...count) }, 2)
  const levels = sigma.map((level, index) => ({ sigma: level, loss: finiteOrGap(loss[index]!) }))
  const bars = binsAround(sigma, x).map((bin, index) => ({ ...bin, count: count[index]! }))
  const lossMarks = [
    Plot.line(levels, { x: 'sigma', y: 'loss', stroke: theme.data, strokeWidth: 2 }),
    Plot.dot(levels, { x: 'sigma', y: 'loss', r: 3, fill: theme.data, stroke: theme.background }),
  ]
  const countMarks = [
    Plot.rect(bars, { x1: 'low', x2: 'high', y1: 0, y2: 'count', fill: theme.neutral, inset: 0.5 }),
  ]
  const body = (top: number) => {
    const lossPlace = { left, top, width, height: lossHeight }
    const countPlace = { left, top: top + lossHeight + gap, width, height: countHeight }
    return {
      elements: [
        panelElement({ ...lossPlace, x: { ...x, labelled: false }, y, marks: lossMarks }, options.document),
        panelElement({ ...countPlace, x, y: countAxis, marks: countMarks }, options.document),
        ...axisNames('', options.yLabel ?? 'loss', lossPlace),
        ...axisNames('noise level σ', 'draws', countPlace),
      ],
      height: lossHeight + gap + countHeight + 40,
    }
  }
  const empty = levels.filter((level) => Number.isNaN(level.loss)).length
  const caption =
    empty === 0 ? [] : [`Without a loss: ${countText(empty)} of ${countText(levels.length)} levels.`]
  return pictureText({ title: options.title, width: left + width + 24, body, caption })
}

function finiteOrGap(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN // Plot breaks a line at NaN
}

/** Bins that meet half way, in logarithms, between neighbouring levels. */
function binsAround(sigma: readonly number[], axis: Interval): Interval[] {
  const between = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : Math.sqrt(a * b)
  return sigma.map((level, index) => {
    const below = between(sigma[index - 1], level)
    const above = between(level, sigma[index + 1])
    // The outermost bins are as wide outwards as inwards, as far as the frame goes.
    const low = below ?? (above === undefined ? axis.low : (level * level) / above)
    const high = above ?? (below === undefined ? axis.high : (level * level) / below)
    return { low: Math.max(axis.low, low), high: Math.min(axis.high, high) }
  })
}

function check({ sigma, loss, count }: LossByNoiseLevelOptions): void {
  const levels = Array.from(sigma)
  const ascending = levels.every((level, index) => level > (index === 0 ? 0 : levels[index - 1]!))
  if (ascending && loss.length === levels.length && count.length === levels.length) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'picture/shape',
    message: `${levels.length} noise levels, ${loss.length} losses and ${count.length} counts do not match, or the levels do not ascend from above 0`,
  })
}
