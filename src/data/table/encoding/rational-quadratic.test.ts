import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type MonotoneSpline,
  splineDerivative,
  splineForward,
  splineInverse,
  splineThrough,
} from './rational-quadratic.ts'

const increasing = (length: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.double({ min: 1e-4, max: 10, noNaN: true }), { minLength: length, maxLength: length })
    .map((steps) => steps.map((_, i) => steps.slice(0, i + 1).reduce((a, b) => a + b) - 20))

const spline: fc.Arbitrary<MonotoneSpline> = fc
  .integer({ min: 2, max: 12 })
  .chain((length) => fc.tuple(increasing(length), increasing(length)))
  .map(([x, z]) => splineThrough(x, z))

const place = fc.double({ min: -60, max: 140, noNaN: true })

describe('rational quadratic spline', () => {
  test('it goes through its knots, with their slopes', () => {
    fc.assert(
      fc.property(spline, (s) => {
        for (const [i, x] of s.x.entries()) {
          expect(splineForward(s, x)).toBeCloseTo(s.z[i]!, 9)
          expect(splineDerivative(s, s.z[i]!) / s.slope[i]!).toBeCloseTo(1, 6)
        }
      }),
    )
  })

  test('the inverse undoes it', () => {
    fc.assert(
      fc.property(spline, place, (s, x) => {
        const z = splineForward(s, x)
        // A rounding of z, carried back through the slope there.
        const rounding = (1 + Math.abs(z)) / splineDerivative(s, z) + Math.abs(x) + 20
        expect(Math.abs(splineInverse(s, z) - x)).toBeLessThan(1e-13 * rounding)
      }),
      { numRuns: 1000 },
    )
  })

  test('strictly increasing', () => {
    fc.assert(
      fc.property(spline, place, fc.double({ min: 1e-6, max: 1, noNaN: true }), (s, x, step) => {
        expect(splineForward(s, x + step)).toBeGreaterThan(splineForward(s, x))
      }),
      { numRuns: 1000 },
    )
  })

  test('the derivative is that of finite differences', () => {
    fc.assert(
      fc.property(
        spline,
        fc.nat({ max: 10 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (s, piece, share) => {
          const i = piece % (s.x.length - 1)
          const width = s.x[i + 1]! - s.x[i]!
          const x = s.x[i]! + share * width
          const h = 1e-4 * width
          const numeric = (splineForward(s, x + h) - splineForward(s, x - h)) / (2 * h)
          // A central difference is off by h² f‴ / 6; f‴ is at most a few thousand slopes per width² for these secants.
          const exact = splineDerivative(s, splineForward(s, x))
          const largest = Math.max(s.slope[i]!, s.slope[i + 1]!, (s.z[i + 1]! - s.z[i]!) / width)
          expect(Math.abs(numeric - exact)).toBeLessThan(1e-4 * largest + (1e-13 * 100) / h)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a straight line stays one', () => {
    const s = splineThrough([0, 1, 4, 5], [1, 3, 9, 11])
    for (const x of [-3, 0, 0.3, 1, 2.5, 5, 9]) {
      expect(splineForward(s, x)).toBeCloseTo(1 + 2 * x, 12)
      expect(splineDerivative(s, 1 + 2 * x)).toBeCloseTo(2, 12)
    }
  })
})
