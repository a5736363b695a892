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
  readonly checkSteps?: number
}

/** Six rational-quadratic spline couplings, each with a network of two hidden layers; maximum likelihood. */
export interface SplineWorkload {
  readonly name: string
  readonly kind: 'spline'
  readonly columns: number
  readonly couplings: number
  readonly width: number
  readonly bins: number
  readonly bound: number
  readonly batchSize: number
  readonly checkSteps: number
}

/** A masked network (MADE) with a mixture of normals for each column; maximum likelihood. */
export interface MadeWorkload {
  readonly name: string
  readonly kind: 'made'
  readonly columns: number
  readonly width: number
  readonly layers: number
  readonly components: number
  readonly batchSize: number
  readonly checkSteps: number
}

/** An energy by contrastive divergence: chains of Langevin steps from the batch. */
export interface ChainWorkload {
  readonly name: string
  readonly kind: 'chain'
  readonly columns: number
  readonly width: number
  readonly steps: number
  readonly epsilon: number
  readonly batchSize: number
  readonly checkSteps: number
}

export type FamilyWorkload = SplineWorkload | MadeWorkload | ChainWorkload

/** The product of two `[size, size]` matrices. */
export interface MatmulWorkload {
  readonly name: string
  readonly kind: 'matmul'
  readonly size: number
}

/** A filter of 3 × 3 over a batch of pictures, or one of its gradients. */
export interface ConvolutionWorkload {
  readonly name: string
  readonly kind: 'convolution'
  readonly channels: number
  readonly side: number
  readonly batchSize: number
  readonly part: 'forward' | 'input' | 'filter'
}

/** A network for pictures of one channel; loss = mean over all elements of (out − y)²; AdamW. */
export interface PictureWorkload {
  readonly name: string
  readonly kind: 'picture'
  readonly network: string
  readonly size: Readonly<Record<string, number>>
  readonly side: number
  readonly batchSize: number
  readonly checkSteps: number
}

export type Workload = MlpWorkload | MatmulWorkload | FamilyWorkload | ConvolutionWorkload | PictureWorkload

export declare const workloads: readonly (MlpWorkload | MatmulWorkload)[]
/** What PyTorch alone is asked for: the others have no such derivatives, or take minutes. */
export declare const scoreMatchingWorkloads: readonly MlpWorkload[]
export declare const familyWorkloads: readonly FamilyWorkload[]
export declare const convolutionWorkloads: readonly ConvolutionWorkload[]
export declare const pictureWorkloads: readonly PictureWorkload[]
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
export declare function makeFamily(workload: FamilyWorkload): {
  readonly parameters: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly values: Float32Array
  }[]
  /** [B, d] */
  readonly x: Float32Array
  /** [B, K, d]; empty where there is no chain. */
  readonly noise: Float32Array
}
export declare function meanSquare(values: ArrayLike<number> & Iterable<number>): number
export declare function makeMatrices(workload: MatmulWorkload): {
  readonly a: Float32Array
  readonly b: Float32Array
}
export declare function makeConvolution(
  workload: ConvolutionWorkload,
): Readonly<Record<'x' | 'w' | 'g', Float32Array>>
export declare function makePictures(
  workload: PictureWorkload,
  shapes: Readonly<Record<string, readonly number[]>>,
): {
  readonly parameters: Readonly<Record<string, Float32Array>>
  readonly x: Float32Array
  readonly noise: Float32Array
  readonly y: Float32Array
}
