import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortFloat32, toType } from './float32.ts'

test('the short form reads back as the same float32, and no shorter one does', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (single) => {
      const short = shortFloat32(single)
      expect(Math.fround(short)).toBe(single)
      const digits = (value: number): number =>
        value
          .toExponential()
          .replace(/e.*/, '')
          .replace(/[^0-9]/g, '').length
      const fewer = digits(short) - 1
      if (fewer > 0) expect(Math.fround(Number(single.toPrecision(fewer)))).not.toBe(single)
    }),
  )
})

test('only columns of float32 are shortened', () => {
  expect(toType('FLOAT', Math.fround(0.1))).toBe(0.1)
  expect(toType('DOUBLE', Math.fround(0.1))).toBe(0.10000000149011612)
  expect(toType('FLOAT', Number.NaN)).toBeNaN()
})
