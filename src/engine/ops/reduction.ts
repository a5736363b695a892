import type { ReferenceArray } from '../operation.ts'
import { normaliseAxes, type Shape, sizeOf, stridesOf } from '../shape.ts'
import type { Attributes, Tensor, TensorType } from '../tensor.ts'

/** Which axes a reduction runs over (all of them unless given), and whether they stay with extent 1. */
export interface ReductionOptions {
  readonly axes?: readonly number[]
  readonly keepDims?: boolean
}

/** The axes and the flag, normalised, as attributes. */
export function reductionAttributes(
  name: string,
  x: Tensor,
  options: ReductionOptions = {},
): { axes: number[]; keepDims: boolean } {
  const all = x.shape.map((_, axis) => axis)
  return {
    axes: options.axes ? normaliseAxes(options.axes, x.shape.length, name) : all,
    keepDims: options.keepDims ?? false,
  }
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis))
}

export function inferReduction(x: TensorType, attributes: Attributes): TensorType {
  return {
    shape: reducedShape(x.shape, attributes['axes'] as number[], attributes['keepDims'] as boolean),
    dtype: x.dtype,
  }
}

/** For each element of the result the elements of x that it gathers, combined by `combine`. */
export function reduceReference(
  x: ReferenceArray,
  attributes: Attributes,
  combine: (values: readonly number[]) => number,
): Float64Array {
  const axes = attributes['axes'] as readonly number[]
  const kept = reducedShape(x.shape, axes, true)
  const strides = stridesOf(x.shape)
  const keptStrides = stridesOf(kept)
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => [])
  for (let at = 0; at < x.data.length; at++) {
    let target = 0
    for (const [axis, extent] of x.shape.entries())
      if (!axes.includes(axis)) target += (Math.floor(at / strides[axis]!) % extent) * keptStrides[axis]!
    groups[target]!.push(x.data[at]!)
  }
  return Float64Array.from(groups, combine)
}
