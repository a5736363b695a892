import { beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { lossByNoiseLevel } from './noise-level.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

function draw(sigma: number[], loss: number[], count: number[]): Document {
  const svg = lossByNoiseLevel({ document, sigma, loss, count })
  return new document.defaultView!.DOMParser().parseFromString(svg, 'image/svg+xml')
}

function bars(picture: Document): { left: number; width: number; height: number }[] {
  return Array.from(picture.querySelectorAll('[aria-label="rect"] rect'), (bar) => ({
    left: Number(bar.getAttribute('x')),
    width: Number(bar.getAttribute('width')),
    height: Number(bar.getAttribute('height')),
  }))
}

test('two panels: a dot for each loss, a bar as high as its count for each level', () => {
  const picture = draw([0.01, 0.1, 1, 10], [4, 3, 2, 1], [100, 200, 400, 200])
  expect(picture.querySelectorAll('g.panel')).toHaveLength(2)
  expect(picture.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(4)
  // A bar is drawn half a pixel smaller on each side, so that neighbours stay apart.
  const heights = bars(picture).map(({ height }) => height + 1)
  expect(heights.map((height) => height / heights[2]!)).toEqual(
    [0.25, 0.5, 1, 0.5].map((part) => expect.closeTo(part, 2)),
  )
})

test('levels evenly spaced in logarithms have dots in the middle of equally wide bars', () => {
  const picture = draw([0.01, 0.1, 1, 10, 100], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1])
  const centres = Array.from(picture.querySelectorAll('[aria-label="dot"] circle'), (dot) =>
    Number(dot.getAttribute('cx')),
  )
  const inner = bars(picture).slice(1, 4)
  for (const [index, bar] of inner.entries()) {
    expect(bar.width).toBeCloseTo(inner[0]!.width, 1)
    expect(bar.left + bar.width / 2).toBeCloseTo(centres[index + 1]!, 1)
  }
})

test('a level without loss leaves a gap and is counted', () => {
  const picture = draw([0.1, 1, 10], [1, Number.NaN, 2], [5, 0, 5])
  expect(picture.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(2)
  expect(picture.documentElement.textContent).toContain('Without a loss: 1 of 3 levels.')
})

test.each([
  ['lengths', [1, 2], [1], [1, 1]],
  ['order', [2, 1], [1, 1], [1, 1]],
  ['a level of zero', [0, 1], [1, 1], [1, 1]],
])('wrong %s: refused', (_, sigma, loss, count) => {
  expect(() => draw(sigma, loss, count)).toThrow(expect.objectContaining({ code: 'picture/shape' }))
})
