import { z } from 'zod'
import { decimalsNeeded } from '../decimals.ts'
import { toType } from '../float32.ts'
import type { Calendar, NumberColumn, Written } from '../table.ts'
import { chooseForNumbers } from './choose.ts'
import type { FittedEncoder, Json } from './column-encoder.ts'
import { columnEncoder } from './column-encoders.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { findGrid, type Grid, resolutionOf, snap } from './grid.ts'
import { type NoiseSource, noiseSource } from './noise.ts'
import { withPresence } from './presence.ts'
import { valueCells } from './value-cells.ts'
import { calendarSchema, writtenJson, writtenSchema } from './written.ts'

const integer = z.number().int()

const schema = z.strictObject({
  role: z.literal('number'),
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
  gaps: z.boolean(),
  range: z.tuple([z.number(), z.number()]),
  calendar: calendarSchema.nullable(),
  written: z.exactOptional(writtenSchema),
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
  /** Whether some rows have no value: their share is learned, too. */
  readonly gaps: boolean
  /** Least and largest value of the data: nothing outside comes out. */
  readonly range: readonly [number, number]
  readonly calendar: Calendar | null
  readonly written?: Written
}

/**
 * Fits an encoding to a column.
 *
 * all: the column with every row, also those not learned from: its range and whether it has gaps are read there.
 * encoder: the name of a column encoder; the one that `chooseForNumbers` picks if left out. A column of one value is
 * `constant` whatever is asked.
 */
export function fitNumberColumn(
  column: NumberColumn,
  options: { readonly all?: NumberColumn; readonly encoder?: string } = {},
): ColumnEncoding {
  const { all = column, encoder } = options
  const filled = column.values.filter((value) => !Number.isNaN(value))
  const grid = findGrid(filled)
  const choice = chooseForNumbers(filled, grid)
  const asked = encoder !== undefined && choice.encoder !== 'constant' && encoder !== choice.encoder
  const name = asked ? encoder : choice.encoder
  // Cells are those of the grid: a value between two of them counts for the nearer.
  const onCells = grid !== undefined && choice.dequantised && name !== valueCells.name
  const values = onCells ? filled.map((value) => snap(grid, value)) : filled
  const fitted = columnEncoder('number', name).fit(values, {
    resolution: grid === undefined ? undefined : resolutionOf(grid),
    dequantised: choice.dequantised,
  })
  const plan: NumberColumnPlan = {
    name: column.name,
    type: column.type,
    encoder: name,
    reason: asked ? `as asked; otherwise ${choice.encoder}: ${choice.reason}` : choice.reason,
    grid: name === valueCells.name ? null : (grid ?? null),
    dequantised: choice.dequantised,
    gaps: all.values.some(Number.isNaN),
    range: rangeOf(all.values),
    calendar: column.calendar ?? null,
    ...(column.written ? { written: column.written } : {}),
  }
  return numberColumnEncoding(plan, fitted)
}

/** Least and largest of `values`, gaps apart. */
function rangeOf(values: Float64Array): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

/** The encoding that `toJSON` wrote; throws a ZodError or `data/encoding-parameters` if it is broken. */
export function restoreNumberColumn(json: unknown): ColumnEncoding {
  const { role: _, parameters, ...plan } = schema.parse(json)
  return numberColumnEncoding(plan, columnEncoder('number', plan.encoder).restore(parameters))
}

function numberColumnEncoding(plan: NumberColumnPlan, inner: FittedEncoder<'number'>): ColumnEncoding {
  const { name, type, encoder, reason, grid, dequantised, gaps, calendar, written } = plan
  const [least, most] = plan.range
  const spreading = dequantised && grid !== null ? spreadOver(inner, grid) : inner
  const fitted = gaps ? withPresence(spreading) : spreading
  return {
    name,
    kind: 'number',
    width: fitted.width,
    encoder,
    reason,
    gaps,
    logCell: spreading === inner || grid === null ? 0 : Math.log(resolutionOf(grid)),
    discrete: encoder === valueCells.name,
    dequantised: spreading !== inner,
    canEncode: (column, row) => column.kind === 'number' && (gaps || !Number.isNaN(column.values[row])),
    encode: (column, noise) => {
      const values = column.values as Float64Array
      return fitted.encode(values, noise && noiseSource({ noise, name, count: values.length }))
    },
    decode: (encoded, count): NumberColumn => {
      const values = fitted
        .decode(encoded, count)
        .map((value) =>
          toType(type, Math.min(most, Math.max(least, grid === null ? value : snap(grid, value)))),
        )
      const decimals = grid === null ? decimalsNeeded(values) : grid.decimals
      return {
        kind: 'number',
        name,
        type,
        values,
        decimals,
        ...(calendar ? { calendar } : {}),
        ...(written ? { written } : {}),
      }
    },
    logDerivative: (encoded, count) => fitted.logDerivative(encoded, count),
    toJSON: () => {
      const gridJson: Json = grid === null ? null : { ...grid }
      const calendarJson: Json = calendar === null ? null : { ...calendar }
      const { parameters } = inner
      const { written: _, ...told } = plan
      return {
        role: 'number',
        ...told,
        ...writtenJson(written),
        grid: gridJson,
        calendar: calendarJson,
        range: [least, most],
        parameters,
      }
    },
  }
}

/** The encoder of v + resolution · (u − ½), u uniform on (0, 1): each value spread evenly over its cell. */
function spreadOver(inner: FittedEncoder<'number'>, grid: Grid): FittedEncoder<'number'> {
  const resolution = resolutionOf(grid)
  return {
    ...inner,
    encode: (values, noise?: NoiseSource) => {
      if (noise === undefined) return inner.encode(values)
      const uniforms = noise.uniform(1)
      return inner.encode(values.map((value, i) => value + resolution * (uniforms[i]! - 0.5)))
    },
  }
}
