import { z } from 'zod'
import type { DependentNames } from './dependent-names.ts'

/** One optional number for every name that some record knows. */
export function numbersByName(
  { names: byRecord, isOpen = false }: DependentNames,
  number: (name: string, records: string) => z.ZodNumber,
  description: string,
): z.ZodType<Readonly<Record<string, number>>> {
  const all = [...new Set(Object.values(byRecord).flat())]
  const recordsWith = (name: string): string =>
    Object.keys(byRecord)
      .filter((record) => byRecord[record]!.includes(name))
      .join(', ')
  const shape = all.map((name) => [name, z.exactOptional(number(name, recordsWith(name)))])
  const known = z.strictObject(Object.fromEntries(shape))
  // A family of one's own has sizes of its own.
  const open = isOpen ? known.catchall(z.number()) : known
  return open.meta({ description }) as unknown as z.ZodType<Readonly<Record<string, number>>>
}
