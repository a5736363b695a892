import { normaliseAxis } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo } from './broadcast-to.ts'
import { clip } from './clip.ts'
import { largestFloat } from './log1p.ts'
import { logsumexp } from './logsumexp.ts'
import { maxOver } from './max-over.ts'
import { stopGradient } from './stop-gradient.ts'
import { sub } from './sub.ts'

const finite = { low: -largestFloat, high: largestFloat }

/**
 * ln softmax(x) along `axis` (the last unless given): x − ln Σ eˣ, both counted from the largest element, so that neither
 * a large offset nor a small share costs digits. −∞ stays −∞, also where all are. Shape of x.
 */
export function logSoftmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  const axes = [normaliseAxis(options.axis ?? -1, x.shape.length, 'logSoftmax')]
  // Where it is counted from does not matter, and so has no derivative.
  const largest = stopGradient(clip(maxOver(x, { axes, keepDims: true }), finite))
  const centred = sub(x, broadcastTo(largest, x.shape))
  const total = clip(logsumexp(centred, { axes, keepDims: true }), finite)
  return sub(centred, broadcastTo(total, x.shape))
}
