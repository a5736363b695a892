import { RandomStream, ScorefieldError } from '../base/index.ts'
import * as f from '../engine/index.ts'

/**
 * The columns 0 … d − 1 in the order that a size `order` stands for: 1 as they stand, 2 reversed, 3 or more one drawn with that
 * number as the seed.
 */
export function orderOfNumber(number: number, columns: number): readonly number[] {
  const natural = Array.from({ length: columns }, (_, column) => column)
  if (number === 1) return natural
  if (number === 2) return natural.reverse()
  return [
    ...new RandomStream({ seed: number, name: 'column order' }).permutation({ index: 0, size: columns }),
  ]
}

/** What keeps an order from naming each of `wanted` once, and nothing but `known`. */
export function mistakesOfOrder<T>(
  order: readonly T[],
  wanted: readonly T[],
  known: readonly T[],
): { readonly missing: readonly T[]; readonly unknown: readonly T[]; readonly twice: readonly T[] } {
  return {
    missing: wanted.filter((column) => !order.includes(column)),
    unknown: order.filter((column) => !known.includes(column)),
    twice: order.filter((column, place) => order.indexOf(column) !== place),
  }
}

/** The order, which must name each of the columns 0 … d − 1 once. Throws `family/column-order`. */
export function requireOrder(order: readonly number[], columns: number): readonly number[] {
  const natural = orderOfNumber(1, columns)
  const { missing, unknown, twice } = mistakesOfOrder(order, natural, natural)
  if (missing.length + unknown.length + twice.length === 0) return order
  const told = [
    missing.length > 0 ? `it does not name ${missing.slice(0, 3).join(', ')}` : '',
    unknown.length > 0 ? `there is no column ${unknown.slice(0, 3).join(', ')}` : '',
    twice.length > 0 ? `it names ${twice.slice(0, 3).join(', ')} twice` : '',
  ].filter((part) => part !== '')
  throw new ScorefieldError({
    kind: 'usage',
    code: 'family/column-order',
    message: `The order [${order.join(', ')}] is not one of ${columns} columns: ${told.join('; ')}.`,
    hint: `Name each of the columns 0 to ${columns - 1} once.`,
  })
}

/** The columns of x in this order: column i of the result is column order[i] of x, [B, d]. */
export function ordered(x: f.Tensor, order: readonly number[]): f.Tensor {
  const { length } = order
  if (order.every((column, place) => column === place)) return x
  if (order.every((column, place) => column === length - 1 - place)) return f.flip(x, { axis: 1 })
  return f.gather(x, f.constant({ shape: [length], data: order }, { dtype: 'int32' }), { axis: 1 })
}

/** The order that undoes this one. */
export function inverseOrder(order: readonly number[]): readonly number[] {
  return order.map((_, column) => order.indexOf(column))
}
