import { describe, expect, it } from 'vitest'
import { counted, estimate, fixed, listed, number, percent } from '../../evaluation/index.ts'
import { timeAxis } from '../picture/time-axis.ts'
import { cellText, moment } from './format.ts'

describe('numbers for people', () => {
  it.each([
    [0, '0.00'],
    [0.012345, '0.0123'],
    [-1234.5, '−1,235'],
    [1234567, '1,234,567'],
    [1.2e-7, '1.20e−7'],
    [3e20, '3.00e20'],
    [Number.NaN, 'none'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('%d', (value, text) => expect(number(value)).toBe(text))

  it('never show a negative zero', () => expect(fixed(-0.0004, 2)).toBe('0.00'))

  it('show shares as percent', () =>
    expect([0, 0.004, 0.0994, 0.5, 1].map(percent)).toEqual(['0 %', '0.4 %', '9.9 %', '50 %', '100 %']))

  it('give an interval two digits or three, and a point none', () => {
    expect(estimate({ value: 0.55462, low: 0.5035, high: 0.60437 })).toBe('0.555 (0.503 to 0.604)')
    expect(estimate({ value: -123.4, low: -160, high: -90 })).toBe('−123 (−160 to −90)')
    expect(estimate({ value: 0.25, low: 0.25, high: 0.25 })).not.toContain('(')
  })

  it('count and list', () => {
    expect([counted(1, 'row'), counted(1234, 'row')]).toEqual(['1 row', '1,234 rows'])
    expect([[], ['a'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a, b and c'])
  })
})

describe('days and times', () => {
  it('are those of the calendar', () => {
    expect(moment(0, { unit: 'date', format: '' })).toBe('1970-01-01')
    expect(moment(Date.UTC(2026, 1, 28, 23, 59, 58) / 1000, { unit: 'timestamp', format: '' })).toBe(
      '2026-02-28 23:59:58',
    )
    expect(moment(3661, { unit: 'time', format: '' })).toBe('01:01:01')
  })

  it('are cells like any other', () => {
    expect(cellText(18_000, { calendar: { unit: 'date', format: '' }, decimals: 0 })).toBe('2019-04-14')
    expect(cellText(2.5, { decimals: 2 })).toBe('2.50')
    expect([cellText(null), cellText(Number.NaN), cellText(''), cellText('a')]).toEqual([
      '–',
      '–',
      '(empty)',
      'a',
    ])
  })

  const day = (year: number, month = 0): number => Date.UTC(year, month, 1) / 86_400_000
  it.each([
    ['decades', day(1903), day(1988)],
    ['years', day(2001, 3), day(2009)],
    ['months', day(2020, 2), day(2020, 11)],
    ['days', day(2020, 2), day(2020, 2) + 20],
  ])('have ticks at round dates: %s', (_, low, high) => {
    const { ticks, tickText } = timeAxis({ low, high }, { unit: 'date', format: '' })
    expect(ticks.length).toBeGreaterThanOrEqual(2)
    expect(ticks.length).toBeLessThanOrEqual(7)
    for (const tick of ticks) {
      expect(tick >= low && tick <= high && Number.isInteger(tick)).toBe(true)
      expect(moment(tick, { unit: 'date', format: '' }).startsWith(tickText(tick))).toBe(true)
    }
    expect(new Set(ticks.map(tickText)).size).toBe(ticks.length)
  })
})
