import { z } from 'zod'
import { nearestOf } from './choice.ts'
import { type ColumnEncoder, defineColumnEncoder } from './column-encoder.ts'
import { cellsAt, minusLogWithinCell, type NormalCells, normalCells, writeCells } from './normal-cells.ts'

type Parameters = { values: number[]; counts: number[] }

const remembered = new WeakMap<Parameters, NormalCells>()

function cellsOf(parameters: Parameters): NormalCells {
  const known = remembered.get(parameters) ?? normalCells(parameters.counts)
  remembered.set(parameters, known)
  return known
}

/**
 * Numbers of which only certain values occur, as cells of the standard normal, in order, as wide as they are frequent.
 *
 * Nothing but these values comes out: right for a sum of money that is 0 in nine rows of ten and one of a hundred fixed amounts
 * in the tenth. A value that did not occur is taken for the nearest one that did.
 */
export const valueCells: ColumnEncoder<'number'> = defineColumnEncoder<'number', Parameters>({
  name: 'value-cells',
  kind: 'number',
  summary:
    'the values that occur as cells of the standard normal, as wide as they are frequent; nothing else comes out',
  source: 'Uria, Murray & Larochelle 2013 (dequantisation)',
  schema: z
    .strictObject({ values: z.array(z.number()).min(2), counts: z.array(z.number().nonnegative()) })
    .refine(
      ({ values, counts }) =>
        values.length === counts.length && values.every((value, k) => k === 0 || value > values[k - 1]!),
      'values must increase, with as many counts',
    ),
  fit: (values) => {
    const counts = new Map<number, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    const order = [...counts].sort(([a], [b]) => a - b)
    return { values: order.map(([value]) => value), counts: order.map(([, count]) => count) }
  },
  width: () => 1,
  lookUp: (values) => values,
  write: (values, codes, parameters, noise) => {
    const places = new Int32Array(values.length)
    for (let row = 0; row < places.length; row++) places[row] = nearestOf(parameters.values, values[row]!)
    writeCells(cellsOf(parameters), places, codes, noise?.uniform(1))
  },
  decode: (encoded, parameters) =>
    Float64Array.from(cellsAt(cellsOf(parameters), encoded), (k) => parameters.values[k]!),
  logDerivative: (encoded, parameters) => minusLogWithinCell(cellsOf(parameters), encoded),
})
