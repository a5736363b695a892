/** What a training run is told; all of it is written into the run's folder. */
export interface TrainingConfig {
  /** Optimisation steps in all. */
  readonly steps: number
  /** Minutes that `steps` were chosen for; nothing but a warning depends on it. */
  readonly minutes?: number
  /** Examples a step. */
  readonly batchSize: number
  /** Name in `objectives`. */
  readonly objective: string
  /** What differs from the objective's own settings. */
  readonly objectiveOptions: Readonly<Record<string, number>>
  /** Name in `weightings`; for objectives over noise levels. */
  readonly weighting: string
  /** Name in `optimisers`, and what differs from its defaults. */
  readonly optimiser: string
  readonly optimiserOptions: Readonly<Record<string, number>>
  /** Peak learning rate. */
  readonly learningRate: number
  /** Name in `schedules`. */
  readonly schedule: string
  readonly warmUpSteps: number
  /** Gradients with a larger global norm are scaled down to it; 0 switches it off. */
  readonly clipNorm: number
  /** Steps after which a weight counts half in the average; less early in a run (see `averageRate`). */
  readonly emaHalfLifeSteps: number
  /** Whether averages are kept of which others are made after training (`combinationOf`); no unless given. */
  readonly powerAverages?: boolean
  readonly sigmaMin: number
  readonly sigmaMax: number
  readonly sigmaData: number
  /** Chance that an example is a stray, with more noise of deviation σ_d in its numbers (`withStrays`); 0 unless given. */
  readonly strayShare?: number
  readonly seed: number
  /** Held-out loss, and the loss by noise level, every so many steps. */
  readonly evaluateEverySteps: number
  readonly checkpointEverySteps: number
  /** Stop after so many evaluations without a better held-out loss; 0 never. */
  readonly patienceEvaluations: number
  /** Steps in one call of the runtime: fewer answer to Ctrl-C sooner, more are faster. */
  readonly stepsPerCall: number
}

/**
 * Share of the new weights in the average after step t = 1, 2, …: 1 − β with β = min(2^(−1/h), (1 + t)/(10 + t)).
 *
 * h: the half-life in steps, ≥ 0. The second term is the usual warm-up: early averages follow the weights closely, and
 * the mean age of what is averaged stays below t/10.
 */
export function averageRate(step: number, halfLifeSteps: number): number {
  return Math.max(-Math.expm1(-Math.LN2 / halfLifeSteps), 9 / (10 + step))
}
