import { beforeAll, expect, test } from 'vitest'
import { curvePoints, curves } from './curves.ts'
import { nodeDocument } from './document.node.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

function parse(svg: string): Document {
  const parser = new document.defaultView!.DOMParser()
  return parser.parseFromString(svg, 'image/svg+xml')
}

const labels = { xLabel: 'step', yLabel: 'loss' }
const lines = (svg: string): Element[] => Array.from(parse(svg).querySelectorAll('[aria-label="line"]'))
const captionOf = (svg: string): string =>
  Array.from(parse(svg).querySelectorAll('text'), (text) => text.textContent).join(' ')

test('curves of one name share colour and legend entry; the faint one is pale and beneath', () => {
  const series = [
    { name: 'training', x: [1, 2, 3], y: [3, 1, 2] },
    { name: 'training', x: [1, 2, 3], y: [4, 1, 2], faint: true },
    { name: 'held out', x: [1, 3], y: [3, 2], dots: true },
  ]
  const svg = curves({ document, series, ...labels })
  const [first, second, third] = lines(svg)
  expect(first!.getAttribute('stroke')).toBe(second!.getAttribute('stroke'))
  expect(third!.getAttribute('stroke')).not.toBe(second!.getAttribute('stroke'))
  expect(Number(first!.getAttribute('stroke-opacity'))).toBeLessThan(0.5)
  expect(second!.getAttribute('stroke-opacity')).toBeNull()
  expect(parse(svg).querySelectorAll('[aria-label="dot"] circle').length).toBe(2)
  const texts = Array.from(parse(svg).querySelectorAll('text'), (text) => text.textContent)
  expect(texts.filter((text) => text === 'training')).toHaveLength(1)
})

test('on logarithmic axes a power law is a straight line', () => {
  const x = [1, 10, 100, 1000]
  const svg = curves({
    document,
    series: [{ name: 'law', x, y: x.map((t) => t ** -0.5) }],
    ...labels,
    logX: true,
    logY: true,
  })
  const corners = lines(svg)[0]!
    .querySelector('path')!
    .getAttribute('d')!
    .match(/[\d.]+,[\d.]+/g)!
  const [a, b, c, d] = corners.map((corner) => corner.split(',').map(Number))
  const slope = (from: number[], to: number[]): number => (to[1]! - from[1]!) / (to[0]! - from[0]!)
  expect(slope(b!, c!)).toBeCloseTo(slope(a!, b!), 3)
  expect(slope(c!, d!)).toBeCloseTo(slope(a!, b!), 3)
})

test('what cannot be drawn breaks the line and is counted', () => {
  const broken = curves({
    document,
    series: [{ name: 'a', x: [1, 2, 3, 4, 5], y: [1, 2, Number.NaN, 2, 1] }],
    ...labels,
  })
  expect(lines(broken)[0]!.querySelector('path')!.getAttribute('d')!.match(/M/g)).toHaveLength(2)
  expect(captionOf(broken)).toContain('Not finite: 1 values.')
  const negative = curves({
    document,
    series: [{ name: 'a', x: [0, 2, 3], y: [1, -2, 1] }],
    ...labels,
    logX: true,
    logY: true,
  })
  expect(captionOf(negative)).toContain('not on a logarithmic axis: 2 values.')
})

test('a long curve is thinned, and one wild value does not flatten it', () => {
  const x = Array.from({ length: 6000 }, (_, index) => index)
  const y = x.map((step) => (step === 3 ? 1e9 : Math.sin(step / 500)))
  const svg = curves({ document, series: [{ name: 'a', x, y }], ...labels })
  const corners = lines(svg)[0]!
    .querySelector('path')!
    .getAttribute('d')!
    .match(/[\d.]+,[\d.]+/g)!
  expect(corners.length).toBeGreaterThanOrEqual(curvePoints - 1)
  expect(corners.length).toBeLessThanOrEqual(curvePoints)
  const heights = corners.map((corner) => Number(corner.split(',')[1]))
  expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(200)
  expect(captionOf(svg)).toContain('Outside the frame: 1 values.')
})

test('no series at all is an empty frame; unequal lengths are refused by name', () => {
  expect(lines(curves({ document, series: [], ...labels }))).toHaveLength(0)
  expect(() => curves({ document, series: [{ name: 'a', x: [1], y: [1, 2] }], ...labels })).toThrow(
    expect.objectContaining({ code: 'picture/shape', where: 'a' }),
  )
})

test('a marked place has its line at its x and its words on the side that has room', () => {
  const series = [{ name: 'loss', x: [0, 50, 100], y: [3, 1, 2] }]
  const draw = (x: number): Document =>
    parse(curves({ document, series, ...labels, marked: [{ x, text: 'best', sentence: 'It was best.' }] }))
  const [early, late] = [draw(25), draw(75)]
  const ruleAt = (svg: Document): number =>
    Number(svg.querySelector('[aria-label="rule"] line')!.getAttribute('x1'))
  const path = lines(curves({ document, series, ...labels }))[0]!
    .querySelector('path')!
    .getAttribute('d')!
  const [from, , to] = path.match(/[\d.]+(?=,)/g)!.map(Number)
  expect(ruleAt(early)).toBeCloseTo(from! + (to! - from!) / 4, 1)
  expect(ruleAt(late)).toBeCloseTo(from! + (3 * (to! - from!)) / 4, 1)
  const anchorOf = (svg: Document): string | null | undefined =>
    Array.from(svg.querySelectorAll('[aria-label="text"]'))
      .find(({ textContent }) => textContent === 'best')
      ?.getAttribute('text-anchor')
  expect([anchorOf(early), anchorOf(late)]).toEqual(['start', 'end'])
  expect(early.documentElement.textContent).toContain('It was best.')
})
