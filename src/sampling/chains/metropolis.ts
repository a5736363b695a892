import * as f from '../../engine/index.ts'
import { perPoint, pointAxes } from '../../family/index.ts'

/** −log p of a chain's start before it is known: so large that the first proposal is always accepted. */
export const unknownEnergy = 1e30

/**
 * Metropolis' rule: which chains take their proposal, u < min(1, e^r), and with what probability.
 * logRatio r, u: [B]. A ratio that is not a number refuses.
 */
export function metropolis(
  logRatio: f.Tensor,
  u: f.Tensor,
): {
  /** [B]; a ratio that is not a number counts as 0. */
  readonly acceptance: f.Tensor
  /** The proposal's value where it is accepted, else the old one; [B] or [B, …event]. */
  readonly chosen: (proposed: f.Tensor, old: f.Tensor) => f.Tensor
} {
  const isNumber = f.greater(logRatio, -unknownEnergy)
  const nothing = f.broadcastTo(f.constant(0), u.shape)
  const acceptance = f.where(isNumber, f.exp(f.min(logRatio, nothing)), nothing)
  const accepted = f.less(u, acceptance)
  return {
    acceptance,
    chosen: (proposed, old) =>
      f.where(old.shape.length === 1 ? accepted : perPoint(accepted, old), proposed, old),
  }
}

/** ‖v‖² of each point, [B]. */
export function squares(v: f.Tensor): f.Tensor {
  return f.sum(f.square(v), { axes: pointAxes(v) })
}
