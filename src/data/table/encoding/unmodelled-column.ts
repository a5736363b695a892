import { z } from 'zod'
import { areCodes, inventTexts, patternOf, patternSchema, type TextPattern } from '../personal/index.ts'
import { type Calendar, type Column, isGap, type Written } from '../table.ts'
import type { Json } from './column-encoder.ts'
import { type ColumnEncoding, nothingPrepared, type RowOrigin } from './column-encoding.ts'
import { calendarSchema, writtenJson, writtenSchema } from './written.ts'

const schema = z.strictObject({
  role: z.enum(['constant', 'identifier', 'text', 'empty']),
  kind: z.enum(['number', 'text']),
  name: z.string(),
  type: z.string(),
  decimals: z.number().int().nonnegative(),
  calendar: calendarSchema.nullable(),
  written: z.exactOptional(writtenSchema),
  reason: z.string(),
  prefix: z.string(),
  suffix: z.string(),
  next: z.number().nullable(),
  step: z.number(),
  digits: z.number().int().nonnegative(),
  invented: z.exactOptional(patternSchema),
})

export type UnmodelledRole = 'constant' | 'identifier' | 'text' | 'empty'

/** What each row gets: `prefix` + number + `suffix`, the number counting on from `next`; nothing where `next` is null. */
interface Pattern {
  readonly prefix: string
  readonly suffix: string
  readonly next: number | null
  readonly step: number
  /** Least number of digits. */
  readonly digits: number
  /** Codes that do not count are invented by this, and the others say nothing. */
  readonly invented?: TextPattern
}

interface Plan extends Pattern {
  readonly role: UnmodelledRole
  readonly kind: Column['kind']
  readonly name: string
  readonly type: string
  readonly decimals: number
  readonly calendar: Calendar | null
  readonly written?: Written
  readonly reason: string
}

/**
 * An encoding of width 0 for a column that says nothing of a row.
 *
 * A constant comes back as it is; identifiers count on where the data's end, in their own pattern; free text and empty
 * columns stay empty, for a text of the data must not come back as if it were new.
 */
export function fitUnmodelledColumn(
  column: Column,
  { role, reason }: { readonly role: UnmodelledRole; readonly reason: string },
): ColumnEncoding {
  const { kind, name, type } = column
  const plan: Plan = {
    role,
    kind,
    name,
    type,
    decimals: column.kind === 'number' ? column.decimals : 0,
    calendar: (column.kind === 'number' && column.calendar) || null,
    reason,
    ...(column.written ? { written: column.written } : {}),
    ...nothing,
    ...(role === 'constant' ? constantOf(column) : role === 'identifier' ? countOf(column) : {}),
  }
  return unmodelledEncoding(plan)
}

/** The encoding that `toJSON` wrote; throws a ZodError if it is broken. */
export function restoreUnmodelledColumn(json: unknown): ColumnEncoding {
  return unmodelledEncoding(schema.parse(json))
}

const nothing: Pattern = { prefix: '', suffix: '', next: null, step: 0, digits: 0 }

function constantOf(column: Column): Pattern {
  const row = Array.from({ length: column.values.length }, (_, i) => i).find((i) => !isGap(column, i)) ?? 0
  return column.kind === 'number'
    ? { ...nothing, next: column.values[row]! }
    : { ...nothing, prefix: column.values[row]!, next: 0, digits: 0 }
}

function countOf(column: Column): Pattern {
  if (column.kind === 'number') {
    let most = Number.NEGATIVE_INFINITY
    for (const value of column.values) if (value > most) most = value
    const step = column.values.length > 1 ? Math.abs(column.values[1]! - column.values[0]!) : 1
    const even = column.values.every(
      (value, i) => i === 0 || Math.abs(value - column.values[i - 1]!) === step,
    )
    return { ...nothing, next: most + (even ? step : 1), step: even ? step : 1 }
  }
  const parsed = column.values.map((value) => /^(.*?)(\d{1,15})(\D*)$/s.exec(value ?? ''))
  const first = parsed.find((match) => match !== null)
  const alike = first && parsed.every((match, i) => column.values[i] === null || match?.[1] === first[1])
  if (!first || !alike) {
    const words = column.values.filter((value) => value !== null)
    const invented = areCodes(words) ? { invented: patternOf(words) } : {}
    return { ...nothing, prefix: `${column.name}-`, next: 1, step: 1, ...invented }
  }
  const numbers = parsed.flatMap((match) => (match ? [match[2]!] : []))
  const padded = numbers.every((digits) => digits.length === numbers[0]!.length)
  const most = numbers.reduce((largest, digits) => Math.max(largest, Number(digits)), 0)
  return {
    prefix: first[1]!,
    suffix: first[3]!,
    next: most + 1,
    step: 1,
    digits: padded ? numbers[0]!.length : 0,
  }
}

function unmodelledEncoding(plan: Plan): ColumnEncoding {
  const { role, kind, name, type, decimals, calendar, reason, prefix, suffix, next, step, digits, invented } =
    plan
  const written = plan.written ? { written: plan.written } : {}
  const wordAt = (row: number): string | null => {
    if (next === null) return null
    return role === 'constant'
      ? prefix
      : `${prefix}${String(next + step * row).padStart(digits, '0')}${suffix}`
  }
  const decode = (count: number, rows: RowOrigin): Column => {
    const { first } = rows
    if (kind === 'text') {
      const values = invented
        ? inventTexts(invented, { rows, count, name })
        : Array.from({ length: count }, (_, row) => wordAt(first + row))
      return { kind, name, type, values, ...written }
    }
    const values = Float64Array.from({ length: count }, (_, row) =>
      next === null ? Number.NaN : next + step * (first + row),
    )
    return { kind, name, type, decimals, values, ...(calendar ? { calendar } : {}), ...written }
  }
  return {
    name,
    kind,
    width: 0,
    parts: [],
    encoder: role,
    reason,
    gaps: true,
    discrete: true,
    logCells: (_, count) => new Float64Array(count),
    canEncode: () => true,
    prepare: () => nothingPrepared,
    decode: (_, count, rows) => decode(count, rows),
    outcomes: () => {
      if (role === 'identifier') return { kind: 'invented', what: 'identifiers' }
      return { kind: 'values', column: decode(1, { first: 0, seed: 0 }) }
    },
    logDerivative: (_, count) => new Float64Array(count),
    toJSON: () => {
      const { written, invented, ...told } = plan
      return {
        ...told,
        calendar: calendar === null ? null : { ...calendar },
        ...writtenJson(written),
        ...(invented ? { invented: invented as unknown as Json } : {}),
      }
    },
  }
}
