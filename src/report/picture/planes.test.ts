import { beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { planes } from './planes.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

const frame = { x: { low: 0, high: 4 }, y: { low: 0, high: 2 } }
const points = Float64Array.of(1, 1, 3, 0.5, 9, 9)

function panels(svg: string): Element[] {
  const parser = new document.defaultView!.DOMParser()
  return Array.from(parser.parseFromString(svg, 'image/svg+xml').querySelectorAll('g.panel'))
}

function place(panel: Element): [number, number] {
  const [x, y] = /translate\(([-\d.]+),([-\d.]+)\)/
    .exec(panel.getAttribute('transform')!)!
    .slice(1)
    .map(Number)
  return [x!, y!]
}

test('a panel for each, three in a row, with the points that lie inside', () => {
  const one = { name: 'one', points }
  const found = panels(planes({ document, ...frame, panels: [one, one, one, one] }))
  expect(found).toHaveLength(4)
  for (const panel of found) expect(panel.querySelectorAll('circle')).toHaveLength(2)
  const [first, second, third, fourth] = found.map(place)
  expect(second![0]).toBeGreaterThan(first![0])
  expect(third![1]).toBe(first![1])
  expect(fourth![0]).toBe(first![0])
  expect(fourth![1]).toBeGreaterThan(first![1])
})

test('a field is shades, arrows or both, as it has them; one that does not fit its grid is refused', () => {
  const grid = { xs: [0, 2, 4], ys: [0, 1, 2] }
  const logDensity = Float64Array.of(0, 1, 0, 1, 2, 1, 0, 1, 0)
  const score = new Float64Array(18).fill(1)
  const drawn = (field: object) =>
    panels(planes({ document, ...frame, panels: [{ name: 'one', field: { ...grid, ...field } }] }))[0]!
  const arrows = (panel: Element) => panel.querySelectorAll('g[aria-label=vector] path').length
  const shades = (panel: Element) => panel.querySelectorAll('g[aria-label=contour] path').length
  expect([arrows(drawn({ score })), shades(drawn({ score }))]).toEqual([9, 0])
  expect(arrows(drawn({ logDensity }))).toBe(0)
  expect(shades(drawn({ logDensity }))).toBeGreaterThan(5)
  expect(arrows(drawn({ score, logDensity }))).toBe(9)
  expect(() => drawn({ score: [1, 2] })).toThrow(/grid points/)
})
