import { z } from 'zod'
import { decimalsNeeded } from '../decimals.ts'
import { toType } from '../float32.ts'
import type { Calendar, NumberColumn, Written } from '../table.ts'
import { type Choice, kindOf, type NumberKind, withChoice } from './choice.ts'
import { allMasses, chooseForNumbers, type NumberChoice } from './choose.ts'
import type { FitOptions, FittedEncoder } from './column-encoder.ts'
import { columnEncoder } from './column-encoders.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { constant } from './constant.ts'
import { resolutionOf, snap } from './grid.ts'
import { kindOn } from './number-kinds.ts'
import { numbersOnGrid } from './outcomes.ts'
import { scaled, scaleOf } from './scaled.ts'
import { valueCells } from './value-cells.ts'
import { calendarSchema, writtenJson, writtenSchema } from './written.ts'

const integer = z.number().int()

const schema = z.strictObject({
  role: z.literal('number'),
  name: z.string(),
  type: z.string(),
  encoder: z.string(),
  reason: z.string(),
  kinds: z.array(
    z.strictObject({
      grid: z
        .strictObject({
          decimals: integer.nonnegative(),
          step: z.number().positive(),
          origin: z.number().nonnegative(),
        })
        .nullable(),
      dequantised: z.boolean(),
    }),
  ),
  masses: z.array(z.number()),
  gaps: z.boolean(),
  counts: z.array(z.number().nonnegative()),
  range: z.tuple([z.number(), z.number()]),
  calendar: calendarSchema.nullable(),
  written: z.exactOptional(writtenSchema),
  /** What values are divided by before the encoder sees them; 1 where nothing is said. */
  scale: z.exactOptional(z.number().positive()),
  parameters: z.json(),
})

/** The JSON form of a number column's encoding, apart from the encoder's parameters. */
interface NumberColumnPlan extends Choice {
  readonly name: string
  readonly type: string
  readonly encoder: string
  readonly reason: string
  /** Least and largest value of the data that is no mass: no other one outside comes out. */
  readonly range: readonly [number, number]
  readonly calendar: Calendar | null
  readonly written?: Written
  readonly scale?: number
}

/**
 * Fits an encoding to a column.
 *
 * all: the column with every row, also those not learned from: its range and whether it has gaps are read there.
 * encoder: the name of a column encoder; what `chooseForNumbers` picks, masses and kinds of numbers included, if left out. A
 * column of one value is `constant` whatever is asked.
 */
export function fitNumberColumn(
  column: NumberColumn,
  options: { readonly all?: NumberColumn; readonly encoder?: string } = {},
): ColumnEncoding {
  const { all = column, encoder } = options
  const filled = column.values.filter((value) => !Number.isNaN(value))
  const chosen = chooseForNumbers(filled)
  const isConstant = chosen.masses.length === 0 && chosen.encoder === constant.name
  const isChosen = encoder === (chosen.kinds.length === 0 ? allMasses : chosen.encoder)
  const asked = encoder !== undefined && !isConstant && !isChosen
  const { encoder: name, kinds, masses } = asked ? asAsked(filled, encoder) : chosen
  const isMass = new Set(masses)
  const measured = filled.filter((value) => !isMass.has(value))
  const gaps = all.values.some(Number.isNaN)
  const scale = scaleOf(measured)
  const plan: NumberColumnPlan = {
    name: column.name,
    type: column.type,
    encoder: name,
    reason: asked ? `as asked; otherwise ${chosen.encoder}: ${chosen.reason}` : chosen.reason,
    kinds,
    masses,
    gaps,
    counts: countChoices(column.values, { kinds, masses, gaps }),
    range: rangeOf(all.values.filter((value) => !isMass.has(value))),
    calendar: column.calendar ?? null,
    ...(column.written ? { written: column.written } : {}),
    ...(scale === 1 ? {} : { scale }),
  }
  return numberColumnEncoding(plan, fitMeasured(measured, name, kinds, scale))
}

/** One kind of numbers and no masses, for an encoder that was asked for; or nothing but masses. */
function asAsked(values: Float64Array, encoder: string): Omit<NumberChoice, 'reason'> {
  if (encoder !== allMasses) return { encoder, kinds: [kindOn(values)], masses: [] }
  return { encoder: constant.name, kinds: [], masses: [...new Set(values)].sort((a, b) => a - b) }
}

/** The encoder of the values that are no masses; one without parameters where there are none. */
function fitMeasured(
  values: Float64Array,
  name: string,
  kinds: readonly NumberKind[],
  scale: number,
): FittedEncoder<'number'> {
  if (kinds.length === 0) return columnEncoder('number', constant.name).fit(Float64Array.of(0), plain)
  const [{ grid, dequantised }] = kinds as [NumberKind]
  const encoder = columnEncoder('number', name)
  const fit = (of: Float64Array, options: FitOptions): FittedEncoder<'number'> =>
    encoder.fit(scale === 1 ? of : of.map((value) => value / scale), options)
  // Whole numbers beyond what float64 counts one by one lie on no grid to speak of.
  const isBeyondGrids = scale !== 1 && !dequantised
  if (grid === null || isBeyondGrids || name === valueCells.name) return fit(values, plain)
  // Cells are those of the first kind's grid: a value between two of them counts for the nearer.
  const onCells = dequantised ? values.map((value) => snap(grid, value)) : values
  return fit(onCells, { resolution: resolutionOf(grid) / scale, dequantised })
}

const plain = { resolution: undefined, dequantised: false } as const

/** How many rows each choice has. */
function countChoices(values: Float64Array, choice: Omit<Choice, 'counts'>): number[] {
  const { kinds, masses, gaps } = choice
  const counts = new Array<number>(kinds.length + masses.length + (gaps ? 1 : 0)).fill(0)
  const places = new Map(masses.map((mass, k) => [mass, kinds.length + k]))
  for (const value of values) {
    const place = Number.isNaN(value) ? counts.length - 1 : (places.get(value) ?? kindOf(kinds, value))
    counts[place]!++
  }
  return counts
}

/** Least and largest of `values`, gaps apart; 0 where there are none. */
function rangeOf(values: Float64Array): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return least <= most ? [least, most] : [0, 0]
}

/** The values that come out beside masses and gaps; undefined where they are not of a few grids, or are very many. */
function measuredValues(
  { encoder, kinds, range, type, scale = 1 }: NumberColumnPlan,
  inner: FittedEncoder<'number'>,
): number[] | undefined {
  const [least, most] = range
  const { value, values } = inner.parameters as {
    readonly value?: number
    readonly values?: readonly number[]
  }
  const certain = encoder === constant.name ? [value!] : encoder === valueCells.name ? values! : undefined
  const found = kinds.map(({ grid }) => {
    if (certain === undefined) return grid ? numbersOnGrid(grid, least, most, type) : undefined
    const onGrid = certain.map((one) => (grid ? snap(grid, one * scale) : one * scale))
    return onGrid.map((one) => toType(type, Math.min(most, Math.max(least, one))))
  })
  return found.some((list) => list === undefined) ? undefined : [...new Set(found.flatMap((list) => list!))]
}

/** The encoding that `toJSON` wrote; throws a ZodError or `data/encoding-parameters` if it is broken. */
export function restoreNumberColumn(json: unknown): ColumnEncoding {
  const { role: _, parameters, ...plan } = schema.parse(json)
  return numberColumnEncoding(plan, columnEncoder('number', plan.encoder).restore(parameters))
}

function numberColumnEncoding(plan: NumberColumnPlan, inner: FittedEncoder<'number'>): ColumnEncoding {
  const { name, type, encoder, reason, kinds, masses, gaps, calendar, written } = plan
  const [least, most] = plan.range
  const fitted = withChoice(scaled(inner, plan.scale ?? 1), plan)
  const isMass = new Set(masses)
  const within = (value: number): number =>
    Number.isNaN(value) || isMass.has(value) ? value : Math.min(most, Math.max(least, value))
  const shell = {
    kind: 'number' as const,
    name,
    type,
    ...(calendar ? { calendar } : {}),
    ...(written ? { written } : {}),
  }
  const isOnGrids = kinds.every(({ grid }) => grid !== null)
  return {
    name,
    kind: 'number',
    width: fitted.width,
    parts: fitted.parts,
    encoder: kinds.length === 0 && masses.length > 0 ? allMasses : encoder,
    reason,
    gaps,
    masses,
    discrete: encoder === valueCells.name || kinds.every(({ dequantised }) => dequantised),
    logCells: (encoded, count) => fitted.logCells(encoded, count),
    canEncode: (column, row) => column.kind === 'number' && (gaps || !Number.isNaN(column.values[row])),
    prepare: (column) => fitted.prepare(column.values as Float64Array),
    decode: (encoded, count): NumberColumn => {
      const values = fitted.decode(encoded, count).map((value) => toType(type, within(value)))
      const decimals =
        isOnGrids && masses.length === 0
          ? Math.max(...kinds.map(({ grid }) => grid!.decimals))
          : decimalsNeeded(values)
      return { ...shell, values, decimals }
    },
    outcomes: () => {
      const columnOf = (values: readonly number[]): NumberColumn => ({
        ...shell,
        values: Float64Array.from(values),
        decimals: decimalsNeeded(Float64Array.from(values)),
      })
      const measured = measuredValues(plan, inner)
      if (measured)
        return {
          kind: 'values',
          column: columnOf([...new Set([...measured, ...masses]), ...(gaps ? [Number.NaN] : [])]),
        }
      const ends = [least, most, ...masses].map((value) => toType(type, value))
      return { kind: 'range', gaps, column: columnOf([Math.min(...ends), Math.max(...ends)]) }
    },
    logDerivative: (encoded, count) => fitted.logDerivative(encoded, count),
    toJSON: () => {
      const { written: _, ...told } = plan
      return {
        role: 'number',
        ...told,
        ...writtenJson(written),
        kinds: kinds.map(({ grid, dequantised }) => ({ grid: grid && { ...grid }, dequantised })),
        masses: [...masses],
        counts: [...plan.counts],
        calendar: calendar && { ...calendar },
        range: [least, most],
        parameters: inner.parameters,
      }
    },
  }
}
