import { beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { correlationText, pairPlot, pairRows } from './pair-plot.ts'
import { mostCorrelated } from './shown-columns.ts'
import { theme } from './theme.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

function parse(svg: string): Document {
  const parser = new document.defaultView!.DOMParser()
  return parser.parseFromString(svg, 'image/svg+xml')
}

// Columns a, b, c with r(a, b) = 0, r(a, c) = 0.6, r(b, c) = 0.8 in the data, and 0, −0.6, 0.8 in the samples.
const rows = [
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const
const data = Float64Array.from(rows.flatMap(([a, b]) => [a, b, 0.6 * a + 0.8 * b]))
const samples = Float64Array.from(rows.flatMap(([a, b]) => [a, b, -0.6 * a + 0.8 * b]))
const columns = ['a', 'b', 'c']

function textsIn(svg: string, fill: string): string[] {
  return Array.from(
    parse(svg).querySelectorAll(`text[font-weight][fill="${fill}"]`),
    (text) => text.textContent ?? '',
  )
}

test('correlations are the exact ones, data and samples each in its colour', () => {
  const svg = pairPlot({ document, columns, data, samples })
  expect(textsIn(svg, theme.dataText)).toEqual(['0.00', '0.60', '0.80'])
  expect(textsIn(svg, theme.samplesText)).toEqual(['0.00', '−0.60', '0.80'])
})

test('three columns make three scatters of one mark a row, and three densities of two outlines', () => {
  const panels = Array.from(parse(pairPlot({ document, columns, data, samples })).querySelectorAll('g.panel'))
  const circles = panels.map((panel) => panel.querySelectorAll('circle').length)
  expect(circles).toEqual([0, 8, 0, 8, 8, 0])
  const outlines = panels.map((panel) => panel.querySelectorAll('[aria-label="line"] path').length)
  expect(outlines).toEqual([2, 0, 2, 0, 0, 2])
})

test('the outline of a histogram encloses the area 1 for each kind', () => {
  const many = Float64Array.from({ length: 700 }, (_, index) => ((index + 1) * 0.618034) % 1)
  const svg = pairPlot({ document, columns: ['u'], data: many, samples: many.map((value) => value ** 2) })
  const paths = Array.from(
    parse(svg).querySelectorAll('[aria-label="line"] path'),
    (path) => path.getAttribute('d')!,
  )
  const areas = paths.map((path) => {
    const corners = path.match(/-?[\d.]+,-?[\d.]+/g)!.map((corner) => corner.split(',').map(Number))
    const ground = corners[0]![1]!
    return corners
      .slice(1)
      .reduce((sum, corner, index) => sum + (corner[0]! - corners[index]![0]!) * (ground - corner[1]!), 0)
  })
  expect(areas).toHaveLength(2)
  expect(areas[1]! / areas[0]!).toBeCloseTo(1, 2)
  expect(areas[0]).toBeGreaterThan(1000)
})

test('of many columns, the most correlated are drawn, in their order, and the title counts them', () => {
  // Column 0 and 2 are unrelated to all others, which go up and down together.
  const wide = Float64Array.from(
    rows.concat(rows).flatMap(([a, b], row) => [row < 4 ? 1 : -1, a, row % 4 === 3 ? 1 : 0, a + 0.1 * b, -a]),
  )
  const names = ['alone', 'first', 'odd', 'second', 'third']
  expect(mostCorrelated(wide, 5, 3)).toEqual([1, 3, 4])
  const svg = pairPlot({ document, columns: names, data: wide, samples: wide, maxColumns: 3, title: 'Five' })
  const texts = Array.from(parse(svg).querySelectorAll('text'), (text) => text.textContent)
  expect(texts).toContain('Five — 3 of 5 columns')
  for (const [index, name] of names.entries()) {
    expect(texts.filter((text) => text === name)).toHaveLength([1, 3, 4].includes(index) ? 2 : 0)
  }
})

test('many rows are thinned for the dots only', () => {
  const many = Float64Array.from({ length: 2 * 1000 }, (_, index) => ((index + 1) * 0.618034) % 1)
  const svg = pairPlot({ document, columns: ['x', 'y'], data: many, samples: many.subarray(0, 400) })
  expect(parse(svg).querySelectorAll('g.panel circle').length).toBe(pairRows + 200)
  const text = Array.from(parse(svg).querySelectorAll('text'), (line) => line.textContent).join(' ')
  expect(text).toContain('200 of 1,000 data rows')
})

test('gaps, constant columns and no rows at all are drawn as what they are', () => {
  const gaps = Float64Array.of(1, 5, Number.NaN, 5, 3, 5)
  const svg = pairPlot({ document, columns: ['x', 'constant'], data: gaps, samples: new Float64Array(0) })
  expect(parse(svg).querySelectorAll('g.panel circle').length).toBe(2)
  expect(textsIn(svg, theme.dataText)).toEqual(['–'])
  expect(svg).not.toMatch(/NaN/)
})

test('a correlation is written to two decimals, without a negative nought', () => {
  expect([0.456, -0.456, -0.001, 1, -1, Number.NaN].map(correlationText)).toEqual([
    '0.46',
    '−0.46',
    '0.00',
    '1.00',
    '−1.00',
    '–',
  ])
})

test('a width that does not divide the numbers, and no columns, are refused', () => {
  expect(() => pairPlot({ document, columns, data: data.subarray(1), samples })).toThrow(
    expect.objectContaining({ code: 'picture/shape', where: 'data' }),
  )
  expect(() => pairPlot({ document, columns, data, samples, maxColumns: 0 })).toThrow(
    expect.objectContaining({ code: 'picture/shape' }),
  )
})
