import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMoment } from '../calendar.ts'
import { text } from '../fixtures.test-helper.ts'
import { languages } from '../moments/names.ts'
import type { Calendar } from '../table.ts'
import { readText } from './read-text.ts'

const read = (cells: readonly (string | null)[]) => {
  const { column, notes } = readText(text('a', cells))
  const calendar = column?.calendar
  return {
    format: calendar?.format,
    values: column && [...column.values],
    again: calendar && [...column.values].map((value) => formatMoment(value, calendar)),
    notes,
  }
}

const day = (iso: string): number => Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / 86_400_000
const second = (iso: string): number => Date.parse(`${iso}Z`) / 1000

describe('days and times come back as they were written', () => {
  test.each<[string[], string, number[]]>([
    [['2021-04-06', '2021-12-31'], '%Y-%m-%d', [day('2021-04-06'), day('2021-12-31')]],
    [['22.02.2021', '09.07.2022'], '%d.%m.%Y', [day('2021-02-22'), day('2022-07-09')]],
    [
      ['29.06.2023 09:49', '12.06.2023 01:58'],
      '%d.%m.%Y %H:%M',
      [second('2023-06-29T09:49'), second('2023-06-12T01:58')],
    ],
    [['3/4/2021', '13/6/2021'], '%-d/%-m/%Y', [day('2021-04-03'), day('2021-06-13')]],
    [['3/4/2021', '3/14/2021'], '%-m/%-d/%Y', [day('2021-03-04'), day('2021-03-14')]],
    [['2020/02/29', '2021/01/01'], '%Y/%m/%d', [day('2020-02-29'), day('2021-01-01')]],
    [
      ['12/31/2020 12:00 AM', '1/2/2021 3:04 PM'],
      '%-m/%-d/%Y %-I:%M %p',
      [second('2020-12-31T00:00'), second('2021-01-02T15:04')],
    ],
    [['5 May 2021', '12 Jan 2020'], '%-d %b %Y', [day('2021-05-05'), day('2020-01-12')]],
    [['May 5, 2021', 'December 12, 2020'], '%B %-d, %Y', [day('2021-05-05'), day('2020-12-12')]],
    [['05-JAN-2020', '15-DEC-2021'], '%d-%^b-%Y', [day('2020-01-05'), day('2021-12-15')]],
    [
      ['5. Januar 2020', '12. Mai 2021', '1. März 2021'],
      '%-d. %B %Y',
      [day('2020-01-05'), day('2021-05-12'), day('2021-03-01')],
    ],
    [['Mon, 06 Jan 2020', 'Tue, 07 Jan 2020'], '%a, %d %b %Y', [day('2020-01-06'), day('2020-01-07')]],
    [
      ['2020-01-31T08:00:00Z', '2020-07-01T23:59:30Z'],
      '%Y-%m-%dT%H:%M:%SZ',
      [second('2020-01-31T08:00:00'), second('2020-07-01T23:59:30')],
    ],
    [
      ['2020-01-31 08:00:00.123', '2020-07-01 23:59:01.500'],
      '%Y-%m-%d %H:%M:%S.%g',
      [second('2020-01-31T08:00:00.123'), second('2020-07-01T23:59:01.500')],
    ],
    [
      ['2020-01-31 08:00:00.1', '2020-07-01 23:59:01.5'],
      '%Y-%m-%d %H:%M:%S.%1f',
      [second('2020-01-31T08:00:00.1'), second('2020-07-01T23:59:01.5')],
    ],
    [['12 h 30', '8 h 05'], '%-H h %M', [45_000, 29_100]],
    [['14:30 Uhr', '08:05 Uhr'], '%H:%M Uhr', [52_200, 29_100]],
    [['3:04 pm', '12:00 am', '12:30 pm'], '%-I:%M %#p', [54_240, 0, 45_000]],
    [['5 PM', '11 AM'], '%-I %p', [61_200, 39_600]],
    [['12:30', '00:05'], '%H:%M', [45_000, 300]],
    [['08:30:00', '23:59:59'], '%H:%M:%S', [30_600, 86_399]],
    [['May 2021', 'Jan 2020'], '%b %Y', [day('2021-05-01'), day('2020-01-01')]],
    [['2021-05', '2020-12'], '%Y-%m', [day('2021-05-01'), day('2020-12-01')]],
    [['9999-12-31', '0001-01-01'], '%Y-%m-%d', [2_932_896, -719_162]],
  ])('%j', (cells, format, values) => {
    expect(read(cells)).toEqual({ format, values, again: cells, notes: [] })
  })

  const dayFormats = [
    '%Y-%m-%d',
    '%d.%m.%Y',
    '%-d/%-m/%Y',
    '%m/%d/%Y',
    '%-d %B %Y',
    '%^b %d, %Y',
    '%Y/%m/%d',
    '%a, %d %b %Y',
    '%d-%#b-%Y',
  ]
  const timeFormats = [
    '',
    ' %H:%M',
    'T%H:%M:%S',
    ', %-I:%M %p',
    ' %H:%M:%S.%g',
    'T%H:%M:%SZ',
    ' %H:%M:%S+05:30',
  ]
  test('in any format, whatever the days', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...dayFormats),
        fc.constantFrom(...timeFormats),
        // Years 1000 to 9999.
        fc.array(fc.integer({ min: -354_285, max: 2_932_896 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 86_399 }),
        (dayFormat, timeFormat, days, time) => {
          const unit = timeFormat === '' ? 'date' : 'timestamp'
          // A day above 12 tells day from month, ones below 10 tell leading zeros.
          const telling = [day('2021-01-31'), day('2021-05-03'), day('2021-09-04')]
          const ofDay = timeFormat.includes('%S') ? time : time - (time % 60)
          const values = [...telling, ...days].map((value) =>
            unit === 'date' ? value : value * 86_400 + ofDay,
          )
          const cells = values.map((value) =>
            formatMoment(value, { unit, format: dayFormat + timeFormat } as Calendar),
          )
          const { again, values: found } = read(cells)
          expect(again).toEqual(cells)
          expect(found).toEqual(values)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('in every language', () => {
    for (const language of Object.keys(languages))
      for (const format of ['%-d %B %Y', '%d %b %y', '%A, %-d %B %Y']) {
        const values = Array.from({ length: 24 }, (_, month) => day('2019-01-15') + 31 * month)
        const cells = values.map((value) => formatMoment(value, { unit: 'date', format, language }))
        expect([cells, read(cells).again, read(cells).values]).toEqual([cells, cells, values])
      }
  })
})

test('with signs or words between day, month and year', () => {
  for (const cells of [
    ['2023年8月28日', '2023年12月3日'],
    ['2023년 8월 28일', '2023년 12월 3일'],
    ['28 de agosto de 2023', '3 de diciembre de 2023'],
    ['28 sierpnia 2023', '3 grudnia 2023'],
    ['28. srpna 2023', '3. prosince 2023'],
    ['28 августа 2023', '3 декабря 2023'],
    ['28 Ağustos 2023', '3 Aralık 2023'],
  ])
    expect(read(cells)).toMatchObject({
      values: [day('2023-08-28'), day('2023-12-03')],
      again: cells,
      notes: [],
    })
})

describe('what is told', () => {
  test('where day and month may stand the other way round', () => {
    expect(read(['3/4/2021', '5/6/2021']).notes).toEqual([
      expect.stringMatching(/'a' was read as day first .* the other way round/),
    ])
    expect(read(['3/4/2021 3:04 PM', '5/6/2021 11:00 AM'])).toMatchObject({
      format: '%-m/%-d/%Y %-I:%M %p',
      notes: [expect.stringMatching(/month first/)],
    })
  })

  test('where years of two digits may be days', () => {
    expect(read(['15-10-20', '31-05-19']).notes).toContainEqual(
      expect.stringMatching(
        /'a' was read as day first \(%d-%m-%y\); as written year first, all cells are days, too/,
      ),
    )
  })

  test('years of two digits', () => {
    expect(read(['31/12/99', '01/02/05'])).toEqual({
      format: '%d/%m/%y',
      values: [day('1999-12-31'), day('2005-02-01')],
      again: ['31/12/99', '01/02/05'],
      notes: [expect.stringMatching(/69 to 99 were read as 1969 to 1999/)],
    })
  })

  test('days without separators, only where all are days of a likely year', () => {
    expect(read(['20220212', '20230504'])).toMatchObject({
      format: '%Y%m%d',
      values: [day('2022-02-12'), day('2023-05-04')],
      notes: [expect.stringMatching(/without separators/)],
    })
    expect(read(['20220212093000', '20230504235959'])).toMatchObject({
      format: '%Y%m%d%H%M%S',
      again: ['20220212093000', '20230504235959'],
    })
    for (const cells of [
      ['20220230', '20230504'],
      ['12345678', '87654321'],
      ['17991231', '20200101'],
      ['23000101', '20200101'],
    ])
      expect(read(cells)).toEqual({ format: undefined, values: undefined, again: undefined, notes: [] })
  })

  test.each(['1900-02-29', '2021-02-29', '2020-04-31', '2020-13-01', '2020-00-10', 'unknown', '0000-00-00'])(
    'a cell that is no day: %s',
    (cell) => {
      const cells = [
        ...Array.from({ length: 30 }, (_, i) => `2020-02-${String(1 + (i % 29)).padStart(2, '0')}`),
        cell,
      ]
      expect(read(cells)).toEqual({
        format: undefined,
        values: undefined,
        again: undefined,
        notes: [expect.stringContaining(`1 of 31 cells does not fit the others ('${cell}' in row 31)`)],
      })
    },
  )

  test('a weekday that the day does not have', () => {
    const cells = [...Array.from({ length: 20 }, () => 'Mon, 06 Jan 2020'), 'Mon, 07 Jan 2020']
    expect(read(cells).notes).toEqual([expect.stringContaining(`'Mon, 07 Jan 2020' in row 21`)])
  })

  test('several zones, days among moments, two separators', () => {
    expect(read(['2020-01-31T08:00:00+01:00', '2020-07-01T23:59:30+02:00'])).toEqual({
      format: '%Y-%m-%dT%H:%M:%SZ',
      values: [second('2020-01-31T07:00:00'), second('2020-07-01T21:59:30')],
      again: ['2020-01-31T07:00:00Z', '2020-07-01T21:59:30Z'],
      notes: [expect.stringMatching(/several zones/)],
    })
    expect(read(['2020-01-31', '2020-07-01 23:59:01'])).toMatchObject({
      values: [second('2020-01-31T00:00'), second('2020-07-01T23:59:01')],
      notes: [expect.stringMatching(/1 of 2 cells .* \('2020-01-31' in row 1\).*'2020-01-31 00:00:00'/)],
    })
    expect(read(['31.12.2020', '13/01/2021', '14.02.2021'])).toMatchObject({
      values: [day('2020-12-31'), day('2021-01-13'), day('2021-02-14')],
      notes: [expect.stringMatching(/1 of 3 cells/)],
    })
  })
})

test.each([
  [['10.0.0.1', '10.0.0.2']],
  [['25:30', '48:15']],
  [['2020-01-31', '31/01/2020', '01/31/2020']],
  [['2020-W05', '2020-W06']],
  [['May', 'June']],
])('no moments: %j', (cells) => {
  expect(read(cells).values).toBeUndefined()
})
