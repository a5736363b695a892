import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import type * as f from '../engine/index.ts'
import { startValues } from '../nn/index.ts'
import { autoregressive, autoregressiveModel } from './autoregressive.ts'
import { evaluate, grid, integral } from './evaluate.test-helper.ts'
import { normals, someValues } from './family.test-helper.ts'

const small = { components: 3, width: 12, layers: 2 }

/** Values of which none is zero; the direct ones so small that the deviations do not grow without bound within the grid. */
function lively(parameters: f.Named<f.TensorType>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(someValues(parameters)).map(([name, values]) => [
      name,
      values.map((value) => value * (name === 'direct.weight' ? 0.1 : 1)),
    ]),
  )
}

test.each([
  { columns: 1, sigmaData: 0.5, reach: 8, count: 4000 },
  { columns: 2, sigmaData: 3, reach: 50, count: 250 },
] as const)('the density integrates to one: $columns columns, σ_d = $sigmaData', async (given) => {
  const model = autoregressiveModel({ ...small, columns: given.columns, sigmaData: given.sigmaData })
  const points = grid(given.columns, given.reach, given.count)
  const { log } = await evaluate({
    parameters: model.parameters,
    values: lively(model.parameters),
    inputs: { x: points },
    of: (values, { x }) => ({ log: model.can.logDensity(values, { x: x! }) }),
  })
  expect(integral(log!, points.cell)).toBeCloseTo(1, 4)
})

test('of one component it is the normal that the formula says', async () => {
  const model = autoregressiveModel({ columns: 1, components: 1, width: 4, layers: 1, sigmaData: 2 })
  const { log } = await evaluate({
    parameters: model.parameters,
    values: { 'out.bias': [7, 0.25, Math.log(0.5 - 1e-3)] }, // logit, mean and ln(deviation − floor) in units of σ_d
    inputs: { x: { shape: [3, 1], data: Float64Array.of(0.5, -1, 4) } },
    of: (values, { x }) => ({ log: model.can.logDensity(values, { x: x! }) }),
  })
  ;[0.5, -1, 4].forEach((x, row) => {
    // N(x; 0.5, 1²)
    expect(log![row]).toBeCloseTo(-0.5 * (x - 0.5) ** 2 - 0.5 * Math.log(2 * Math.PI), 10)
  })
})

test('at first, rows have about the mean 0 and the deviation σ_d', async () => {
  const model = autoregressiveModel({ ...small, columns: 3, components: 8, sigmaData: 20 })
  const made = await draws(model, startValues(model.parameters, 1), 4000)
  const size = Math.sqrt(Array.from(made).reduce((sum, value) => sum + value ** 2, 0) / made.length)
  expect(size).toBeGreaterThan(18)
  expect(size).toBeLessThan(22)
})

/** Rows that the model makes, [count, d]. */
async function draws(
  model: ReturnType<typeof autoregressiveModel>,
  values: f.Named<ArrayLike<number>>,
  count: number,
): Promise<f.HostArray> {
  const [columns] = model.event as [number]
  const range = { first: 0, count, width: columns }
  const shape = [count, columns]
  const choice = Float64Array.from(new RandomStream({ seed: 2, name: 'choice' }).uniform(range))
  const noise = Float64Array.from(new RandomStream({ seed: 2, name: 'noise' }).normal(range))
  const { made } = await evaluate({
    parameters: model.parameters,
    values,
    inputs: { choice: { shape, data: choice }, noise: { shape, data: noise } },
    of: (p, given) => ({ made: model.can.generate(p, given) }),
  })
  return made!
}

describe.each([{ order: [0, 1] as const }, { order: [1, 0] as const }])(
  'rows made in the order $order',
  ({ order }) => {
    const model = autoregressiveModel({ ...small, columns: 2, order, sigmaData: 1.5 })
    const values = lively(model.parameters)

    test('follow the density: χ² over the cells of a grid', async () => {
      const count = 20_000
      const made = await draws(model, values, count)
      const [reach, cells, inner] = [6, 10, 20]
      const points = grid(2, reach, cells * inner)
      const { log } = await evaluate({
        parameters: model.parameters,
        values,
        inputs: { x: points },
        of: (p, { x }) => ({ log: model.can.logDensity(p, { x: x! }) }),
      })
      const cellOf = (a: number, b: number): number => {
        const place = (value: number): number => Math.floor(((value + reach) / (2 * reach)) * cells)
        const [i, j] = [place(a), place(b)]
        return i >= 0 && i < cells && j >= 0 && j < cells ? i * cells + j : cells * cells
      }
      const expected = new Float64Array(cells * cells + 1)
      log!.forEach((value, i) => {
        expected[cellOf(points.data[2 * i]!, points.data[2 * i + 1]!)]! +=
          count * Math.exp(value) * points.cell
      })
      expected[cells * cells] = Math.max(0, count - expected.reduce((sum, value) => sum + value, 0))
      const found = new Float64Array(expected.length)
      for (let row = 0; row < count; row++) found[cellOf(made[2 * row]!, made[2 * row + 1]!)]!++
      let [squares, bins] = [0, 0]
      expected.forEach((value, cell) => {
        if (value < 8) return
        squares += (found[cell]! - value) ** 2 / value
        bins++
      })
      expect(bins).toBeGreaterThan(20)
      // χ² of `bins` bins has the mean `bins` and the deviation √(2 bins).
      expect(squares).toBeLessThan(bins + 4 * Math.sqrt(2 * bins))
    })

    test('the score is the gradient of the log-density', async () => {
      const data = Float64Array.from(normals('points', 12), (value) => 2 * value)
      const step = 1e-5
      const at = async (x: Float64Array): Promise<Record<string, f.HostArray>> =>
        evaluate({
          parameters: model.parameters,
          values,
          inputs: { x: { shape: [6, 2], data: x } },
          of: (p, given) => ({
            log: model.can.logDensity(p, { x: given['x']! }),
            score: model.can.score!(p, { x: given['x']! }),
          }),
        })
      const { score } = await at(data)
      for (const k of [0, 1]) {
        const [up, down] = await Promise.all(
          [step, -step].map((move) => at(data.map((value, i) => (i % 2 === k ? value + move : value)))),
        )
        for (let row = 0; row < 6; row++)
          expect(score![2 * row + k]).toBeCloseTo((up!['log']![row]! - down!['log']![row]!) / (2 * step), 5)
      }
    })
  },
)

test('the order decides which column depends on which', async () => {
  // Draw k moves the k-th column in the order and those after it, not those before.
  const changes = async (order: readonly number[], draw: number): Promise<readonly boolean[]> => {
    const model = autoregressiveModel({ ...small, columns: 3, order, sigmaData: 1 })
    const noise = Float64Array.from({ length: 6 }, (_, i) => (i === 3 + draw ? 0.9 : 0.1 * (i % 3)))
    const { made } = await evaluate({
      parameters: model.parameters,
      values: lively(model.parameters),
      inputs: {
        choice: { shape: [2, 3], data: new Float64Array(6).fill(0.4) },
        noise: { shape: [2, 3], data: noise },
      },
      of: (p, given) => ({ made: model.can.generate(p, given) }),
    })
    return [0, 1, 2].map((column) => made![column] !== made![3 + column])
  }
  expect(await changes([2, 0, 1], 0)).toEqual([true, true, true])
  expect(await changes([2, 0, 1], 1)).toEqual([true, true, false])
  expect(await changes([2, 0, 1], 2)).toEqual([false, true, false])
})

test('an order that does not name every column is refused, and says which', () => {
  const build = (order: readonly number[]): unknown =>
    autoregressiveModel({ ...small, columns: 3, order, sigmaData: 1 })
  expect(() => build([0, 2])).toThrow('does not name 1')
  expect(() => build([0, 1, 3])).toThrow('no column 3')
  expect(() => build([0, 1, 1])).toThrow('names 1 twice')
})

test.each([1, 2, 3, 7])('the size order = %i gives a model of all columns', (order) => {
  const model = autoregressive.build({
    event: [6],
    parts: [{ kind: 'numbers', width: 6 }],
    sigmaData: 1,
    network: 'residual-mlp',
    size: { ...autoregressive.defaultSize({ event: [6], rows: 100, network: 'residual-mlp' }), order },
  })
  expect(model.event).toEqual([6])
})
