import { expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import { startValues } from '../../nn/index.ts'
import { normals } from '../family.test-helper.ts'
import type { RowPart } from '../row-part.ts'
import { splineFlow } from '../spline-flow.ts'
import { filledValues, hostMap } from './flow.test-helper.ts'

const shares = [0.7, 0.3]
const parts: RowPart[] = [
  { kind: 'numbers', width: 1 },
  { kind: 'words', vectors: [Float64Array.of(-1), Float64Array.of(1.5)], spread: 0.25, shares },
]
const size = { layers: 2, width: 8, blocks: 1, embedding: 0, bins: 4 }
const model = splineFlow.build({ event: [2], parts, sigmaData: 1, network: 'residual-mlp', size })
const density = (values: f.Named<ArrayLike<number>>, rows: number) =>
  hostMap(model.parameters, values, (p, x) => model.can.logDensity!(p, { x }), { rows, width: 2 })

test('starts as numbers that are normal beside words as often as they are', async () => {
  const x = normals('x', 40)
  const found = await (await density(startValues(model.parameters, 1), 20))(x)
  found.forEach((value, i) => {
    const word = [-1, 1.5].reduce(
      (sum, v, k) => sum + shares[k]! * Math.exp(-((x[2 * i + 1]! - v) ** 2) / (2 * 0.25 ** 2)),
      0,
    )
    const exact = -(x[2 * i]! ** 2) / 2 - Math.log(2 * Math.PI * 0.25) + Math.log(word)
    expect(value).toBeCloseTo(exact, 9)
  })
})

test('integrates to one, whatever the parameters', async () => {
  const [reach, numbers, words] = [9, 400, 60]
  const x = Float64Array.from({ length: 2 * numbers * words }, (_, at) => {
    const [cell, cells] =
      at % 2 === 0 ? [(at >> 1) % numbers, numbers] : [Math.floor((at >> 1) / numbers), words]
    return (2 * reach * (cell + 0.5)) / cells - reach
  })
  const found = await (await density(filledValues(model.parameters, 0.6), numbers * words))(x)
  const cell = (2 * reach) ** 2 / (numbers * words)
  expect(found.reduce((sum, value) => sum + Math.exp(value) * cell, 0)).toBeCloseTo(1, 3)
})

test('generates words by their chances, each about its point', async () => {
  const rows = 20_000
  const uniform = new RandomStream({ seed: 2, name: 'words' }).uniform({ first: 0, count: rows, width: 1 })
  const program = await f.compile({
    name: 'generate',
    shared: model.parameters,
    inputs: { z: { shape: [rows, 2], dtype: 'float32' }, word: { shape: [rows, 1], dtype: 'float32' } },
    step: ({ shared, inputs }) => ({ outputs: { x: model.can.generate!(shared, inputs) } }),
  })
  program.setShared(startValues(model.parameters, 1))
  const x = (await program.run({ z: normals('z', 2 * rows), word: uniform }))['x']!
  await program.dispose()
  const words = Array.from({ length: rows }, (_, i) => x[2 * i + 1]!)
  const first = words.filter((value) => value < 0.25)
  // Four standard errors: 4 √(0.7 · 0.3/20,000) = 0.013, and 4 · 0.25/√14,000 = 0.0085.
  expect(Math.abs(first.length / rows - 0.7)).toBeLessThan(0.013)
  const mean = first.reduce((sum, value) => sum + value / first.length, 0)
  expect(Math.abs(mean + 1)).toBeLessThan(0.0085)
})
