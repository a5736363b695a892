/** What boosting minimises: a convex function of a row's score and its target. */
export interface Loss {
  readonly name: string
  /** The constant score of least loss. targets: [n]. */
  readonly start: (targets: Float64Array) => number
  /** The loss of one row. */
  readonly of: (score: number, target: number) => number
  /** Writes the first and second derivative of every row's loss by its score. All [n]. */
  readonly differentiate: (
    scores: Float64Array,
    targets: Float64Array,
    gradients: Float64Array,
    curvatures: Float64Array,
  ) => void
  /** What a score predicts. */
  readonly predict: (score: number) => number
}

/** ½(y − f)²; predicts the mean. */
export const squaredLoss: Loss = {
  name: 'squared',
  start: mean,
  of: (score, target) => (target - score) ** 2 / 2,
  differentiate: (scores, targets, gradients, curvatures) => {
    for (let i = 0; i < scores.length; i++) gradients[i] = scores[i]! - targets[i]!
    curvatures.fill(1)
  },
  predict: (score) => score,
}

/** ln(1 + e^f) − y·f, y in [0, 1]; predicts the probability 1/(1 + e^{−f}). Friedman, Hastie & Tibshirani 2000. */
export const logisticLoss: Loss = {
  name: 'logistic',
  start: (targets) => {
    // One class alone would have infinite log odds.
    const share = Math.min(1 - 1e-6, Math.max(1e-6, mean(targets)))
    return Math.log(share / (1 - share))
  },
  of: (score, target) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - target * score,
  differentiate: (scores, targets, gradients, curvatures) => {
    for (let i = 0; i < scores.length; i++) {
      const probability = sigmoid(scores[i]!)
      gradients[i] = probability - targets[i]!
      curvatures[i] = probability * (1 - probability)
    }
  },
  predict: sigmoid,
}

function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score))
}

function mean(targets: Float64Array): number {
  return targets.reduce((sum, target) => sum + target / targets.length, 0)
}
