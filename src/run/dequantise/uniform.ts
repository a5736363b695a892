import type { Encoding } from '../../data/index.ts'
import type { Dequantisation, Dequantiser } from './dequantisation.ts'

/** Places that are uniform in their cells, ln q = 0: nothing is learned. */
export function uniformPlaces(encoding: Encoding): Dequantiser {
  return {
    place: async (table, { rowIndices, seed }) => ({
      x: encoding.encode(table, { rowIndices, dequantiseSeed: seed }),
      logDensity: new Float64Array(rowIndices.length),
    }),
    dispose: async () => {},
  }
}

/** u uniform in the cell of each byte, as in training.  Theis, van den Oord & Bethge 2016. */
export const uniformDequantisation: Dequantisation = {
  name: 'uniform',
  summary: 'every place in the cell of a byte alike, as in training',
  source: 'Theis, van den Oord, Bethge 2016',
  open: async ({ model }) => uniformPlaces(model.encoding),
}
