/** Mean loss of the examples whose noise level fell into each bin. */
export interface LossByNoiseLevel {
  /** Geometric centre of each bin, σ. */
  readonly sigma: readonly number[]
  /** Weighted loss, mean over the bin's examples; null where it had none. */
  readonly loss: readonly (number | null)[]
  readonly count: readonly number[]
}

/** What a training run tells, in order. */
export type TrainingEvent =
  | {
      readonly type: 'start'
      readonly step: number
      readonly steps: number
      readonly parameters: number
      readonly operations: number
      readonly flopsPerStep: number
      readonly compileSeconds: number
    }
  | {
      readonly type: 'step'
      /** Steps done so far. */
      readonly step: number
      readonly steps: number
      /** Mean over the steps of the last call. */
      readonly loss: number
      /** Mean loss of each player, where there are several; `loss` is the first one's. */
      readonly losses?: Readonly<Record<string, number>>
      readonly gradientNorm: number
      readonly learningRate: number
      readonly secondsElapsed: number
      readonly secondsInRuntime: number
    }
  | {
      readonly type: 'evaluation'
      readonly step: number
      /** Held-out loss with the averaged weights, and its standard error; null where nothing is held out. */
      readonly heldOutLoss: number | null
      readonly heldOutStandardError: number | null
      /** Whether it is the best so far. */
      readonly best: boolean
      /** Width of the power-function average that it is of, where that is better than the usual average at the end of the training. */
      readonly averageWidth?: number
      /** Absent where examples carry no noise levels. */
      readonly lossByNoiseLevel?: LossByNoiseLevel
    }
  | { readonly type: 'checkpoint'; readonly step: number; readonly state: TrainingState }
  /** The averaged weights of a step, where `TrainingTask.tellWeights` asked for them. */
  | {
      readonly type: 'weights'
      readonly step: number
      readonly weights: Readonly<Record<string, Float32Array>>
      readonly secondsElapsed: number
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | {
      readonly type: 'done'
      readonly step: number
      readonly reason: 'finished' | 'early-stop' | 'interrupted'
      readonly state: TrainingState
      readonly secondsElapsed: number
      readonly secondsInRuntime: number
    }

/** All that a run needs to go on exactly where it stopped, beside its config and data. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** Weights, averages and moments, by group and parameter: `model`, `ema`, the optimiser's moments, and `chains`, what the objective keeps. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, Float32Array>>>>
  /** The averaged weights kept: the latest within a standard error of the least held-out loss; absent where nothing was evaluated. */
  readonly best?: Readonly<Record<string, Float32Array>>
  /** The least held-out loss so far. */
  readonly bestLoss: number | null
  /** Its standard error; absent where it is not known, as in runs of releases before 0.8.0. */
  readonly bestStandardError?: number
  /** The step of the weights kept. */
  readonly bestStep: number
  /** Evaluations since that of the least loss. */
  readonly evaluationsWithoutBest: number
}
