import { beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { fieldPlot } from './field-plot.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

const axis = Array.from({ length: 32 }, (_, i) => i)
const cells = axis.flatMap((y) => axis.map((x) => [x, y] as const))
const grid = { xs: axis, ys: axis }
const logDensity = cells.map(([x, y]) => -((x - 10) ** 2 + (y - 20) ** 2) / 50)
const score = cells.flatMap(([x, y]) => [(10 - x) / 25, (20 - y) / 25])
const drawn = (field: Parameters<typeof fieldPlot>[0]['field'], notes: string[] = []) => {
  const svg = fieldPlot({ document, field, notes, labels: ['length (mm)', 'depth (mm)'] })
  const parsed = new document.defaultView!.DOMParser().parseFromString(svg, 'image/svg+xml')
  return {
    panels: Array.from(parsed.querySelectorAll('g.panel')),
    text: parsed.documentElement.textContent ?? '',
  }
}

test('density beside score, each in a panel of its own', () => {
  const { panels, text } = drawn({ ...grid, logDensity, score })
  const [density, arrows, ...more] = panels
  expect(more).toEqual([])
  expect(density!.querySelectorAll('[aria-label="vector"] path')).toHaveLength(0)
  // 15 arrows on a side, none on the frame.
  expect(arrows!.querySelectorAll('[aria-label="vector"] path').length).toBe(225)
  for (const word of ['density', 'score', 'length (mm)', 'Shade', 'Arrows']) expect(text).toContain(word)
})

test('one of the two alone, with what a note says of the other', () => {
  const { panels, text } = drawn({ ...grid, score }, ['There is no density.'])
  expect(panels).toHaveLength(1)
  expect(text).toContain('There is no density.')
  expect(text).not.toContain('Shade')
})

test('neither cannot be drawn', () => {
  expect(() => drawn(grid)).toThrow('logDensity, score or both')
})
