import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Around, type Dress, dressed } from '../dress.ts'
import { text } from '../fixtures.test-helper.ts'
import { readText } from './read-text.ts'

const written = (cells: readonly (string | null)[], hints = {}) => {
  const { column, notes } = readText(text('a', cells), hints)
  const dress = column?.written?.dress
  return {
    values: column && [...column.values],
    again: dress && column && [...column.values].map((v) => dressed(v, dress)),
    notes,
  }
}

describe('numbers come back as they were written', () => {
  test.each<[string[], number[]]>([
    [
      ['$549.96', '$4,474.92', '$0.50'],
      [549.96, 4474.92, 0.5],
    ],
    [
      ['236.85', '(1,899.93)', '534.21'],
      [236.85, -1899.93, 534.21],
    ],
    [
      ['3974.94 €', '575.93 €'],
      [3974.94, 575.93],
    ],
    [
      ['85%', '96%', '3%'],
      [85, 96, 3],
    ],
    [
      ['63.77 kg', '81.16 kg'],
      [63.77, 81.16],
    ],
    [
      ["CHF 1'234.50", 'CHF 12.00', 'CHF -5.25'],
      [1234.5, 12, -5.25],
    ],
    [
      ['R$ 1.234,56', 'R$ 12,00'],
      [1234.56, 12],
    ],
    [
      ['−5 %', '3 %', '0 %'],
      [-5, 3, 0],
    ],
    [
      ['+5', '-3', '0', '+12'],
      [5, -3, 0, 12],
    ],
    [
      ['5.00-', '12.50', '1,234.00-'],
      [-5, 12.5, -1234],
    ],
    [
      ['12,34,567', '1,234', '56'],
      [1_234_567, 1234, 56],
    ],
    [
      ['1 234,50 €', '12,00 €'],
      [1234.5, 12],
    ],
    [
      ['1\u202f234,5', '12,5'],
      [1234.5, 12.5],
    ],
    [
      ['1234 m²', '12\u00a0345 m²'.replace('\u00a0', ' ')],
      [1234, 12_345],
    ],
    [
      ['$.50', '$1.25'],
      [0.5, 1.25],
    ],
    [
      ['$5', '$5.50', '$1,000'],
      [5, 5.5, 1000],
    ],
    [
      ['-$5.00', '$7.00', '$0.00'],
      [-5, 7, 0],
    ],
    [
      ['($5.00)', '$7.00'],
      [-5, 7],
    ],
    [
      ['Rs.500', 'Rs.1,500'],
      [500, 1500],
    ],
    [
      ['0', '5 %', '12 %'],
      [0, 5, 12],
    ],
    [
      ['1,5', '2,25', '-0,125'],
      [1.5, 2.25, -0.125],
    ],
    [
      ['20 °C', '-3 °C'],
      [20, -3],
    ],
    [
      ['120 km/h', '87.5 km/h'],
      [120, 87.5],
    ],
  ])('%j', (cells, values) => {
    expect(written(cells)).toEqual({ values, again: cells, notes: [] })
  })

  const around = fc.constantFrom<{ positive: Around; negative: Around }>(
    { positive: ['', ''], negative: ['−', ''] },
    { positive: ['$', ''], negative: ['($', ')'] },
    { positive: ['', ' €'], negative: ['-', ' €'] },
    { positive: ['+', ' %'], negative: ['-', ' %'] },
    { positive: ['CHF ', ''], negative: ['CHF ', '-'] },
    { positive: ['', 'kg'], negative: ['-', 'kg'] },
  )
  const digits = fc.constantFrom<Pick<Dress, 'point' | 'group' | 'lakh'>>(
    { point: '.', group: ',', lakh: false },
    { point: ',', group: '.', lakh: false },
    { point: '.', group: ',', lakh: true },
    { point: '.', group: "'", lakh: false },
    { point: ',', group: '\u202f', lakh: false },
    { point: '.', group: '', lakh: false },
  )
  test('in any dress, to the bit', () => {
    fc.assert(
      fc.property(
        around,
        digits,
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom(4, 5),
        fc.array(fc.integer({ min: -1e8, max: 1e8 }), { minLength: 1, maxLength: 20 }),
        (sides, style, decimals, groupFrom, whole) => {
          const dress: Dress = {
            ...sides,
            ...style,
            groupFrom,
            leastDecimals: decimals,
            wholeBare: false,
            bareFraction: false,
            zero: sides.positive,
          }
          // Values of many digits, of four, and of each sign settle what the others may leave open.
          const unit = 10 ** decimals
          const values = [...whole, 123_456_789, -123_456_789, 1234 * unit].map((value) => value / unit)
          const cells = values.map((value) => dressed(value, dress))
          expect(written(cells)).toEqual({
            values: values.map((value) => value + 0),
            again: cells,
            notes: [],
          })
        },
      ),
    )
  })
})

describe('what is no number stays text', () => {
  test.each([
    [['usd-1', 'usd-2']],
    [['USD-1', 'USD-2']],
    [['007', '012']],
    [['1.2.3', '1.2.4']],
    [['10.0.0.1', '10.0.0.2']],
    [['12 Main St', '5 Elm Rd', '7 Oak Av']],
    [['+49 170 1234567', '+49 171 7654321']],
    [['12-345', '13-456']],
    [['1-2', '3-4']],
    [['#12', '#13']],
    [['v1', 'v2']],
    [['<5', '<6']],
    [['65+', '18+']],
    [['1st', '2nd', '3rd']],
    [['5', '6']],
    [['red', null, 'green']],
    [[null, null]],
  ])('%j', (cells) => {
    expect(written(cells)).toEqual({ values: undefined, again: undefined, notes: [] })
  })

  test('units that differ are told, with rows', () => {
    expect(written(['5 kg', '120 g', '7 kg', '800 g'])).toEqual({
      values: undefined,
      again: undefined,
      notes: [
        expect.stringMatching(
          /units differ: kg in 2 cells \('5 kg' in row 1\), g in 2 cells \('120 g' in row 2\)/,
        ),
      ],
    })
    expect(written(['$5', '€6', '$7']).notes).toEqual([
      expect.stringMatching(/\$ in 2 cells.*€ in 1 cell \('€6' in row 2\)/),
    ])
    expect(written(['5 kg', '6', '7 kg']).notes).toEqual([
      expect.stringMatching(/none in 1 cell \('6' in row 2\)/),
    ])
  })

  test('cells that do not fit are counted and named', () => {
    const cells = [...Array.from({ length: 38 }, (_, i) => `$${i}`), 'n.a.', 'unknown']
    expect(written(cells)).toEqual({
      values: undefined,
      again: undefined,
      notes: [
        expect.stringMatching(
          /2 of 40 cells do not fit the others \('n\.a\.' in row 39, 'unknown' in row 40\).*csv\.gaps/,
        ),
      ],
    })
  })
})

describe('digits that may mean two things', () => {
  test.each<[string[], number, boolean]>([
    [['1,234', '2,345'], 1234, true],
    [['1,234', '834'], 1234, false],
    [['0,125', '0,250'], 0.125, false],
    [['1.234 €', '2.345 €'], 1234, true],
    [['1.234 kg', '2.345 kg'], 1.234, true],
    [['1.234 kg', '12 kg', '5678 kg'], 1.234, false],
  ])('%j', (cells, value, isTold) => {
    const read = written(cells)
    expect([read.values?.[0], read.again]).toEqual([value, cells])
    expect(read.notes).toEqual(
      isTold ? [expect.stringMatching(`'${cells[0]}' is ${value}; .* could be`)] : [],
    )
  })

  test('what is told decides', () => {
    expect(written(['1,234', '2,345'], { point: ',' }).values).toEqual([1.234, 2.345])
    expect(written(['1.234 kg', '2.345 kg'], { point: ',' }).values).toEqual([1234, 2345])
  })
})

test('cells of the same value in another way are told', () => {
  const cells = ['1,234 kg', '5,678 kg', '9,012 kg', '2345 kg', '12.5 kg']
  expect(written(cells).notes).toEqual([
    expect.stringMatching(
      /1 of 5 cells of 'a' are not written as most are \('2345 kg' in row 4\); .* '2,345 kg'/,
    ),
  ])
  expect(written(['1.5 kg', '2.50 kg', '3 kg']).values).toEqual([1.5, 2.5, 3])
})
