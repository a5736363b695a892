import { describe, expect, test } from 'vitest'
import { type Dialect, findDialect } from './dialect.ts'
import { recordsOf } from './records.ts'

const rows = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('')

const look = (text: string, told = {}): Dialect => findDialect(text, told, true)

describe('delimiters', () => {
  const cases: [
    what: string,
    text: string,
    delimiter: string,
    width: number,
    header: string[] | undefined,
  ][] = [
    ['commas', `a,b\n${rows(9, (i) => `${i},x`)}`, ',', 2, ['a', 'b']],
    ['semicolons and decimal commas', `a;b;c\n${rows(9, (i) => `1,${i};2,${i};3`)}`, ';', 3, ['a', 'b', 'c']],
    ['tabs', `a\tb c\n${rows(9, (i) => `${i}\tx, y`)}`, '\t', 2, ['a', 'b c']],
    ['one semicolon among words', `note\n${rows(50, (i) => `word${i % 5}`)}a;b\n`, ',', 1, ['note']],
    ['blanks', `a b c\n${rows(9, (i) => `${i} -0.5 x`)}`, 'blanks', 3, ['a', 'b', 'c']],
    ['aligned by blanks', `  a    b\n${rows(9, (i) => `  ${i}   10.5`)}`, 'blanks', 2, ['a', 'b']],
    [
      'names of two words, aligned',
      `name       age\n${rows(9, (i) => `Ann Lee    ${i}`)}`,
      'wide-blanks',
      2,
      ['name', 'age'],
    ],
    [
      'two words a line are prose',
      `full name\n${rows(9, (i) => `Ann Lee${'abcdefghi'[i]}`)}`,
      ',',
      1,
      ['full name'],
    ],
    ['single quotes', `a,b\n${rows(9, (i) => `'x, ${i}',${i}`)}`, ',', 2, ['a', 'b']],
    ['quotes behind a backslash', `a,b\n${rows(9, (i) => `"x \\"y\\", ${i}",${i}`)}`, ',', 2, ['a', 'b']],
    ['quotes behind a blank', `a, b\n${rows(9, (i) => `${i}, "x, y"`)}`, ',', 2, ['a', ' b']],
    ['no names above numbers', rows(9, (i) => `${i},x${i}`), ',', 2, undefined],
    [
      'no names above words that come again',
      rows(9, (i) => `${'pq'[i % 2]},x,${'st'[i % 2]}`),
      ',',
      3,
      undefined,
    ],
    ['names above words', `kind,form\n${rows(9, (i) => `${'pq'[i % 2]},x`)}`, ',', 2, ['kind', 'form']],
    [
      'years as names of numbers',
      `land,2019,2020\n${rows(9, (i) => `DE,${i},${i}`)}`,
      ',',
      3,
      ['land', '2019', '2020'],
    ],
  ]
  test.each(cases)('%s', (_, text, delimiter, width, header) => {
    expect(look(text)).toMatchObject({ delimiter, width })
    expect(look(text).header).toEqual(header)
  })

  test('lines that are not cut are counted', () => {
    expect(look(`note\n${rows(50, () => 'word')}a;b\n`).unsplit).toEqual({ delimiter: ';', lines: 1 })
    expect(look(`note\n${rows(50, () => 'word')}`).unsplit).toBeUndefined()
  })
})

describe('what stands above the table', () => {
  const table = rows(20, (i) => `${i},x,${i / 2}`)

  test('comments and titles are told apart, and counted', () => {
    const { comments, titles, header, skippedLines } = look(
      `# made by hand\n#, in, cm\nA title\n\na,b,c\n${table}`,
    )
    expect({ comments, titles, header, skippedLines }).toEqual({
      comments: ['# made by hand', '#, in, cm'],
      titles: ['A title'],
      header: ['a', 'b', 'c'],
      skippedLines: 5,
    })
  })

  test('names behind a # are names, and rows behind one are rows', () => {
    expect(look(`#a,b,c\n${table}`)).toMatchObject({ header: ['#a', 'b', 'c'], comments: [] })
    expect(look(`#1,x,2\n${table}`)).toMatchObject({ header: undefined, comments: [], skippedLines: 0 })
    expect(look(`a,b,c\n#1,x,2\n${table}`)).toMatchObject({
      header: ['a', 'b', 'c'],
      comments: [],
      skippedLines: 1,
    })
  })

  test('many lines of one other width are rows, not titles', () => {
    expect(look(`${rows(5, (i) => `${i},x`)}${table}`).titles).toEqual([])
  })
})

test('records cut anywhere are the same records', () => {
  const text = 'a,b\r\n"x ""y""\r\nz",1\r\n\r\n"",2\r\n3'
  const marks = { delimiter: ',', quote: '"', escaping: '"' }
  const whole = recordsOf(text, marks).records.map(({ cells }) => cells)
  expect(whole).toEqual([['a', 'b'], ['x "y"\r\nz', '1'], [''], ['', '2'], ['3']])
  for (let cut = 1; cut < text.length; cut++) {
    const first = recordsOf(text.slice(0, cut), marks, { isWhole: false })
    const second = recordsOf(text.slice(first.rest), marks)
    expect([...first.records, ...second.records].map(({ cells }) => cells)).toEqual(whole)
  }
})
