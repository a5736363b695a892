import { mapNamed, type Named, type Shape, type Tensor, type TensorType } from '../engine/index.ts'

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
