import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { interpret, topologicalOrder } from '../engine/index.ts'
import { hostDenoiser, normals, someValues } from '../family/family.test-helper.ts'
import { preconditioned } from '../family/index.ts'
import { networks } from './networks.ts'
import { parameterCount, startValues, weight, zeros } from './parameter.ts'

describe('first values', () => {
  const parameters = { a: weight(100, 200), b: weight(100, 200), c: weight(400, 50, 0.1), d: zeros([7]) }
  const first = startValues(parameters, 5)

  test('depend on the seed and the own name only', () => {
    const alone = startValues({ ...parameters, other: weight(3, 3) }, 5)
    for (const name of Object.keys(parameters)) expect(alone[name]).toEqual(first[name])
    expect(startValues({ a: weight(100, 200) }, 5)['a']).toEqual(first['a'])
    expect(startValues(parameters, 6)['a']).not.toEqual(first['a'])
    expect(first['b']).not.toEqual(first['a'])
  })

  test('have mean 0 and variance gain²/inputs', () => {
    for (const [name, variance] of [['a', 1 / 100] as const, ['c', 0.01 / 400] as const]) {
      const values = first[name]!
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const squares = values.reduce((sum, value) => sum + value ** 2, 0) / values.length
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / values.length))
      expect(Math.abs(squares / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / values.length))
    }
    expect(first['d']).toEqual(new Float32Array(7))
  })

  test('parameterCount counts them', () => {
    expect(parameterCount(parameters)).toBe(20_000 + 20_000 + 20_000 + 7)
  })
})

describe.each(networks.map((network) => [network.name, network] as const))('%s', (_, network) => {
  const shape = { dimension: 3 }
  const size = { width: 32, blocks: 2, embedding: 16 }
  const batchSize = 6
  const model = preconditioned({ network, shape, conditions: { label: [2] }, size, sigmaData: 1 })
  const at = {
    x: normals('x', batchSize * 3).map((value) => 2 * value),
    sigma: Float32Array.of(0.01, 0.1, 0.5, 1, 5, 50),
    'condition/label': normals('condition', batchSize * 2),
  }

  test('names its sizes, for any data', () => {
    for (const dimension of [1, 3, 4, 64, 65, 1000])
      for (const rows of [10, 1001, Infinity]) {
        const chosen = network.defaultSize({ dimension, rows })
        const built = network.build({ dimension }, chosen)
        for (const value of Object.values(chosen)) expect(Number.isInteger(value) && value > 0).toBe(true)
        expect(parameterCount(built.parameters)).toBeGreaterThan(0)
      }
  })

  test('a row depends on itself only, bit for bit', async () => {
    const denoise = await hostDenoiser(model, batchSize)
    const values = someValues(model.parameters)
    const before = await denoise(values, at)
    for (const [name, width] of [['x', 3] as const, ['sigma', 1] as const, ['condition/label', 2] as const]) {
      const changed = { ...at, [name]: at[name].map((v, k) => (Math.floor(k / width) === 2 ? v * 1.5 : v)) }
      const after = await denoise(values, changed)
      for (let row = 0; row < batchSize; row++) {
        const part = (of: f.HostArray): f.HostArray => of.subarray(row * 3, row * 3 + 3)
        if (row === 2) expect(part(after)).not.toEqual(part(before))
        else expect(part(after)).toEqual(part(before))
      }
    }
    await denoise.dispose()
  })

  test('every parameter tells: none has a gradient of zero', async () => {
    const { grads, dispose } = await gradients()
    for (const [name, gradient] of Object.entries(grads))
      expect(
        gradient.some((value) => value !== 0),
        name,
      ).toBe(true)
    await dispose()
  })

  test('asks for its condition, and takes none that it was not built for', () => {
    const points = { x: symbol([4, 3]), sigma: symbol([4]) }
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([n, t]) => [n, symbol(t.shape)]),
    )
    expect(() => model.can.denoise(parameters, points)).toThrow()
    const without = preconditioned({
      network,
      shape: { dimension: 3 },
      size,
      sigmaData: 1,
    })
    const fewer = Object.fromEntries(Object.entries(without.parameters).map(([n, t]) => [n, symbol(t.shape)]))
    expect(() => without.can.denoise(fewer, { ...points, conditions: { label: symbol([4, 2]) } })).toThrow()
  })

  test('starts with arguments of unit size at every activation, at every noise level', () => {
    const wide = { width: 128, blocks: 3, embedding: 64 }
    const dimension = 16
    const started = preconditioned({
      network,
      shape: { dimension },
      size: wide,
      sigmaData: 1,
    })
    for (const sigma of [0.002, 0.3, 1, 40]) {
      const rows = 64
      const scale = Math.hypot(1, sigma)
      const given = new Map<f.Tensor, Float64Array>()
      const give = (shape: f.Shape, data: ArrayLike<number>): f.Tensor => {
        const tensor = symbol(shape)
        given.set(tensor, Float64Array.from(data))
        return tensor
      }
      const start = startValues(started.parameters, 3)
      const parameters = Object.fromEntries(
        Object.entries(started.parameters).map(([name, { shape }]) => [name, give(shape, start[name]!)]),
      )
      const noised = normals('rows', rows * dimension).map((value) => value * scale)
      const x = give([rows, dimension], noised)
      const order = topologicalOrder([
        started.can.denoise(parameters, { x, sigma: give([rows], new Float64Array(rows).fill(sigma)) }),
      ])
      const values = interpret(order, given)
      const activated = order.flatMap((tensor) => (tensor.operation.name === 'silu' ? tensor.inputs : []))
      expect(activated.length).toBeGreaterThan(wide.blocks)
      for (const tensor of activated) {
        const data = values[order.indexOf(tensor)]!
        const meanSquare = data.reduce((sum, value) => sum + value ** 2, 0) / data.length
        expect(meanSquare, tensor.label).toBeGreaterThan(0.3)
        expect(meanSquare, tensor.label).toBeLessThan(2)
      }
    }
  })

  /** ∂ΣD²/∂parameters, by name. */
  async function gradients() {
    const names = Object.keys(model.parameters)
    const program = await f.compile({
      name: 'gradients',
      shared: model.parameters,
      inputs: {
        x: { shape: [batchSize, 3], dtype: 'float32' },
        sigma: { shape: [batchSize], dtype: 'float32' },
        'condition/label': { shape: [batchSize, 2], dtype: 'float32' },
      },
      step: ({ shared, inputs }) => {
        const points = {
          x: inputs['x']!,
          sigma: inputs['sigma']!,
          conditions: { label: inputs['condition/label']! },
        }
        const total = f.sum(f.square(model.can.denoise(shared, points)))
        const all = f.grad(
          total,
          names.map((name) => shared[name]!),
        )
        return { outputs: Object.fromEntries(names.map((name, i) => [`grad ${name}`, all[i]!])) }
      },
    })
    program.setShared(someValues(model.parameters))
    return { grads: await program.run(at), dispose: () => program.dispose() }
  }
})

let symbols = 0

/** A symbol of its own name. */
function symbol(shape: f.Shape): f.Tensor {
  return f.input(`symbol ${symbols++}`, { shape, dtype: 'float32' })
}
