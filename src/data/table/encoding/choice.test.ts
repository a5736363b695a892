import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { numbers, tableOf } from '../fixtures.test-helper.ts'
import { chooseForNumbers } from './choose.ts'
import { findKinds } from './number-kinds.ts'
import { TableEncoding } from './table-encoding.ts'

const normals = (count: number, name = 'choice'): Float32Array =>
  new RandomStream({ seed: 5, name }).normal({ first: 0, count, width: 1 })

/** `count` normal numbers to `digits` digits after the point, of which `share` are `mass` instead. */
function withMass(count: number, digits: number, masses: readonly { at: number; every: number }[]): number[] {
  return Array.from(normals(count), (z, i) => {
    const mass = masses.find(({ every }) => i % every === 0)
    return mass ? mass.at : Number((50 + 10 * z).toFixed(digits)) + 0
  })
}

describe('masses', () => {
  test.each([
    ['zeros of an amount that is often none', 3, [{ at: 0, every: 3 }], [0]],
    ['a cap', 2, [{ at: 70, every: 5 }], [70]],
    ['a mass in the middle', 4, [{ at: 50, every: 4 }], [50]],
    ['a code for nothing', 1, [{ at: -999, every: 40 }], [-999]],
    [
      'several at once',
      2,
      [
        { at: -999, every: 9 },
        { at: 0, every: 4 },
        { at: 60, every: 5 },
      ],
      [-999, 0, 60],
    ],
    ['none', 2, [], []],
    ['none among whole numbers', 0, [], []],
  ])('%s', (_, digits, masses, expected) => {
    const values = Float64Array.from(withMass(1200, digits, masses))
    expect(chooseForNumbers(values).masses).toEqual(expected)
  })

  test('three rows far beyond all others are one, whatever their share', () => {
    const values = Float64Array.from(withMass(2000, 2, []))
    for (const row of [3, 700, 1500]) values[row] = 2_932_896
    expect(chooseForNumbers(values).masses).toEqual([2_932_896])
  })

  test('so few values that each is a choice', () => {
    const grades = Float64Array.from({ length: 300 }, (_, i) => 3 + (i % 7))
    expect(chooseForNumbers(grades)).toMatchObject({ kinds: [], masses: [3, 4, 5, 6, 7, 8, 9] })
  })

  test('nothing comes out between a mass and the values around it, whatever the code', () => {
    const values = withMass(1200, 2, [
      { at: 0, every: 3 },
      { at: 500, every: 7 },
    ])
    const { encoding } = TableEncoding.fit({ table: tableOf(numbers('a', values)) })
    const codes = normals(encoding.width * 5000, 'codes').map((z) => 3 * z)
    const out = encoding.decode(codes, 5000).columns[0]!.values as Float64Array
    const measured = values.filter((value) => value !== 0 && value !== 500)
    const [least, most] = [Math.min(...measured), Math.max(...measured)]
    for (const value of out)
      expect(value === 0 || value === 500 || (value >= least && value <= most)).toBe(true)
    expect(out.some((value) => value === 0) && out.some((value) => value === 500)).toBe(true)
  })

  test('log p of the code plus logDeterminant is log P(mass), or log P(no mass) and the log-density of the value', () => {
    // Uniform on (1, 3) three times in four, else 0.
    const uniform = new RandomStream({ seed: 1, name: 'u' }).uniform({ first: 0, count: 20_000, width: 1 })
    const values = Array.from(uniform, (u, i) => (i % 4 === 0 ? 0 : 1 + 2 * u))
    const table = tableOf(numbers('a', values))
    const { encoding } = TableEncoding.fit({ table, columns: {} })
    const x = encoding.encode(table, { dequantiseSeed: 2 })
    const determinant = encoding.logDeterminant(x, table.rowCount)
    // The code's own density: the choice's mixture, and a standard normal or the encoded values' density beside it.
    const [part] = encoding.parts
    if (part?.kind !== 'words') throw new Error('the choice comes first')
    const normal = (v: number, mean: number, std: number): number =>
      Math.exp(-(((v - mean) / std) ** 2) / 2) / (std * Math.sqrt(2 * Math.PI))
    for (let row = 0; row < 400; row++) {
      const [choice, value] = [x[2 * row]!, x[2 * row + 1]!]
      const mixture = part.vectors.reduce(
        (sum, vector, k) => sum + part.shares[k]! * normal(choice, vector[0]!, part.spread),
        0,
      )
      const isMass = row % 4 === 0
      if (isMass) {
        const found = Math.log(mixture * normal(value, 0, 1)) + determinant[row]!
        expect(found).toBeCloseTo(Math.log(0.25), 3)
      } else {
        // The encoder is a straight line here: its density at any value is 1/2 over the slope that logDeterminant holds.
        const other = encoding.encode(tableOf(numbers('a', [1.5, 2.5])))
        const slope = other[3]! - other[1]!
        const found = Math.log((mixture * 0.5) / slope) + determinant[row]!
        expect(found).toBeCloseTo(Math.log(0.75 * 0.5), 3)
      }
    }
  })

  test('JSON restores the choice to the bit', () => {
    const values = withMass(600, 2, [{ at: 0, every: 3 }]).map((value, i) =>
      i % 50 === 7 ? Number.NaN : value,
    )
    const table = tableOf(numbers('a', values))
    const { encoding } = TableEncoding.fit({ table })
    const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
    const x = encoding.encode(table, { dequantiseSeed: 3 })
    expect(restored.encode(table, { dequantiseSeed: 3 })).toEqual(x)
    expect(restored.decode(x, 600)).toEqual(encoding.decode(x, 600))
    expect(restored.parts).toEqual(encoding.parts)
  })
})

describe('kinds of digits', () => {
  test.each([
    [
      'prices in whole euros and in cents',
      (i: number) => (i % 5 ? 1 + (i % 190) : 1 + (i % 190) + 0.99),
      [0, 2],
    ],
    ['cents', (i: number) => ((i * 37) % 9973) / 100, [2]],
    ['steps of a half', (i: number) => ((i * 7) % 61) / 2, [1]],
    ['whole numbers', (i: number) => (i * 7) % 61, [0]],
    ['numbers of any digits', (i: number) => Math.sin(i), [undefined]],
  ])('%s', (_, numberAt, decimals) => {
    const { kinds } = findKinds(Float64Array.from({ length: 1000 }, (_, i) => numberAt(i)))
    expect(kinds.map(({ grid }) => grid?.decimals)).toEqual(decimals)
  })

  test('every value comes back with its own digits, and both kinds come out in their shares', () => {
    const values = Array.from(
      { length: 1000 },
      (_, i) => 1 + ((i * 7) % 190) + (i % 20 === 3 ? 0.25 + (i % 7) / 100 : 0),
    )
    const table = tableOf(numbers('price', values))
    const { encoding } = TableEncoding.fit({ table })
    expect([...(encoding.decode(encoding.encode(table), 1000).columns[0]!.values as Float64Array)]).toEqual(
      values,
    )
    // A model that knows the shares and nothing else: codes of rows in another order.
    const noisy = encoding.decode(encoding.encode(table, { dequantiseSeed: 4 }), 1000).columns[0]!
      .values as Float64Array
    const cents = (of: ArrayLike<number>): number =>
      Array.from(of).filter((value) => !Number.isInteger(value)).length
    expect(cents(noisy)).toBe(cents(values))
  })

  test('of few values out of the ordinary it is said that they are rounded', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => ((i * 37) % 997) / 10)
    values[5] = 9.5333
    const { kinds, rounded } = findKinds(values)
    expect(kinds.map(({ grid }) => grid?.decimals)).toEqual([1])
    expect(rounded).toBe(1)
    expect(chooseForNumbers(values).reason).toContain('1 with more digits are rounded')
  })
})

test('any column of a mass, a gap and measured numbers comes back to the digit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: -20, max: 20 }),
      (units, decimals, mass) => {
        const values = units.map((unit, i) =>
          i % 3 === 0 ? mass : i % 7 === 0 ? Number.NaN : Number(`${unit}e-${decimals}`) + 0,
        )
        const table = tableOf(numbers('a', values))
        const { encoding } = TableEncoding.fit({ table })
        expect([...(encoding.decode(encoding.encode(table), 60).columns[0]!.values as Float64Array)]).toEqual(
          values,
        )
      },
    ),
    { numRuns: 200 },
  )
})
