import { z } from 'zod'
import { RandomStream } from '../../../engine/random/stream.ts'
import { decimalsNeeded } from '../decimals.ts'
import type { NumberColumn } from '../table.ts'
import { chooseForNumbers } from './choose.ts'
import type { FittedEncoder, Json } from './column-encoder.ts'
import { columnEncoder } from './column-encoders.ts'
import type { ColumnEncoding, DequantisingNoise } from './column-encoding.ts'
import { findGrid, type Grid, resolutionOf, snap } from './grid.ts'

const integer = z.number().int()

const schema = z.strictObject({
  kind: z.literal('number'),
  name: z.string(),
  type: z.string(),
  encoder: z.string(),
  reason: z.string(),
  grid: z
    .strictObject({
      decimals: integer.nonnegative(),
      step: z.number().positive(),
      origin: z.number().nonnegative(),
    })
    .nullable(),
  dequantised: z.boolean(),
  parameters: z.json(),
})

/** The JSON form of a number column's encoding, apart from the encoder's parameters. */
interface NumberColumnPlan {
  readonly name: string
  readonly type: string
  readonly encoder: string
  readonly reason: string
  readonly grid: Grid | null
  readonly dequantised: boolean
}

/**
 * Fits an encoding to a column without gaps.
 *
 * encoder: the name of a column encoder; the one that `chooseForNumbers` picks if left out. A column of one value is
 * `constant` whatever is asked.
 */
export function fitNumberColumn(column: NumberColumn, encoder?: string): ColumnEncoding {
  const grid = findGrid(column.values)
  const choice = chooseForNumbers(column.values, grid)
  const asked = encoder !== undefined && choice.encoder !== 'constant' && encoder !== choice.encoder
  const name = asked ? encoder : choice.encoder
  // Cells are those of the grid: a value between two of them counts for the nearer.
  const onCells = grid !== undefined && choice.dequantised
  const values = onCells ? column.values.map((value) => snap(grid, value)) : column.values
  const fitted = columnEncoder('number', name).fit(values, {
    resolution: grid === undefined ? undefined : resolutionOf(grid),
    dequantised: choice.dequantised,
  })
  const plan: NumberColumnPlan = {
    name: column.name,
    type: column.type,
    encoder: name,
    reason: asked ? `as asked; otherwise ${choice.encoder}: ${choice.reason}` : choice.reason,
    grid: grid ?? null,
    dequantised: choice.dequantised,
  }
  return numberColumnEncoding(plan, fitted)
}

/** The encoding that `toJSON` wrote; throws a ZodError or `data/encoding-parameters` if it is broken. */
export function restoreNumberColumn(json: unknown): ColumnEncoding {
  const { parameters, ...plan } = schema.parse(json)
  return numberColumnEncoding(plan, columnEncoder('number', plan.encoder).restore(parameters))
}

function numberColumnEncoding(plan: NumberColumnPlan, fitted: FittedEncoder<'number'>): ColumnEncoding {
  const { name, type, encoder, reason, grid, dequantised } = plan
  return {
    name,
    kind: 'number',
    width: fitted.width,
    encoder,
    reason,
    encode: (column, noise) => {
      const values = column.values as Float64Array
      return fitted.encode(dequantised && noise && grid ? spread(values, name, grid, noise) : values)
    },
    decode: (encoded, count): NumberColumn => {
      const decoded = fitted.decode(encoded, count)
      const values = grid === null ? decoded : decoded.map((value) => snap(grid, value))
      const decimals = grid === null ? decimalsNeeded(values) : grid.decimals
      return { kind: 'number', name, type, values, decimals }
    },
    logDerivative: (encoded, count) => fitted.logDerivative(encoded, count),
    toJSON: () => {
      const gridJson: Json = grid === null ? null : { ...grid }
      const { parameters } = fitted
      return { kind: 'number', name, type, encoder, reason, grid: gridJson, dequantised, parameters }
    },
  }
}

/** v + resolution · (u − ½), u uniform on (0, 1): each value spread evenly over its cell. */
function spread(
  values: Float64Array,
  name: string,
  grid: Grid,
  { seed, first }: DequantisingNoise,
): Float64Array {
  const stream = new RandomStream({ seed, name: `dequantise/${name}` })
  const uniforms = stream.uniform({ first, count: values.length, width: 1 })
  const resolution = resolutionOf(grid)
  return values.map((value, i) => value + resolution * (uniforms[i]! - 0.5))
}
