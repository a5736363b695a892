/** Laws that hold for every picture, on inputs chosen to strain the layout. */
import { Resvg } from '@resvg/resvg-js'
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, test } from 'vitest'
import { curves, lossByNoiseLevel, nodeDocument, pairPlot, scatterPlot } from './index.node.ts'
import { renderOptions } from './png.node.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

// A sequence that fills the unit interval evenly and is the same everywhere.
const quasi = (length: number, start: number): Float64Array =>
  Float64Array.from({ length }, (_, index) => ((index + start) * 0.6180339887498949) % 1)

const hostile = 'A < B & "C" total sulfur dioxide concentration in the finished wine (mg/L)'
const grid = Float64Array.from({ length: 24 }, (_, index) => (index - 12) / 4)
const values = Array.from(quasi(120, 5), (value) => 1e-4 * value)

const pictures: Record<string, () => string> = {
  'scatter plot': () => scatterPlot({ document, data: quasi(80, 1), samples: quasi(60, 9) }),
  'narrow scatter plot of large numbers': () =>
    scatterPlot({
      document,
      data: quasi(80, 1).map((value, index) => -50_000 + (index % 2 === 0 ? 30_000 : 70_000) * value),
      samples: quasi(80, 1).map((value, index) => -50_000 + (index % 2 === 0 ? 30_000 : 70_000) * value),
    }),
  'scatter plot with a field': () =>
    scatterPlot({
      document,
      data: quasi(80, 1),
      samples: Float64Array.of(0.1, 0.2, Number.NaN, 1, 50, 50),
      labels: [hostile, hostile],
      title: `${hostile}, ${hostile}`,
      field: { xs: grid, ys: grid, logDensity: quasi(24 * 24, 2), score: quasi(24 * 24 * 2, 3) },
    }),
  'pair plot': () =>
    pairPlot({
      document,
      columns: [hostile, 'b', 'total sulfur dioxide', 'pH'],
      data: quasi(400, 1).map((value, index) => value * [1, 1e6, -1e-6, 1000][index % 4]!),
      samples: quasi(400, 7).map((value, index) => value * [1, 1e6, -1e-6, 1000][index % 4]!),
      title: hostile,
    }),
  'pair plot of one column': () =>
    pairPlot({ document, columns: ['only'], data: quasi(9, 1), samples: quasi(9, 2), title: hostile }),
  curves: () =>
    curves({
      document,
      series: ['training', 'held out', hostile].map((name) => ({
        name,
        x: values.map((_, i) => i),
        y: values,
      })),
      xLabel: hostile,
      yLabel: hostile,
      title: hostile,
    }),
  'curves on logarithmic axes': () =>
    curves({
      document,
      series: [{ name: 'loss', x: [1, 10, 1e6], y: [-1, 2, 3e-9] }],
      xLabel: 'step',
      yLabel: 'loss',
      logX: true,
      logY: true,
    }),
  'loss by noise level': () =>
    lossByNoiseLevel({
      document,
      sigma: [0.01, 0.1, 1, 10],
      loss: [1, Number.NaN, 3, 4],
      count: [5, 0, 5e6, 1],
    }),
}

/** An SVG with one element of the picture alone, in its place and in its style. */
function alone(element: Element): string {
  let only = element.cloneNode(true) as Element
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
    const holder = parent.cloneNode(false) as Element
    holder.append(only)
    only = holder
  }
  const { XMLSerializer } = element.ownerDocument.defaultView!
  return new XMLSerializer().serializeToString(only)
}

interface Box {
  text: string
  x: number
  y: number
  width: number
  height: number
}

function textBoxes(svg: string): Box[] {
  const { document: parsed } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window
  return Array.from(parsed.querySelectorAll('text')).flatMap((element) => {
    const text = element.textContent ?? ''
    const box = text === '' ? undefined : new Resvg(alone(element), renderOptions({ scale: 1 })).getBBox()
    return box === undefined ? [] : [{ text, x: box.x, y: box.y, width: box.width, height: box.height }]
  })
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

describe.each(Object.entries(pictures))('%s', (_, draw) => {
  test('is well-formed XML, the same each time, without style sheet, identifier or script', () => {
    const svg = draw()
    expect(draw()).toBe(svg)
    const { documentElement } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document
    expect(documentElement.nodeName).toBe('svg')
    expect(documentElement.querySelectorAll('style, script, [id], [class^="plot"]').length).toBe(0)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('no text is cut by the edge or runs into another', () => {
    const svg = draw()
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number)
    const boxes = textBoxes(svg)
    expect(boxes.length).toBeGreaterThan(4)
    for (const box of boxes) {
      expect(box.x, box.text).toBeGreaterThanOrEqual(2)
      expect(box.y, box.text).toBeGreaterThanOrEqual(2)
      expect(box.x + box.width, box.text).toBeLessThanOrEqual(width! - 2)
      expect(box.y + box.height, box.text).toBeLessThanOrEqual(height! - 2)
    }
    const pairs = boxes.flatMap((a, index) => boxes.slice(index + 1).map((b) => [a, b] as const))
    expect(pairs.filter(([a, b]) => overlap(a, b)).map(([a, b]) => `${a.text} | ${b.text}`)).toEqual([])
  })
})

test('without a document, the error says how to get one', () => {
  expect(() => scatterPlot({ data: quasi(4, 1), samples: quasi(4, 1) })).toThrow(
    expect.objectContaining({ code: 'picture/no-document', hint: expect.stringContaining('nodeDocument') }),
  )
})
