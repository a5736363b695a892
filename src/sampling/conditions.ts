import { mapNamed, type Named, ScorefieldError, type Shape, sizeOf } from '../engine/index.ts'

/**
 * What rows are conditioned on, by name: numbers for each row, [count, ...shape], or one value for all of them, [...shape].
 */
export type GivenConditions = Named<ArrayLike<number>>

/**
 * Conditions of rows for which none are given, [count, ...shape] each: a function of (seed, row), such as a label drawn by its share
 * among the data.
 */
export type UsualConditions = (range: {
  readonly seed: number
  readonly first: number
  readonly count: number
}) => Named<Float32Array>

/**
 * The conditions as `conditionRows` takes them: of each row, or of all.
 * Throws `sampling/condition` unless it is all that the model takes, nothing else, and finite.
 */
export function checkedConditions(
  given: GivenConditions = {},
  count: number,
  shapes: Named<Shape> = {},
): Named<Float32Array> {
  for (const name of new Set([...Object.keys(shapes), ...Object.keys(given)])) requireFitting(name)
  return mapNamed(shapes, (_, name) => Float32Array.from(given[name]!))

  function requireFitting(name: string): void {
    const [shape, values] = [shapes[name], given[name]]
    if (shape === undefined)
      throw wrong(`The model takes no condition "${name}".`, 'Leave the condition out.')
    const width = sizeOf(shape)
    if (values?.length !== count * width && values?.length !== width)
      throw wrong(
        `The model takes a condition "${name}" of ${width} numbers a row, ${count * width} for ${count} rows; ${values?.length ?? 'none'} are given.`,
        'Give a condition for each row, or one for all of them.',
      )
    const bad = Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value))
    if (bad >= 0)
      throw wrong(
        `The condition "${name}" holds ${values[bad]} at place ${bad}.`,
        'Give numbers that are finite.',
      )
  }
}

function wrong(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'sampling/condition', message, hint })
}

/**
 * The conditions of rows start … start + count − 1 of those given, [count, ...shape] each; zeros where there are none: those
 * rows only fill a batch. One value for all is repeated.
 */
export function conditionRows(
  conditions: Named<Float32Array>,
  shapes: Named<Shape> = {},
  { start, count }: { readonly start: number; readonly count: number },
): Named<Float32Array> {
  return mapNamed(conditions, (values, name) => {
    const width = sizeOf(shapes[name]!)
    if (values.length === width)
      return Float32Array.from({ length: count * width }, (_, i) => values[i % width]!)
    const rows = new Float32Array(count * width)
    const inside = values.subarray(Math.max(0, start) * width, (start + count) * width)
    rows.set(inside, Math.max(0, -start) * width)
    return rows
  })
}
