import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { interpret, topologicalOrder } from '../engine/index.ts'
import { hostDenoiser, normals, someValues } from '../family/family.test-helper.ts'
import { preconditioned } from '../family/index.ts'
import type { Network, NetworkSize } from './network.ts'
import { networks, usualNetwork } from './networks.ts'
import { parameterCount, startValues, weight, zeros } from './parameter.ts'
import { residualMlp } from './residual-mlp.ts'
import { transformer } from './transformer.ts'
import { uNet } from './u-net.ts'

const smallUNet = { channels: 16, levels: 2, blocks: 1, attention: 1, patch: 1 }

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

/** Each network on points that it takes, small. Sides of 5 and 6 are divided neither by patches nor by levels. */
const cases: readonly (readonly [string, Network, f.Shape, NetworkSize])[] = [
  ['rows', residualMlp, [3], { width: 32, blocks: 2, embedding: 16 }],
  ['pictures', residualMlp, [2, 5, 6], { width: 32, blocks: 2, embedding: 16 }],
  ['pictures, group norms', uNet, [2, 5, 6], { ...smallUNet, magnitude: 0 }],
  ['pictures in patches, unit lengths', uNet, [2, 7, 8], { ...smallUNet, patch: 2, magnitude: 1 }],
  ['series', uNet, [3, 11], { ...smallUNet, attention: 0, magnitude: 1 }],
  ['volumes', uNet, [1, 3, 2, 3], { ...smallUNet, magnitude: 0 }],
  ['pictures', transformer, [2, 5, 6], { patch: 2, width: 16, blocks: 2, expansion: 2 }],
  ['series', transformer, [3, 11], { patch: 4, width: 16, blocks: 1, expansion: 2 }],
]

test('every network is among the cases, and the first that takes a point is the usual one', () => {
  expect(new Set(cases.map(([, network]) => network))).toEqual(new Set(networks))
  expect(usualNetwork([7])).toBe(residualMlp)
  for (const event of [
    [2, 9],
    [1, 8, 8],
    [1, 4, 8, 8],
  ])
    expect(usualNetwork(event)).toBe(uNet)
})

describe.each(cases.map(([what, network, ...rest]) => [network.name, what, network, ...rest] as const))(
  '%s of %s',
  (_name, _what, network, event, size) => {
    const shape = { event }
    const numbers = f.sizeOf(event)
    const batchSize = 6
    const model = preconditioned({ network, shape, conditions: { label: [2] }, size, sigmaData: 1 })
    const at = {
      x: normals('x', batchSize * numbers).map((value) => 2 * value),
      sigma: Float32Array.of(0.01, 0.1, 0.5, 1, 5, 50),
      'condition/label': normals('condition', batchSize * 2),
    }

    test('is the zero function before training', async () => {
      const denoise = await hostDenoiser(model, batchSize)
      const found = await denoise(startValues(model.parameters, 1), at)
      found.forEach((value, i) => {
        const cSkip = 1 / (at.sigma[Math.floor(i / numbers)]! ** 2 + 1)
        expect(value).toBeCloseTo(cSkip * at.x[i]!, 5)
      })
      await denoise.dispose()
    })

    test('names its sizes, for any data', () => {
      const [channels, ...places] = event as [number, ...number[]]
      for (const scale of [1, 3, 20])
        for (const rows of [10, 1001, Infinity]) {
          const wide = [channels * scale, ...places.map((side) => side * scale)]
          const chosen = network.defaultSize({ event: wide, rows })
          const built = network.build({ event: wide }, chosen)
          for (const [name, value] of Object.entries(chosen))
            expect(Number.isInteger(value) && value >= (network.mayBeNone?.includes(name) ? 0 : 1)).toBe(true)
          expect(parameterCount(built.parameters)).toBeGreaterThan(0)
          const sizes = network.sizes!({ event: wide, rows })
          expect(sizes).toContainEqual(chosen)
          const counts = sizes.map((one) => parameterCount(network.build({ event: wide }, one).parameters))
          expect(counts).toEqual([...counts].sort((a, b) => a - b))
        }
    })

    test('a row depends on itself only, bit for bit', async () => {
      const denoise = await hostDenoiser(model, batchSize)
      const values = someValues(model.parameters)
      const before = await denoise(values, at)
      for (const [name, width] of [
        ['x', numbers] as const,
        ['sigma', 1] as const,
        ['condition/label', 2] as const,
      ]) {
        const changed = { ...at, [name]: at[name].map((v, k) => (Math.floor(k / width) === 2 ? v * 1.5 : v)) }
        const after = await denoise(values, changed)
        for (let row = 0; row < batchSize; row++) {
          const part = (of: f.HostArray): f.HostArray => of.subarray(row * numbers, (row + 1) * numbers)
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
      const points = { x: symbol([4, ...event]), sigma: symbol([4]) }
      const parameters = Object.fromEntries(
        Object.entries(model.parameters).map(([n, t]) => [n, symbol(t.shape)]),
      )
      expect(() => model.can.denoise(parameters, points)).toThrow()
      const without = preconditioned({ network, shape, size, sigmaData: 1 })
      const fewer = Object.fromEntries(
        Object.entries(without.parameters).map(([n, t]) => [n, symbol(t.shape)]),
      )
      expect(() => without.can.denoise(fewer, { ...points, conditions: { label: symbol([4, 2]) } })).toThrow()
    })

    test('starts with arguments of unit size at every activation, at every noise level', () => {
      const started = preconditioned({ network, shape, size, sigmaData: 1 })
      for (const sigma of [0.002, 0.3, 1, 40]) {
        const rows = 8
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
        const noised = normals('rows', rows * numbers).map((value) => value * scale)
        const x = give([rows, ...event], noised)
        const order = topologicalOrder([
          started.can.denoise(parameters, { x, sigma: give([rows], new Float64Array(rows).fill(sigma)) }),
        ])
        const values = interpret(order, given)
        const activated = order.flatMap((tensor) => (tensor.operation.name === 'silu' ? tensor.inputs : []))
        expect(activated.length).toBeGreaterThan(1)
        for (const tensor of activated) {
          const data = values[order.indexOf(tensor)]!
          const meanSquare = data.reduce((sum, value) => sum + value ** 2, 0) / data.length
          // Of noise on small pictures, the mean of four places has a quarter of it, and zeros beyond the border take some more.
          expect(meanSquare, tensor.label).toBeGreaterThan(event.length > 1 ? 0.2 / 4 : 0.3)
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
          x: { shape: [batchSize, ...event], dtype: 'float32' },
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

    test('gives other channels over the same places, or a vector', () => {
      for (const outputs of [[4, ...event.slice(1)], [5]]) {
        const built = network.build({ event, outputs, noise: false }, size)
        const values = Object.fromEntries(
          Object.entries(built.parameters).map(([name, type]) => [name, symbol(type.shape)]),
        )
        expect(built.apply(values, { x: symbol([3, ...event]) }).shape).toEqual([3, ...outputs])
      }
    })
  },
)

let symbols = 0

/** A symbol of its own name. */
function symbol(shape: f.Shape): f.Tensor {
  return f.input(`symbol ${symbols++}`, { shape, dtype: 'float32' })
}
