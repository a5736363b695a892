import { z } from 'zod'
import type { Dress } from '../dress.ts'
import { languages } from '../moments/names.ts'
import type { Calendar, Written } from '../table.ts'
import type { Json } from './column-encoder.ts'

const around = z.tuple([z.string(), z.string()])

const dressSchema: z.ZodType<Dress> = z.strictObject({
  point: z.enum(['.', ',']),
  group: z.string(),
  groupFrom: z.number().int(),
  lakh: z.boolean(),
  leastDecimals: z.number().int().nonnegative(),
  wholeBare: z.boolean(),
  bareFraction: z.boolean(),
  positive: around,
  negative: around,
  zero: around,
})

/** The JSON form of how a column is written. */
export const writtenSchema: z.ZodType<Written> = z.strictObject({
  gap: z.exactOptional(z.string()),
  places: z.exactOptional(z.number().int().nonnegative()),
  dress: z.exactOptional(dressSchema),
})

/** The JSON form of how a column's numbers stand for days and times. */
export const calendarSchema: z.ZodType<Calendar> = z.strictObject({
  unit: z.enum(['date', 'timestamp', 'time']),
  format: z.string(),
  language: z.exactOptional(z.enum(Object.keys(languages))),
})

/** How a column is written, as a part of its encoding's JSON: nothing where nothing is told. */
export function writtenJson(written: Written | undefined): { readonly [key: string]: Json } {
  if (written === undefined) return {}
  const { dress, ...others } = written
  return { written: { ...others, ...(dress ? { dress: { ...dress } } : {}) } }
}
