import { beforeAll, expect, test } from 'vitest'
import { curlMaps } from './curl-maps.ts'
import { nodeDocument } from './document.node.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

const axis = Array.from({ length: 12 }, (_, i) => -1 + (2 * i) / 11)
const cells = axis.flatMap((y) => axis.map((x) => [x, y] as const))
const grid = { xs: axis, ys: axis }
/** The colours of a panel's level sets, lowest first. */
const fills = (panel: Element): string[] =>
  Array.from(panel.querySelectorAll('path[d]'), (path) => path.getAttribute('fill') ?? '').filter((fill) =>
    fill.startsWith('rgb'),
  )
const panelsOf = (svg: string): Element[] => {
  const parser = new document.defaultView!.DOMParser()
  return Array.from(parser.parseFromString(svg, 'image/svg+xml').querySelectorAll('g.panel'))
}
const channels = (fill: string): number[] => fill.match(/\d+/g)!.map(Number)

test('both signs have a colour of their own, and panels share the scale', () => {
  const svg = curlMaps({
    document,
    maps: [
      { name: 'turns', ...grid, curl: cells.map(([x]) => 3 * x) },
      { name: 'hardly turns', ...grid, curl: cells.map(() => 1e-6) },
    ],
  })
  const [turning, still] = panelsOf(svg).map(fills)
  const [low, high] = [channels(turning![0]!), channels(turning!.at(-1)!)]
  expect(low[2]).toBeGreaterThan(low[0]!) // blue
  expect(high[0]).toBeGreaterThan(high[2]!) // orange
  // A millionth of the scale is white but for half a level.
  expect(Math.min(...channels(still!.at(-1)!))).toBeGreaterThan(240)
  for (const text of ['turns', 'curl up to 3.00', 'from −3.00', 'no curl']) expect(svg).toContain(text)
})

test('refuses a curl that does not fit its grid', () => {
  expect(() => curlMaps({ document, maps: [{ name: 'x', ...grid, curl: [1, 2] }] })).toThrow('2 numbers')
})
