import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../engine/error.ts'
import { linearAxis } from './axis.ts'
import { axisNames, axisOf } from './curves.ts'
import { isInside } from './numbers.ts'
import { type PictureOptions, panelElement } from './panel.ts'
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
  const { sigma, loss, count } = options
  check(options)
  const x = axisOf([sigma], true)
  const y = axisOf([loss], false)
  const highest = Math.max(1, ...Array.from(count))
  const countAxis = linearAxis({ low: 0, high: 1.1 * highest }, 2)
  const levels = Array.from({ length: sigma.length }, (_, index) => {
    const shown = Number.isFinite(loss[index]!) && isInside(loss[index]!, y)
    return { sigma: sigma[index]!, loss: shown ? loss[index]! : Number.NaN, count: count[index]! }
  })
  const bars = binsAround(Array.from(sigma), x).map((bin, index) => ({ ...bin, count: levels[index]!.count }))
  const stroke = { stroke: theme.data, strokeWidth: 2 }
  const body = (top: number) => {
    const countTop = top + lossHeight + gap
    const lossPanel = { left, top, width, height: lossHeight, x: { ...x, labelled: false }, y }
    const countPanel = { left, top: countTop, width, height: countHeight, x, y: countAxis }
    return {
      elements: [
        panelElement(
          {
            ...lossPanel,
            marks: [
              Plot.line(levels, { x: 'sigma', y: 'loss', ...stroke }),
              Plot.dot(levels, { x: 'sigma', y: 'loss', r: 3, fill: theme.data, stroke: theme.background }),
            ],
          },
          options.document,
        ),
        panelElement(
          {
            ...countPanel,
            marks: [
              Plot.rect(bars, { x1: 'low', x2: 'high', y1: 0, y2: 'count', fill: '#a9b7c4', inset: 0.5 }),
            ],
          },
          options.document,
        ),
        ...axisNames('', options.yLabel ?? 'loss', lossPanel),
        ...axisNames('noise level σ', 'draws', countPanel),
      ],
      height: lossHeight + gap + countHeight + 40,
    }
  }
  const hidden = levels.filter(({ loss: value }) => Number.isNaN(value)).length
  return pictureText({
    ...(options.title === undefined ? {} : { title: options.title }),
    width: left + width + 24,
    body,
    caption: [
      hidden === 0
        ? ''
        : `Without a loss in the frame: ${countText(hidden)} of ${countText(levels.length)} levels.`,
    ],
  })
}

/** Bins that meet half way, in logarithms, between neighbouring levels. */
function binsAround(
  sigma: readonly number[],
  axis: { low: number; high: number },
): { low: number; high: number }[] {
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
