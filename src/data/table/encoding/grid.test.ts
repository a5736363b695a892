import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findGrid, resolutionOf, snap } from './grid.ts'

describe('grid', () => {
  test('every value written on a grid is its own nearest grid value, to the bit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 2, maxLength: 60 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: -100, max: 100 }),
        (units, decimals, step, offset) => {
          const values = Float64Array.from(units, (k) => Number(`${k * step + offset}e-${decimals}`) + 0)
          const grid = findGrid(values)!
          for (const value of values) {
            // All but one in twenty of the values must lie on it; with as few as these, the odd one may not.
            const scale = 10 ** grid.decimals
            if (Math.round(value * scale) / scale === value) expect(snap(grid, value)).toBe(value)
            expect(Math.abs(snap(grid, value) - value)).toBeLessThanOrEqual(0.5000001 / scale)
          }
        },
      ),
    )
  })

  test.each([
    ['masses noted in steps of 25', [3750, 3800, 3250, 3450, 3650, 3625, 4675, 3475, 4250], 25, 3261, 3250],
    ['odd numbers', [1, 3, 5, 7, 9, 11, 13, 15], 2, 4.2, 5],
    ['too few rows to believe in steps of 100', [100, 200, 300], 1, 110.4, 110],
    ['one digit', [0.1, 0.4, 0.3, 0.6, 0.9, 1.4, 2, 3.3], 0.1, -0.04, 0],
  ])('%s', (_, values, resolution, value, snapped) => {
    const grid = findGrid(Float64Array.from(values))!
    expect(resolutionOf(grid)).toBe(resolution)
    expect(Object.is(snap(grid, value), snapped)).toBe(true)
  })

  test('numbers of full precision lie on none', () => {
    expect(findGrid(Float64Array.from({ length: 50 }, (_, i) => Math.sin(i)))).toBeUndefined()
  })

  test('one value in twenty-five of more digits is overlooked, one in ten is not', () => {
    const mixed = (period: number): Float64Array =>
      Float64Array.from({ length: 100 }, (_, i) => (i % period === 0 ? 9 + 1 / 3 : i / 10))
    expect(findGrid(mixed(25))?.decimals).toBe(1)
    expect(findGrid(mixed(10))).toBeUndefined()
  })
})
