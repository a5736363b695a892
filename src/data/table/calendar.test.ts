import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMoment } from './calendar.ts'

describe('formatMoment', () => {
  test.each([
    [18_266, 'date', '%Y-%m-%d', '2020-01-05'],
    [18_266, 'date', '%d/%m/%Y', '05/01/2020'],
    [18_266, 'date', '%-d %B %y', '5 January 20'],
    [-1, 'date', '%d.%m.%Y', '31.12.1969'],
    [1_578_213_000.5, 'timestamp', '%Y-%m-%dT%H:%M:%S.%gZ', '2020-01-05T08:30:00.500Z'],
    [1_578_213_000.25, 'timestamp', '%m/%d/%Y %I:%M %p', '01/05/2020 08:30 AM'],
    [30_600, 'time', '%H:%M', '08:30'],
    [86_399.999_999, 'time', '%H:%M:%S.%f', '23:59:59.999999'],
  ] as const)('%d as a %s in %s is %s', (value, unit, format, text) => {
    expect(formatMoment(value, { unit, format })).toBe(text)
  })

  test('a timestamp reads back as the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: -6e10, max: 2e11 }), (seconds) => {
        const text = formatMoment(seconds, { unit: 'timestamp', format: '%Y-%m-%dT%H:%M:%SZ' })
        expect(Date.parse(text) / 1000).toBe(seconds)
      }),
    )
  })
})
