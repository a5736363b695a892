import { Resvg } from '@resvg/resvg-js'
import fc from 'fast-check'
import { JSDOM } from 'jsdom'
import { expect, test } from 'vitest'
import { renderOptions } from './png.node.ts'
import { countText, escapeXml, fitText, textElement, textWidth, wrapText } from './text.ts'

const samples = [
  'total sulfur dioxide',
  'fixed acidity (g/L)',
  'WWWWWWMMMM',
  'illicit till',
  'MEAN_TEMPERATURE_2024',
  '0123456789 −1.50 · 10⁻³',
  'Größe, Länge & Höhe',
  'σ(t) = √t, x₁ x₂',
  'Температура воздуха',
  'Eight Gaussians: free score network, denoising score matching',
  '2,000 of 10,000 data points are drawn. Outside the frame: 3 samples.',
]

test.each(samples)(
  'the estimated width of "%s" is no less than the real one, and not far above it',
  (text) => {
    for (const bold of [false, true]) {
      const element = textElement(text, { x: 10, y: 30, size: 12, bold })
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="50" font-family="DejaVu Sans">${element}</svg>`
      const real = new Resvg(svg, renderOptions({ scale: 1 })).getBBox()!.width
      expect(textWidth(text, 12, bold)).toBeGreaterThanOrEqual(real)
      expect(textWidth(text, 12, bold)).toBeLessThan(1.35 * real + 8)
    }
  },
)

test('a fitted text fits, and is the text itself or its beginning with an ellipsis', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.integer({ min: 30, max: 200 }),
      (text, width) => {
        const fitted = fitText(text, width, 10)
        expect(textWidth(fitted, 10)).toBeLessThanOrEqual(Math.max(width, textWidth(`${[...text][0]}…`, 10)))
        expect(fitted === text || (fitted.endsWith('…') && text.startsWith(fitted.slice(0, -1)))).toBe(true)
      },
    ),
  )
})

test('wrapping keeps every word in order, in lines that fit', () => {
  const text = 'one two three four five six seven eight nine ten'
  const lines = wrapText(text, 80, 10)
  expect(lines.join(' ')).toBe(text)
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(80)
  expect(wrapText('', 80, 10)).toEqual([])
})

test('any text whatever, escaped, survives an XML parser, but for what XML cannot hold', () => {
  const parser = new new JSDOM('').window.DOMParser()
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const xml = `<a b="${escapeXml(text)}">${escapeXml(text)}</a>`
      const { documentElement } = parser.parseFromString(xml, 'text/xml')
      const kept = escapeXml(text)
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&amp;/g, '&')
      expect(documentElement.textContent?.replace(/\r\n?/g, '\n')).toBe(kept.replace(/\r\n?/g, '\n'))
    }),
    { numRuns: 25 },
  )
  expect(escapeXml('a\u0000b\ud800c\ufffed<&>"')).toBe('abcd&lt;&amp;&gt;&quot;')
})

test('counts have their thousands separated', () => {
  expect([0, 999, 1000, 4898, 1234567].map(countText)).toEqual(['0', '999', '1,000', '4,898', '1,234,567'])
})
