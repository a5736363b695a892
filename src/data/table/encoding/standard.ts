import { z } from 'zod'
import { writeEach } from './codes.ts'
import { type ColumnEncoder, defineColumnEncoder } from './column-encoder.ts'
import { momentsOf } from './moments.ts'

/**
 * Centred and scaled: z = (v − mean) / std, log |dz/dv| = −log std.
 *
 * Of a dequantised column the std is that of the dequantised values: √(variance + resolution² / 12).
 */
export const standard: ColumnEncoder<'number'> = defineColumnEncoder<'number', { mean: number; std: number }>(
  {
    name: 'standard',
    kind: 'number',
    summary: 'centred and scaled to standard deviation 1',
    source: '',
    schema: z.strictObject({ mean: z.number(), std: z.number().positive() }),
    fit: (values, { resolution, dequantised }) => {
      const { mean, std } = momentsOf(values)
      const spread = dequantised ? (resolution ?? 0) : 0
      return { mean, std: Math.hypot(std, spread / Math.sqrt(12)) }
    },
    width: () => 1,
    lookUp: (values) => values,
    write: (values, codes, { mean, std }) => writeEach(values, codes, (value) => (value - mean) / std),
    decode: (encoded, { mean, std }) => encoded.map((z) => mean + std * z),
    logDerivative: (_, { std }, count) => new Float64Array(count).fill(-Math.log(std)),
  },
)
