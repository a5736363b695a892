import {
  concat,
  mapNamed,
  type Named,
  ScorefieldError,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorType,
} from '../engine/index.ts'
import { asVectors } from './field.ts'

/** How a condition is called among the inputs of a program. */
export const conditionName = (condition: string): string => `condition/${condition}`

/** Types of what `rows` points are conditioned on, [rows, ...shape] each. */
export function conditionTypes(shapes: Named<Shape> = {}, rows: number): Record<string, TensorType> {
  return mapNamed(shapes, (shape) => ({ shape: [rows, ...shape], dtype: 'float32' }))
}

/** Conditions by their names among the inputs of a program. */
export function asInputs<T>(conditions: Named<T> = {}): Record<string, T> {
  return Object.fromEntries(Object.entries(conditions).map(([name, value]) => [conditionName(name), value]))
}

/** The conditions among the inputs of a program; undefined where a model takes nothing. */
export function fromInputs(
  inputs: Named<Tensor>,
  shapes: Named<Shape> | undefined,
): Named<Tensor> | undefined {
  return shapes && mapNamed(shapes, (_, name) => inputs[conditionName(name)]!)
}

/** c, how many numbers a point is conditioned on in all. */
export function conditionWidth(shapes: Named<Shape> = {}): number {
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0)
}

/**
 * All that points are conditioned on as one vector each, [B, c], in the order of `shapes`; undefined for nothing.
 * Throws `family/conditions` unless exactly these are given.
 */
export function sideBySide(given: Named<Tensor> = {}, shapes: Named<Shape> = {}): Tensor | undefined {
  const wanted = Object.keys(shapes)
  const names = Object.keys(given)
  if (names.length !== wanted.length || wanted.some((name) => given[name] === undefined))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'family/conditions',
      message: `The model is conditioned on ${wanted.join(', ') || 'nothing'}; ${names.join(', ') || 'nothing'} is given.`,
      hint: 'Give a tensor [B, …] for each of them, and for nothing else.',
    })
  return wanted.length === 0
    ? undefined
    : concat(
        wanted.map((name) => asVectors(given[name]!)),
        { axis: 1 },
      )
}

/** Vectors with what they are conditioned on joined to them: [B, d] and [B, c] → [B, d + c]. */
export function joined(x: Tensor, condition: Tensor | undefined): Tensor {
  return condition === undefined ? x : concat([x, condition], { axis: 1 })
}
