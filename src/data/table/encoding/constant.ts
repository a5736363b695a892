import { z } from 'zod'
import { type ColumnEncoder, defineColumnEncoder } from './column-encoder.ts'

/** A column whose every value is `value`: nothing to model, so it takes no room and adds nothing to the log-density. */
export const constant: ColumnEncoder<'number'> = defineColumnEncoder<'number', { value: number }>({
  name: 'constant',
  kind: 'number',
  summary: 'one value throughout: left out of the model, put back on the way out',
  source: '',
  schema: z.strictObject({ value: z.number() }),
  fit: (values) => ({ value: values[0]! }),
  width: () => 0,
  lookUp: (values) => values,
  write: () => {},
  decode: (_, { value }, count) => new Float64Array(count).fill(value),
  logDerivative: (_encoded, _parameters, count) => new Float64Array(count),
})
