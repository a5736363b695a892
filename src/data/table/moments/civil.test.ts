import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayAt, daysInMonth, daysOf, weekdayAt } from './civil.ts'

/** The calendar of ECMAScript, for years below 100 too. */
function utc(year: number, month: number, day: number): Date {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  return at
}

test('days are those of ECMAScript, and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -800_000, max: 3_000_000 }), (days) => {
      const at = new Date(days * 86_400_000)
      const { year, month, day } = dayAt(days)
      expect([year, month, day]).toEqual([at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()])
      expect(daysOf(year, month, day)).toBe(days)
      expect(weekdayAt(days)).toBe(at.getUTCDay())
    }),
  )
})

test('a triple is a day just where ECMAScript does not carry it over', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: -1, max: 14 }),
      fc.integer({ min: -1, max: 33 }),
      (year, month, day) => {
        const at = utc(year, month, day)
        const exists =
          at.getUTCFullYear() === year && at.getUTCMonth() + 1 === month && at.getUTCDate() === day
        expect(daysOf(year, month, day)).toBe(exists ? at.getTime() / 86_400_000 : Number.NaN)
      },
    ),
  )
  expect([1900, 2000, 2023, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 28, 29])
})
