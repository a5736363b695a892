import { ScorefieldError } from '../../base/index.ts'
import type { Density } from '../../density/index.ts'
import { type Shape, sizeOf } from '../../engine/index.ts'

/** Rows of numbers, [n, d], in any of the forms that a program may have them in. */
export type GivenNumbers =
  | { readonly rows: ArrayLike<number>; readonly dimension: number }
  /** Points of any shape, [n, ...shape]: [c, h, w] of pictures. */
  | { readonly rows: ArrayLike<number>; readonly shape: Shape }
  | readonly (readonly number[])[]
  | readonly Readonly<Record<string, number>>[]

/** Rows of numbers in one form. */
export interface Numbers {
  /** [n, d], row by row. */
  readonly values: Float64Array
  readonly count: number
  readonly names: readonly string[]
  /** Shape of a point that is no row. */
  readonly shape?: Shape | undefined
}

/** Whether data are a known density, which can be drawn from for ever. */
export function isDensity(data: unknown): data is Density {
  return typeof data === 'object' && data !== null && typeof (data as Density).sample === 'function'
}

/** Names of d columns that have none: x1, x2, … */
export function plainNames(dimension: number): string[] {
  return Array.from({ length: dimension }, (_, k) => `x${k + 1}`)
}

/**
 * The rows, [n, d], checked: one width, every number finite. names: the columns that objects must have, where that is known.
 * @throws ScorefieldError `data/rows` where they have no such form, `data/no-rows`, `data/not-finite`, `data/missing-column`.
 */
export function numbersOf(data: GivenNumbers, names?: readonly string[]): Numbers {
  if (Array.isArray(data)) return ofArray(data as readonly unknown[], names)
  const given = (data ?? {}) as Readonly<Partial<Record<'rows' | 'dimension' | 'shape', unknown>>>
  const { rows, shape } = given
  if (!isNumberList(rows)) throw noRows(data)
  if (shape !== undefined && !isShape(shape))
    throw wrong(
      'rows',
      `shape is ${JSON.stringify(shape)}; it must be a list of whole numbers, 1 or more.`,
      'Give the shape of a point, such as { rows, shape: [1, 28, 28] } of grey pictures.',
    )
  const dimension = shape === undefined ? given.dimension : sizeOf(shape)
  if (typeof dimension !== 'number' || !Number.isInteger(dimension) || dimension < 1)
    throw wrong(
      'rows',
      `dimension is ${String(dimension)}; it must be a whole number, 1 or more.`,
      'Give the number of columns: { rows, dimension }.',
    )
  const count = rows.length / dimension
  if (!Number.isInteger(count))
    throw wrong(
      'rows',
      `${rows.length} numbers are not rows of ${dimension} columns.`,
      'Give the rows one after the other, as [n, d].',
    )
  return finite({
    values: Float64Array.from(rows),
    count,
    names: withWidth(names, dimension) ?? plainNames(dimension),
    ...(shape && shape.length > 1 && { shape }),
  })
}

function isShape(value: unknown): value is Shape {
  return (
    isList(value) && value.length > 0 && Array.from(value).every((n) => Number.isInteger(n) && Number(n) > 0)
  )
}

/** Points of a known width: what `numbersOf` takes, or a flat list of numbers, [n · d]. */
export function pointsOf(x: GivenNumbers | ArrayLike<number>, names: readonly string[]): Numbers {
  if (isNumberList(x) && (x.length === 0 || typeof x[0] === 'number'))
    return numbersOf({ rows: x, dimension: names.length }, names)
  return numbersOf(x as GivenNumbers, names)
}

function ofArray(rows: readonly unknown[], told: readonly string[] | undefined): Numbers {
  const [first] = rows
  if (first === undefined)
    throw wrong('no-rows', 'There are no rows.', 'Give an array with a row of numbers in each place.')
  const asArrays = isList(first)
  if (!asArrays && (typeof first !== 'object' || first === null)) throw noRows(rows)
  const names = asArrays
    ? (withWidth(told, first.length) ?? plainNames(first.length))
    : (told ?? Object.keys(first as object))
  const values = new Float64Array(rows.length * names.length)
  for (const [row, given] of rows.entries()) {
    if (asArrays ? !isList(given) : typeof given !== 'object' || given === null) throw noRows(rows, row)
    if (asArrays && (given as ArrayLike<number>).length !== names.length)
      throw wrong(
        'rows',
        `Row ${row} has ${(given as ArrayLike<number>).length} numbers; it must have ${names.length}.`,
        'Every row has the same columns.',
      )
    names.forEach((name, k) => {
      const cell = asArrays
        ? (given as ArrayLike<unknown>)[k]
        : (given as Readonly<Record<string, unknown>>)[name]
      if (typeof cell !== 'number') throw noNumber(cell, { row, name })
      values[row * names.length + k] = cell
    })
  }
  return finite({ values, count: rows.length, names })
}

/** The names, which must be so many; undefined where none are known. */
function withWidth(names: readonly string[] | undefined, width: number): readonly string[] | undefined {
  if (names === undefined || names.length === width) return names
  throw wrong(
    'rows',
    `Rows of ${width} columns are given; the model has ${names.length}.`,
    `Give ${names.join(', ')} of each row.`,
  )
}

function finite(numbers: Numbers): Numbers {
  const { values, count, names } = numbers
  if (count === 0)
    throw wrong('no-rows', 'There are no rows.', 'Give the rows one after the other, as [n, d].')
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return numbers
  const [row, k] = [Math.floor(at / names.length), at % names.length]
  throw wrong(
    'not-finite',
    `Row ${row} of the column ${names[k]} is ${values[at]}, which is no number to learn from.`,
    'Leave the row out, or learn gaps with fitTable, which takes null for a value that is missing.',
  )
}

function isNumberList(value: unknown): value is ArrayLike<number> {
  return isList(value) && (!Array.isArray(value) || value.length === 0 || typeof value[0] === 'number')
}

/** Whether a value is an array of any kind, whatever its cells are. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

function noNumber(cell: unknown, { row, name }: { row: number; name: string }): ScorefieldError {
  if (cell === undefined)
    return wrong(
      'missing-column',
      `Row ${row} has no ${name}.`,
      'Every row needs every column; fitTable learns gaps.',
    )
  const shown = cell === null ? 'null' : typeof cell === 'string' ? `the text "${cell}"` : String(cell)
  return wrong(
    'rows',
    `Row ${row} of the column ${name} is ${shown}, no number.`,
    'fitTable learns columns of words, dates and gaps.',
  )
}

function noRows(data: unknown, row?: number): ScorefieldError {
  const found = data === null ? 'null' : Array.isArray(data) ? 'another array' : `a ${typeof data}`
  return wrong(
    'rows',
    row === undefined
      ? `These are no rows to learn from: ${found} is given.`
      : `Row ${row} has another form than the rows before it.`,
    'Give a density, [[1, 2], [3, 4]], [{ a: 1, b: 2 }, …], or { rows: Float32Array, dimension }.',
  )
}

function wrong(code: string, message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'data', code: `data/${code}`, message, hint })
}
