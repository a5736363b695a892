import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimate } from './format.ts'

describe('estimate', () => {
  it('shows two digits of the interval', () => {
    expect(estimate({ value: 0.55512, low: 0.50391, high: 0.60412 })).toBe('0.555 (0.504 to 0.604)')
    expect(estimate({ value: -1234.4, low: -1300.2, high: -1168.6 })).toBe('−1,234 (−1,300 to −1,169)')
  })

  it('shows no interval that its digits cannot tell from a point', () => {
    expect(estimate({ value: 1, low: 1 - 1e-16, high: 1 + 2e-16 })).toBe('1.000')
    expect(estimate({ value: 0, low: -1e-12, high: 1e-12 })).toBe('0.000')
  })

  it('never shows two equal ends', () => {
    const size = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1e3, noNaN: true }), (value, half) => {
        const ends = /\((.*) to (.*)\)/.exec(estimate({ value, low: value - half, high: value + half }))
        if (ends) expect(ends[1]).not.toBe(ends[2])
      }),
    )
  })
})
