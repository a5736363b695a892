import { beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { scaledPaths, trajectories } from './trajectories.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

const levels = [3, 1, 0]
// Two points: one that stands still at (1, 2), and one on the diagonal.
const points = [1, 2, 6, 6, 1, 2, 3, 3, 1, 2, 1, 1]

test('a point is divided by √(1 + σ²/σ_d²), and its end is where it is', () => {
  const [still, diagonal] = scaledPaths({ name: 'x', levels, points }, 1)
  expect(still!.map(({ x }) => x)).toEqual([1 / Math.sqrt(10), 1 / Math.sqrt(2), 1])
  expect(diagonal!.at(-1)).toEqual({ x: 1, y: 1 })
})

test('a path a point, with a dot at either end, in a panel for each sampler', () => {
  const paths = [
    { name: 'heun', levels, points },
    { name: 'ancestral', levels, points },
  ]
  const svg = trajectories({ document, paths, sigmaData: 1, data: Float64Array.of(0, 0, 1, 1) })
  const parser = new document.defaultView!.DOMParser()
  const parsed = parser.parseFromString(svg, 'image/svg+xml')
  expect(parsed.querySelectorAll('g.panel').length).toBe(2)
  expect(parsed.querySelectorAll('g.panel:first-of-type [aria-label="line"] path').length).toBeGreaterThan(1)
  const text = parsed.documentElement.textContent ?? ''
  for (const part of ['heun', 'ancestral', '2 paths from noise']) expect(text).toContain(part)
})

test('refuses points that do not fit their levels', () => {
  const paths = [{ name: 'heun', levels, points: points.slice(1) }]
  expect(() => trajectories({ document, paths, sigmaData: 1 })).toThrow('11 numbers')
})
