import {
  defineOperation,
  type LowerContext,
  type Operation,
  type Operations,
  type Sample,
} from '../operation.ts'
import { type Shape, sameShape, shapeError, sizeOf, stretchedShape } from '../shape.ts'
import { type DType, interned, showType, type Tensor, type TensorType } from '../tensor.ts'
import { broadcastTo, uniformValue, unstretched } from './broadcast-to.ts'
import { constant, constantData, make } from './constant.ts'

/** A tensor, or a number that stands for a tensor of the other operand's shape. */
export type Operand = Tensor | number

/** An operation of one tensor, element by element. */
export interface Unary {
  (x: Tensor): Tensor
  readonly operation: Operation
}

/** An operation of two tensors of one shape, element by element; a number stands for a tensor filled with it. */
export interface Binary {
  (x: Operand, y: Operand): Tensor
  readonly operation: Operation
}

interface Common {
  readonly name: string
  readonly summary: string
  /** ONNX operator, or how to write the operation from several. */
  readonly onnx: string | ((context: LowerContext, operands: readonly string[]) => string)
  /** Floating-point operations an element, roughly as the kernels spend them; 1 unless given. */
  readonly flops?: number
}

/** Defines y = h(x) by its formula, its derivative and its ONNX form. */
export function defineUnary(
  options: Common & {
    readonly reference: (x: number) => number
    /** x's cotangent from g, y's; absent where the derivative is zero almost everywhere. */
    readonly derivative?: (c: { f: Operations; x: Tensor; y: Tensor; g: Tensor }) => Tensor
    readonly simplify?: (x: Tensor) => Tensor | undefined
    /** Interval of sample inputs. */
    readonly range?: readonly [number, number]
    readonly dtype?: DType
  },
): Unary {
  const dtype = options.dtype ?? 'float32'
  const { derivative } = options
  const operation = defineOperation({
    name: options.name,
    summary: options.summary,
    infer: ([x]) => {
      requireDType(options.name, x!, dtype)
      return x!
    },
    derivative: ({ f, inputs: [x], output, cotangent }) => [
      derivative ? derivative({ f, x: x!, y: output, g: cotangent }) : null,
    ],
    lower: (c) => writeElementwise(c, options.onnx, [c.input(0)]),
    reference: ([x]) => x!.data.map(options.reference),
    flops: (_inputs, output) => (options.flops ?? 1) * sizeOf(output.shape),
    stretches: true,
    samples: [{ inputs: [{ shape: [3, 5], dtype, ...(options.range ? { range: options.range } : {}) }] }],
  })
  const apply = (x: Tensor): Tensor => {
    requireDType(options.name, x, dtype)
    return options.simplify?.(x) ?? build(operation, [x], ([inner]) => apply(inner!))
  }
  return Object.assign(apply, { operation })
}

/** Defines z = h(x, y) by its formula, its derivatives and its ONNX form. */
export function defineBinary(
  options: Common & {
    readonly reference: (x: number, y: number) => number
    /** The cotangents of x and y from g, z's. */
    readonly derivative?: (c: {
      f: Operations
      x: Tensor
      y: Tensor
      z: Tensor
      g: Tensor
    }) => readonly [Tensor, Tensor]
    readonly simplify?: (x: Tensor, y: Tensor) => Tensor | undefined
    readonly ranges?: readonly [readonly [number, number], readonly [number, number]]
    readonly dtypes?: readonly DType[]
    readonly result?: DType
    readonly commutative?: boolean
  },
): Binary {
  const dtypes = options.dtypes ?? ['float32']
  const { derivative } = options
  const samples: Sample[] = dtypes.map((dtype) => ({
    inputs: [0, 1].map((i) => ({
      shape: [3, 4],
      dtype,
      ...(options.ranges ? { range: options.ranges[i]! } : {}),
    })),
  }))
  const operation = defineOperation({
    name: options.name,
    summary: options.summary,
    infer: ([x, y]) => {
      if (!sameShape(x!.shape, y!.shape) || x!.dtype !== y!.dtype)
        throw shapeError(
          `${options.name}: the operands are ${showType(x!)} and ${showType(y!)}; they must be alike.`,
          'Stretch one with broadcastTo, or convert it with cast.',
        )
      requireDType(options.name, x!, ...dtypes)
      return { shape: x!.shape, dtype: options.result ?? x!.dtype }
    },
    derivative: ({ f, inputs: [x, y], output, cotangent }) =>
      derivative && x!.dtype === 'float32'
        ? derivative({ f, x: x!, y: y!, z: output, g: cotangent })
        : [null, null],
    lower: (c) => writeElementwise(c, options.onnx, c.stretchedOperands()),
    reference: ([x, y]) => x!.data.map((value, i) => options.reference(value, y!.data[i]!)),
    flops: (_inputs, output) => (options.flops ?? 1) * sizeOf(output.shape),
    stretches: true,
    samples,
  })
  const apply = (x: Operand, y: Operand): Tensor => {
    const [left, right] = asTensors(options.name, x, y)
    operation.infer([left, right], {})
    const simple = options.simplify?.(left, right)
    if (simple) return simple
    if (options.commutative) {
      const mirrored = interned(operation, [right, left])
      if (mirrored) return mirrored
    }
    return build(operation, [left, right], ([a, b]) => apply(a!, b!))
  }
  return Object.assign(apply, { operation })
}

/**
 * The elementwise operation of these tensors, all of one shape: worked out where all are known constants, and applied
 * before stretching where all were stretched.
 */
function build(
  operation: Operation,
  inputs: readonly Tensor[],
  apply: (inputs: readonly Tensor[]) => Tensor,
): Tensor {
  const sources = inputs.map(source)
  const inner = innerShape(sources, inputs[0]!.shape)
  if (!inner) return make(operation, inputs, {})
  return broadcastTo(apply(sources.map((x) => broadcastTo(x, inner))), inputs[0]!.shape)
}

/** What a tensor was before it was stretched; a number where all its elements are known to be that number. */
function source(x: Tensor): Tensor {
  const value = uniformValue(x)
  return value === undefined ? unstretched(x) : constant(value, { dtype: x.dtype })
}

/**
 * The shape, smaller than `shape`, in which the operation can be applied: the sources' own where one (scalars aside)
 * serves them all, or the one to which constants stretch together.
 */
function innerShape(sources: readonly Tensor[], shape: Shape): Shape | undefined {
  const inner = stretchedShape(sources.map((x) => x.shape))
  if (!inner || sameShape(inner, shape)) return undefined
  const alike = sources.every((x) => x.shape.length === 0 || sameShape(x.shape, inner))
  return alike || sources.every(constantData) ? inner : undefined
}

/** Numbers become tensors of the other operand's shape and type. */
export function asTensors(name: string, x: Operand, y: Operand): [Tensor, Tensor] {
  if (typeof x === 'number' && typeof y === 'number')
    throw shapeError(`${name}: one operand must be a tensor; both are numbers.`)
  const like = (typeof x === 'number' ? y : x) as Tensor
  const lift = (value: Operand): Tensor =>
    typeof value === 'number' ? broadcastTo(constant(value, { dtype: like.dtype }), like.shape) : value
  return [lift(x), lift(y)]
}

export function requireDType(name: string, x: TensorType, ...allowed: readonly DType[]): void {
  if (!allowed.includes(x.dtype))
    throw shapeError(`${name}: the operand is ${showType(x)}; it must be ${allowed.join(' or ')}.`)
}

function writeElementwise(c: LowerContext, onnx: Common['onnx'], operands: readonly string[]): string {
  return typeof onnx === 'string' ? c.node(onnx, operands) : onnx(c, operands)
}
