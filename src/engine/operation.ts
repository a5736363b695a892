import type { LowerContext } from './onnx/lower.ts'
import { type Shape, sizeOf } from './shape.ts'
import type { Attributes, Tensor, TensorType } from './tensor.ts'

/** All operations as functions of tensors, handed to derivative rules so that no file needs to import another. */
export type Operations = typeof import('./ops/index.ts')

/** A dense float64 array: what the reference interpreter computes with. Booleans are 0 and 1. */
export interface ReferenceArray {
  readonly shape: Shape
  readonly data: Float64Array
}

/** Inputs on which the generic tests try an operation. */
export interface Sample {
  readonly inputs: readonly {
    readonly shape: Shape
    /** Values are drawn evenly from this interval; for int32 and bool from its whole numbers. Default [−2, 2]. */
    readonly range?: readonly [number, number]
    readonly dtype?: TensorType['dtype']
  }[]
  readonly attributes?: Attributes
}

/** What a derivative rule works with. */
export interface DerivativeContext {
  /** Every operation. */
  readonly f: Operations
  readonly inputs: readonly Tensor[]
  readonly attributes: Attributes
  readonly output: Tensor
  /** ∂L/∂output, of the output's shape. */
  readonly cotangent: Tensor
}

/** One operation: everything about it. */
export interface Operation {
  readonly name: string
  readonly summary: string
  /** Shape and type of the result; throws where the inputs do not fit. */
  readonly infer: (inputs: readonly TensorType[], attributes: Attributes) => TensorType
  /** ∂L/∂input for each input, `null` where it is zero everywhere; absent for operations with no derivative at all. */
  readonly derivative?: (context: DerivativeContext) => readonly (Tensor | null)[]
  /** Writes ONNX nodes and returns the name of the result. */
  readonly lower: (context: LowerContext) => string
  /** The result in float64, slow and plain: the oracle of the tests. */
  readonly reference: (
    inputs: readonly ReferenceArray[],
    attributes: Attributes,
    output: TensorType,
  ) => Float64Array
  /** Floating-point operations; one an element unless stated. */
  readonly flops: (inputs: readonly TensorType[], output: TensorType, attributes: Attributes) => number
  /** Whether ONNX stretches its operands by itself, so that a broadcastTo before it costs nothing. */
  readonly stretches: boolean
  readonly samples: readonly Sample[]
}

/** Fills in what most operations share. */
export function defineOperation(
  options: Omit<Operation, 'flops' | 'stretches'> & Partial<Pick<Operation, 'flops' | 'stretches'>>,
): Operation {
  return { flops: (_inputs, output) => sizeOf(output.shape), stretches: false, ...options }
}
