/** Sizes of a tensor's axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[]

/** Element types. Everything is computed in float32; int32 indexes, bool chooses. */
export type DType = 'float32' | 'int32' | 'bool'

/** Shape and element type: all that is known of a tensor before it is computed. */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
}

/** Number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (const extent of shape) size *= extent
  return size
}

/** Whether two shapes are the same, axis by axis. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}

/** `[2, 3]` as text, for messages. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/** Axis counted from the end if negative, checked against the rank. */
export function normaliseAxis(axis: number, rank: number, what: string): number {
  const normal = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(normal) || normal < 0 || normal >= rank)
    throw shapeError(`${what}: axis ${axis} does not exist in a tensor of rank ${rank}.`)
  return normal
}

/** Axes sorted, without repeats, counted from the front. */
export function normaliseAxes(axes: readonly number[], rank: number, what: string): number[] {
  const normal = axes.map((axis) => normaliseAxis(axis, rank, what)).sort((a, b) => a - b)
  for (let i = 1; i < normal.length; i++)
    if (normal[i] === normal[i - 1]) throw shapeError(`${what}: axis ${normal[i]} is named twice.`)
  return normal
}

/** Whether `from` stretches to `to` by numpy's rule: aligned at the last axis, extents equal or 1. */
import { ScorefieldError } from '../base/index.ts'
export function stretchesTo(from: Shape, to: Shape): boolean {
  const offset = to.length - from.length
  return offset >= 0 && from.every((extent, axis) => extent === 1 || extent === to[axis + offset])
}

/** The shape that ONNX gives an elementwise operation of these operands, or undefined where they clash. */
export function stretchedShape(shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(...shapes.map((shape) => shape.length))
  const result = new Array<number>(rank).fill(1)
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = axis + rank - shape.length
      const extent = shape[axis]!
      if (extent === 1) continue
      if (result[at] !== 1 && result[at] !== extent) return undefined
      result[at] = extent
    }
  }
  return result
}

/** An error about shapes, found while tracing. */
export function shapeError(message: string, hint?: string | undefined): ScorefieldError {
  return new ScorefieldError({ kind: 'internal', code: 'engine/shape', message, hint })
}
