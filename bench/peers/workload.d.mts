/** One layer's initial parameters; `weight` is `[inputs, outputs]`, row by row. */
export interface Layer {
  readonly inputs: number
  readonly outputs: number
  readonly weight: Float32Array
  readonly bias: Float32Array
}

/** An MLP with SiLU between its layers; loss = mean over all elements of (out − y)²; AdamW. */
export interface MlpWorkload {
  readonly name: string
  readonly kind: 'mlp'
  readonly widths: readonly number[]
  readonly batchSize: number
  /** Implicit score matching with the exact trace, of a score or of an energy, in place of the squared error. */
  readonly loss?: 'score' | 'energy'
}

/** The product of two `[size, size]` matrices. */
export interface MatmulWorkload {
  readonly name: string
  readonly kind: 'matmul'
  readonly size: number
}

export type Workload = MlpWorkload | MatmulWorkload

export declare const workloads: readonly Workload[]
/** What PyTorch alone is asked for: the others have no such derivatives, or take minutes. */
export declare const scoreMatchingWorkloads: readonly MlpWorkload[]
export declare const adamW: {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
}
export declare const checkSteps: number
export declare function uniformStream(): () => number
export declare function makeNetwork(workload: MlpWorkload): {
  readonly layers: readonly Layer[]
  readonly x: Float32Array
  readonly y: Float32Array
}
export declare function meanSquare(values: ArrayLike<number> & Iterable<number>): number
export declare function makeMatrices(workload: MatmulWorkload): {
  readonly a: Float32Array
  readonly b: Float32Array
}
