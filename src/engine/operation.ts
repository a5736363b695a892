import type { AttributeValue } from './onnx/proto.ts'
import { type Shape, sizeOf, type TensorType } from './shape.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Values of an operation's attributes; plain data (numbers, text, lists), so that equal ones have equal text. */
export type Attributes = Readonly<Record<string, unknown>>

/**
 * A symbol for an array that a program will compute: an operation applied to other symbols.
 *
 * Immutable and hash-consed: the same operation of the same inputs is the same object, so equal subexpressions are
 * computed once and can be compared with `===`.
 */
export interface Tensor extends TensorType {
  readonly id: number
  readonly operation: Operation
  readonly inputs: readonly Tensor[]
  readonly attributes: Attributes
  /** Where in the model it was made, for messages: `block 1 / linear`. */
  readonly label: string
}

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
    /** Added to the diagonals of the matrices in the last two axes, to keep them far from singular. */
    readonly diagonal?: number
  }[]
  readonly attributes?: Attributes
}

/** Operations as functions of tensors, handed to derivative rules. */
export type Operations = Vocabulary<Tensor>

/** What a derivative rule works with. */
export interface DerivativeContext {
  /** The operations that rules are written in. */
  readonly f: Operations
  readonly inputs: readonly Tensor[]
  readonly attributes: Attributes
  readonly output: Tensor
  /** ∂L/∂output, of the output's shape. */
  readonly cotangent: Tensor
  /**
   * Σₖ cₖᵀ ∂yₖ/∂x for each x of `wrt`, which are taken for independent of each other: for operations that hold a
   * graph themselves.
   */
  readonly partials: (
    outputs: readonly Tensor[],
    wrt: readonly Tensor[],
    cotangents: readonly Tensor[],
  ) => readonly Tensor[]
}

/** A graph that is run again and again: symbols, and what one round makes of them. */
export interface LoopGraph {
  /** Symbols of what a round gets from the one before. */
  readonly carries: readonly Tensor[]
  /** Symbols of what each round gets of its own. */
  readonly slices: readonly Tensor[]
  /** The symbol of the round's position, int32 []. */
  readonly index: Tensor
  /** Tensors from outside of the loop that the round uses. */
  readonly captured: readonly Tensor[]
  /** What the next round gets. */
  readonly next: readonly Tensor[]
  /** What each round gives. */
  readonly outputs: readonly Tensor[]
}

/** What an operation's lowering works with; each `node` call gives one value and returns its name. */
export interface LowerContext {
  readonly tensor: Tensor
  /** Name of the i-th input, at its full shape. */
  input(i: number): string
  /** Names of all inputs, at their full shapes. */
  inputs(): string[]
  /** Names of all inputs, before stretching where ONNX stretches them to this tensor's shape by itself. */
  stretchedOperands(): string[]
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string
  /** The values of a node that gives several. */
  nodeOf(
    count: number,
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): readonly string[]
  /**
   * The last carries and the stacked outputs of `length` rounds, positions from the last to the first if `reverse`.
   * The tensor's inputs are the first carries, the stacked slices, and what is captured.
   */
  loop(graph: LoopGraph, options: { readonly length: number; readonly reverse: boolean }): readonly string[]
  /** The value under another shape of the same size. */
  reshape(value: string, shape: Shape): string
  attribute<T = number>(name: string): T
  /** A scalar constant. */
  float(value: number): string
  /** A constant filled with ones. */
  ones(shape: Shape): string
  int64(value: number): string
  int64s(values: readonly number[]): string
  initializer(tensor: Tensor, data: ArrayLike<number>): string
  graphInput(tensor: Tensor): string
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
  /** Whether each element of the result depends on the same element of the operands only. */
  readonly elementwise: boolean
  readonly samples: readonly Sample[]
}

type Shared = 'flops' | 'stretches' | 'elementwise'

/** Fills in what most operations share. */
export function defineOperation(
  options: Omit<Operation, Shared> & Partial<Pick<Operation, Shared>>,
): Operation {
  const elementwise = options.stretches ?? false
  return { flops: (_inputs, output) => sizeOf(output.shape), stretches: false, elementwise, ...options }
}
