import { sameShape, shapeError } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { equal } from './equal.ts'
import { logSoftmax } from './log-softmax.ts'
import { mul } from './mul.ts'
import { neg } from './neg.ts'
import { oneHot } from './one-hot.ts'
import { sum } from './sum.ts'
import { where } from './where.ts'

/**
 * −Σ_k p_k ln softmax(x)_k over the last axis, in nats: x [B…, n] are logits, the target is either the class of each,
 * int32 [B…], or its probabilities p, float32 [B…, n]. Returns [B…].
 *
 * A class that is masked (its logit is −∞) costs nothing and gets a gradient of exactly 0, as long as its p is 0.
 */
export function crossEntropy(logits: Tensor, target: Tensor): Tensor {
  const axes = [logits.shape.length - 1]
  const fits =
    target.dtype === 'int32'
      ? sameShape(target.shape, logits.shape.slice(0, -1))
      : target.dtype === 'float32' && sameShape(target.shape, logits.shape)
  if (logits.shape.length === 0 || !fits)
    throw shapeError(
      `crossEntropy: ${showType(target)} is no target for logits ${showType(logits)}.`,
      'Give the class of each as int32 [B…], or probabilities as float32 [B…, n].',
    )
  const logShares = logSoftmax(logits)
  if (target.dtype === 'int32')
    return neg(sum(where(oneHot(target, logits.shape[axes[0]!]!), logShares, 0), { axes }))
  // 0 · ln 0 is 0 here.
  return neg(sum(mul(target, where(equal(target, 0), 0, logShares)), { axes }))
}
