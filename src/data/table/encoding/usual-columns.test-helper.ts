import { numbers, text } from '../fixtures.test-helper.ts'
import type { Column, NumberColumn } from '../table.ts'

/** Columns of kinds that every table may have, of so many rows. */
export function usualColumns(rows: number): readonly Column[] {
  const real = (name: string, of: (i: number) => number, type?: string): NumberColumn =>
    numbers(
      name,
      Array.from({ length: rows }, (_, i) => of(i)),
      type,
    )
  const words = (name: string, of: (i: number) => string | null, type?: string): Column =>
    text(
      name,
      Array.from({ length: rows }, (_, i) => of(i)),
      type,
    )
  const day = real('day', (i) => 18_000 + ((i * 13) % 90), 'DATE')
  return [
    real('real', (i) => Math.sin(i) * 3),
    real('gappy', (i) => (i % 4 ? i % 23 : Number.NaN)),
    { ...day, calendar: { unit: 'date', format: '%Y-%m-%d' } },
    words('word', (i) => ['red', 'green', null][i % 3]!),
    words('flag', (i) => (i % 2 ? 'true' : 'false'), 'BOOLEAN'),
    words('one', () => 'x'),
    words('nothing', () => null),
  ]
}
