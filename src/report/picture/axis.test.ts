import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisOf, fittedAxis, linearAxis, logAxis } from './axis.ts'
import { textWidth } from './text.ts'
import { theme } from './theme.ts'

const texts = (axis: { ticks: readonly number[]; tickText: (value: number) => string }): string[] =>
  axis.ticks.map((tick) => axis.tickText(tick))

test('linear ticks are round numbers, written alike, with a true minus', () => {
  expect(texts(linearAxis({ low: -0.3, high: 0.32 }, 3))).toEqual(['−0.2', '0.0', '0.2'])
  expect(texts(linearAxis({ low: 0, high: 20_000 }, 4))).toEqual(['0', '5,000', '10,000', '15,000', '20,000'])
  // Years are never separated, and so are no numbers of four digits that stand among their like.
  expect(texts(linearAxis({ low: 2006.5, high: 2009.5 }, 3))).toEqual(['2007', '2008', '2009'])
  expect(texts(linearAxis({ low: 0.987, high: 1.003 }, 3))).toEqual(['0.990', '0.995', '1.000'])
  expect(texts(linearAxis({ low: 0, high: 1e6 }, 2))).toEqual(['0', '5·10⁵', '10⁶'])
  expect(texts(linearAxis({ low: -1e-7, high: 1e-7 }, 2))).toEqual(['−10⁻⁷', '0', '10⁻⁷'])
})

test('a fitted axis has numbers that neither touch nor reach out, whatever their width', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-2, max: 1e6, noNaN: true }),
      fc.integer({ min: 40, max: 600 }),
      (low, span, length) => {
        const axis = fittedAxis({ low, high: low + span }, { length, overhang: 5 })
        let free = -5
        for (const tick of axis.ticks) {
          const middle = (length * (tick - low)) / (axis.high - low)
          const half = textWidth(axis.tickText(tick), theme.tickSize) / 2
          expect(middle - half).toBeGreaterThanOrEqual(free - 1e-6)
          free = middle + half
        }
        expect(free).toBeLessThanOrEqual(length + 5)
        if (length > 300) expect(axis.ticks.length).toBeGreaterThanOrEqual(2)
      },
    ),
  )
})

test('linear ticks lie in the frame, evenly spaced, between one and eleven', () => {
  const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(bound, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, span) => {
      const { ticks } = linearAxis({ low, high: low + span })
      expect(ticks.length).toBeGreaterThanOrEqual(1)
      expect(ticks.length).toBeLessThanOrEqual(11)
      const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1
      for (const [index, tick] of ticks.entries()) {
        expect(tick).toBeGreaterThanOrEqual(low - 1e-9 * (Math.abs(low) + span))
        expect(tick).toBeLessThanOrEqual(low + span)
        expect(Math.abs(tick - ticks[0]! - index * step)).toBeLessThan(1e-3 * step + 1e-9 * Math.abs(low))
      }
    }),
  )
})

test('logarithmic ticks are powers of ten, and their multiples where powers are few', () => {
  expect(texts(logAxis({ low: 0.8, high: 6000 }))).toEqual(['1', '10', '100', '1,000'])
  expect(texts(logAxis({ low: 0.4, high: 3 }))).toEqual(['0.5', '1', '2'])
  expect(texts(logAxis({ low: 1e-6, high: 1e-3 }))).toEqual(['10⁻⁶', '10⁻⁵', '10⁻⁴', '10⁻³'])
  expect(texts(logAxis({ low: 1e-12, high: 1e12 })).length).toBeLessThanOrEqual(9)
  expect(texts(logAxis({ low: 0.61, high: 0.66 })).length).toBeGreaterThanOrEqual(2)
})

test('a logarithmic axis is found from the positive values alone', () => {
  const axis = axisOf([[-5, 0, 1, 100, Number.NaN]], true)
  expect(axis.low).toBeCloseTo(10 ** -0.08, 12)
  expect(axis.high).toBeCloseTo(10 ** 2.08, 9)
  expect(axisOf([[0, 10]], false)).toMatchObject({ type: 'linear', low: -0.4, high: 10.4 })
})
