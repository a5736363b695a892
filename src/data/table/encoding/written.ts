import { z } from 'zod'
import type { Calendar, Written } from '../table.ts'
import type { Json } from './column-encoder.ts'

/** The JSON form of how a column is written. */
export const writtenSchema: z.ZodType<Written> = z.strictObject({
  gap: z.exactOptional(z.string()),
  places: z.exactOptional(z.number().int().nonnegative()),
})

/** The JSON form of how a column's numbers stand for days and times. */
export const calendarSchema: z.ZodType<Calendar> = z.strictObject({
  unit: z.enum(['date', 'timestamp', 'time']),
  format: z.string(),
})

/** How a column is written, as a part of its encoding's JSON: nothing where nothing is told. */
export function writtenJson(written: Written | undefined): { readonly [key: string]: Json } {
  return written === undefined ? {} : { written: { ...written } }
}
