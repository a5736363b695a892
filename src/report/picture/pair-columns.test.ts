import { beforeAll, describe, expect, test } from 'vitest'
import type { NumberColumn, Table } from '../../data/index.ts'
import { nodeDocument } from './document.node.ts'
import {
  columnAxis,
  columnAxisUp,
  columnView,
  fittedWords,
  mixedAssociations,
  mostWords,
  pictureRows,
  wordShares,
} from './pair-columns.ts'
import { pairPlot } from './pair-plot.ts'
import { textWidth } from './text.ts'
import { theme } from './theme.ts'

const rowCount = 240
const each = <T>(of: (i: number) => T): T[] => Array.from({ length: rowCount }, (_, i) => of(i))
const numbers = (
  name: string,
  of: (i: number) => number,
  more: Partial<NumberColumn> = {},
): NumberColumn => ({
  ...{ kind: 'number', name, type: 'DOUBLE', decimals: 2, values: Float64Array.from(each(of)) },
  ...more,
})

function tableOf(shift: number): Table {
  return {
    rowCount,
    source: 'made up',
    columns: [
      {
        kind: 'text',
        name: 'species',
        type: 'VARCHAR',
        values: each((i) => ['Adelie', 'Gentoo', null][(i + shift) % 3]!),
      },
      { kind: 'text', name: 'many', type: 'VARCHAR', values: each((i) => `w${i % (20 + shift)}`) },
      numbers('year', (i) => 2007 + ((i + shift) % 3), { decimals: 0 }),
      numbers('born', (i) => 18_000 + ((i * 7) % 900), { calendar: { unit: 'date', format: '%Y-%m-%d' } }),
      numbers('size', (i) => Math.sin(i) + ((i + shift) % 3)),
    ],
  }
}
const names = ['species', 'many', 'year', 'born', 'size']
const rows = pictureRows(tableOf(0), tableOf(1), names)
const views = names.map((_, index) => columnView(rows, index))
const room = { length: 112, overhang: 2.25, counts: [3, 2, 4, 1.5, 5, 6, 1] }

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})
const parse = (svg: string): Document =>
  new document.defaultView!.DOMParser().parseFromString(svg, 'image/svg+xml')

describe('columns of a picture', () => {
  test('words stand at places by their frequency, those of both sides, the rest together', () => {
    const [species, many] = views
    expect(species!.words).toEqual(['Adelie', 'Gentoo'])
    expect([...species!.data.subarray(0, 3)]).toEqual([0, 1, Number.NaN])
    expect(many!.words!.length).toBe(mostWords + 1)
    // Of 20 words and one more that only the samples have, six have a place of their own.
    expect(many!.words!.at(-1)).toBe('15 others')
    for (const view of [species!, many!])
      for (const kind of ['data', 'samples'] as const)
        expect(wordShares(view, view[kind]).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
  })

  test('years are written as years, each with its tick, and dates as dates', () => {
    const [, , year, born] = views.map((view) => columnAxis(view, room))
    expect(year!.ticks.map(year!.tickText)).toEqual(['2007', '2008', '2009'])
    const dates = born!.ticks.map(born!.tickText)
    expect(dates.length).toBeGreaterThanOrEqual(2)
    for (const text of dates) expect(text).toMatch(/^\d{4}(-\d\d(-\d\d)?)?$/)
    const widths = dates.map((text) => textWidth(text, theme.tickSize))
    const places = born!.ticks.map((tick) => (room.length * (tick - born!.low)) / (born!.high - born!.low))
    for (let i = 1; i < places.length; i++)
      expect(places[i]! - places[i - 1]!).toBeGreaterThan((widths[i]! + widths[i - 1]!) / 2)
  })

  test('upwards the first word is on top, and numbers have several ticks', () => {
    const up = views.map(columnAxisUp)
    expect(up[0]!.ticks.map(up[0]!.tickText)).toEqual(['Gentoo', 'Adelie'])
    for (const axis of up.slice(2)) expect(axis.ticks.length).toBeGreaterThanOrEqual(2)
  })

  test('words that begin alike are told apart, and none is wider than its room', () => {
    const words = [
      'Married-civ-spouse',
      'Married-spouse-absent',
      'Married-AF-spouse',
      'Divorced',
      'W'.repeat(40),
    ]
    const texts = fittedWords(words)
    expect(new Set(texts).size).toBe(words.length)
    expect(texts[3]).toBe('Divorced')
    for (const text of texts) expect(textWidth(text, theme.tickSize)).toBeLessThanOrEqual(84)
  })

  test('how strongly they go together is what an evaluation says', () => {
    const { real } = mixedAssociations(views)
    // Every third row of one word: the sizes of words differ.
    expect(real[0]![4]).toBeGreaterThan(0.5)
    expect(real[0]![4]).toBe(real[4]![0])
  })
})

describe('a picture of mixed columns', () => {
  test('has bars for words, a mark in every panel, and no number where a word belongs', () => {
    const svg = parse(pairPlot({ document, ...rows }))
    const panels = Array.from(svg.querySelectorAll('g.panel'))
    // On the diagonal and below it.
    expect(panels.length).toBe((names.length * (names.length + 1)) / 2)
    for (const panel of panels)
      expect(
        panel.querySelectorAll('circle, [aria-label="rect"] rect, [aria-label="line"] path').length,
      ).toBeGreaterThan(0)
    const bars = panels.map((panel) => panel.querySelectorAll('[aria-label="rect"] rect').length)
    // Two bars a word, on the diagonal of the two columns of words.
    expect(bars.filter((count) => count > 0)).toEqual([4, 2 * (mostWords + 1)])
    const texts = Array.from(svg.querySelectorAll('text'), (text) => text.textContent ?? '')
    for (const word of ['Adelie', 'Gentoo']) expect(texts).toContain(word)
    expect(texts.filter((text) => /^2,00\d$/.test(text))).toEqual([])
    expect(texts.join(' ')).toContain('shares of words')
  })

  test('shows the columns most related to the others where there are more', () => {
    const svg = parse(pairPlot({ document, ...rows, maxColumns: 2 }))
    const texts = Array.from(svg.querySelectorAll('text'), (text) => text.textContent ?? '')
    expect(texts.join(' ')).toContain('2 of 5 columns')
    expect(texts).toContain('species')
  })
})
