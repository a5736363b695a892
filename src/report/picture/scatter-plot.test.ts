import { beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { scatterPlot, scatterRows } from './scatter-plot.ts'

let document: Document
beforeAll(async () => {
  document = await nodeDocument()
})

function parse(svg: string): Document {
  const parser = new document.defaultView!.DOMParser()
  return parser.parseFromString(svg, 'image/svg+xml')
}

function panels(svg: string): Element[] {
  return Array.from(parse(svg).querySelectorAll('g.panel'))
}

function positions(panel: Element): [number, number][] {
  return Array.from(panel.querySelectorAll('circle'), (circle) => [
    Number(circle.getAttribute('cx')),
    Number(circle.getAttribute('cy')),
  ])
}

const corners = Float64Array.of(0, 0, 4, 0, 0, 2, 4, 2)

test('two panels, on the same axes: equal points are at equal places, one mark each', () => {
  const [data, samples, ...more] = panels(scatterPlot({ document, data: corners, samples: corners }))
  expect(more).toEqual([])
  expect(positions(data!)).toHaveLength(4)
  expect(positions(samples!)).toEqual(positions(data!))
})

test('x grows to the right, y upwards, and a unit is equally long on both', () => {
  const [panel] = panels(scatterPlot({ document, data: corners, samples: corners }))
  const [origin, right, up] = positions(panel!)
  const acrossFour = right![0] - origin![0]
  const upTwo = origin![1] - up![1]
  expect(acrossFour).toBeGreaterThan(0)
  expect(upTwo / acrossFour).toBeCloseTo(0.5, 2)
})

test('many points are thinned evenly and strays left out, and the caption tells the numbers', () => {
  const data = Float64Array.from({ length: 2 * 5000 }, (_, index) => (index * 0.618034) % 1)
  const samples = Float64Array.from([...data.subarray(0, 3000), 1e6, 0, Number.NaN, 0])
  const svg = scatterPlot({ document, data, samples })
  expect(panels(svg).map((panel) => positions(panel).length)).toEqual([scatterRows, 1500])
  const text = parse(svg).documentElement.textContent
  for (const part of ['2,000 of 5,000 data points', '1 of 1,502 samples. Not finite: 1 of 1,502 samples']) {
    expect(text?.replace(/\s+/g, ' ')).toContain(part)
  }
})

const xs = [-2, -1, 0, 1, 2]
const points = xs.flatMap((y) => xs.map((x) => [x, y] as const))
const field = {
  xs,
  ys: xs,
  logDensity: points.map(([x, y]) => -((x - 1) ** 2 + (y - 2) ** 2)),
  score: points.flatMap(([x, y]) => [-2 * (x - 1), -2 * (y - 2)]),
}

test('a field adds one panel: level sets about the mode, and an arrow wherever the score is not zero', () => {
  const [, , model, ...more] = panels(scatterPlot({ document, data: corners, samples: corners, field }))
  expect(more).toEqual([])
  const arrows = Array.from(model!.querySelectorAll('[aria-label="vector"] path'))
  expect(arrows).toHaveLength(24) // 25 grid points, less the mode
  // The panel is 270 wide for 5 cells, inside a margin of 80: the mode, (1, 2), is in the fourth column, top row.
  const [modeX, modeY] = [80 + 270 * (3.5 / 5), 80 + 270 * (0.5 / 5)]
  for (const arrow of arrows) {
    const [, x, y, angle] = /translate\(([^,]+),([^)]+)\) rotate\(([^)]+)\)/
      .exec(arrow.getAttribute('transform')!)!
      .map(Number)
    const towardsMode = [modeX - x!, modeY - y!] as const
    const radians = (angle! * Math.PI) / 180 // clockwise from upwards
    const cosine =
      (Math.sin(radians) * towardsMode[0] - Math.cos(radians) * towardsMode[1]) / Math.hypot(...towardsMode)
    expect(cosine).toBeCloseTo(1, 3)
  }
  const innermost = Array.from(model!.querySelectorAll('[aria-label="contour"] path')).at(-1)!
  const numbers = innermost
    .getAttribute('d')!
    .match(/[\d.]+/g)!
    .map(Number)
  const across = numbers.filter((_, index) => index % 2 === 0)
  const down = numbers.filter((_, index) => index % 2 === 1)
  expect(Math.min(...across)).toBeLessThan(modeX)
  expect(Math.max(...across)).toBeGreaterThan(modeX)
  expect(Math.max(...across) - Math.min(...across)).toBeLessThan(54)
  expect(Math.min(...down)).toBeLessThan(modeY)
  expect(Math.max(...down)).toBeGreaterThan(modeY)
})

test('a density may be zero in places, and known up to a constant only', () => {
  const shifted = { ...field, logDensity: field.logDensity.map((value) => value + 900) }
  const draw = (given: typeof field) =>
    scatterPlot({ document, data: corners, samples: corners, field: given })
  expect(draw(shifted)).toBe(draw(field))
  const holes = {
    ...field,
    logDensity: field.logDensity.map((value) => (value < -9 ? Number.NEGATIVE_INFINITY : value)),
  }
  expect(draw(holes)).not.toMatch(/NaN/)
})

test.each([
  ['picture/shape', { xs, ys: xs }],
  ['picture/shape', { xs, ys: xs, logDensity: [1] }],
  ['picture/shape', { xs, ys: xs, score: [1] }],
  ['picture/uneven-grid', { xs: [0, 1, 3], ys: [0, 1], logDensity: [1, 2, 3, 4, 5, 6] }],
  ['picture/uneven-grid', { xs: [1, 0], ys: [0, 1], logDensity: [1, 2, 3, 4] }],
  ['picture/uneven-grid', { xs: [1], ys: [0, 1], logDensity: [1, 2] }],
])('%s', (code, wrong) => {
  expect(() => scatterPlot({ document, data: corners, samples: corners, field: wrong })).toThrow(
    expect.objectContaining({ code }),
  )
})

test('an odd number of coordinates is refused by name', () => {
  expect(() => scatterPlot({ document, data: new Float64Array(3), samples: corners })).toThrow(
    expect.objectContaining({ code: 'picture/shape', where: 'data' }),
  )
})
