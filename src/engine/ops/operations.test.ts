import { describe, expect, it } from 'vitest'
import { partials, vjp } from '../derivative/vjp.ts'
import { onDiagonal } from '../finite-differences.test-helper.ts'
import { interpret } from '../interpret.ts'
import type { Operation, Sample } from '../operation.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import { sizeOf } from '../shape.ts'
import { intern, type Tensor, type TensorType } from '../tensor.ts'
import * as f from './index.ts'
import { input } from './input.ts'
import { operations } from './registry.ts'

/** A small fixed generator, independent of the engine's own streams. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function sampleValues(sample: Sample, seed: number): Float64Array[] {
  const random = generator(seed)
  for (let i = 0; i < 10; i++) random()
  return sample.inputs.map(({ shape, range = [-2, 2], dtype = 'float32', diagonal = 0 }) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, at) => {
      const value = range[0] + (range[1] - range[0]) * random() + diagonal * onDiagonal(shape, at)
      return dtype === 'float32' ? Math.fround(value) : Math.round(value)
    }),
  )
}

function symbols(sample: Sample): Tensor[] {
  return sample.inputs.map(({ shape, dtype = 'float32' }, i) => input(`x${i}`, { shape, dtype }))
}

function typeOf({ shape, dtype }: Tensor): TensorType {
  return { shape, dtype }
}

const cases = operations.flatMap((operation) =>
  operation.samples.map((sample, i) => ({ title: `${operation.name} ${i}`, operation, sample })),
)

it('covers every operation but the leaves with samples', () => {
  const bare = operations.filter((operation) => operation.samples.length === 0).map(({ name }) => name)
  expect(bare.sort()).toEqual(['constant', 'input'])
})

it('names every operation once', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length)
})

describe.each(cases)('$title', ({ operation, sample }: { operation: Operation; sample: Sample }) => {
  const inputs = symbols(sample)
  const output = intern(operation, inputs, sample.attributes ?? {})
  const values = sampleValues(sample, 7)
  const given = new Map(inputs.map((x, i) => [x, values[i]!]))

  it('has the inferred shape', () => {
    const [data] = interpret([output], given)
    expect(data!.length).toBe(sizeOf(output.shape))
  })

  it('agrees with ONNX Runtime', async () => {
    const program = await compile(
      {
        name: operation.name,
        inputs: Object.fromEntries(inputs.map((x, i) => [`x${i}`, x])),
        step: ({ inputs: x }) => ({
          outputs: { y: intern(operation, Object.values(x), sample.attributes ?? {}) },
        }),
      },
      { runtime: nodeCpu({ threads: 1 }) },
    )
    const { y } = await program.run(Object.fromEntries(values.map((data, i) => [`x${i}`, data])))
    const [expected] = interpret([output], given)
    expect(y!.length).toBe(expected!.length)
    for (const [i, value] of expected!.entries())
      expect(Math.abs(y![i]! - value), `element ${i}: ${y![i]} against ${value}`).toBeLessThanOrEqual(
        3e-6 * Math.max(1, Math.abs(value)),
      )
    await program.dispose()
  })

  it('sends one cotangent to each input, of its type: none to what is no float, none from what is no float', () => {
    const cotangent = input('g', { shape: output.shape, dtype: 'float32' })
    const sent = operation.derivative?.({
      ...{ f, inputs, attributes: output.attributes, output, cotangent, partials },
    })
    if (!sent) return
    const floats = inputs.map((x) => output.dtype === 'float32' && x.dtype === 'float32')
    expect(sent.length).toBe(inputs.length)
    for (const [i, part] of sent.entries()) {
      if (!floats[i]) expect(part).toBeNull()
      if (part) expect(typeOf(part)).toEqual(typeOf(inputs[i]!))
    }
  })

  it('has the derivative that finite differences of the reference give', () => {
    if (output.dtype !== 'float32') return
    const random = generator(11)
    const cotangent = input('g', output)
    const weights = Float64Array.from({ length: sizeOf(output.shape) }, () => random() - 0.5)
    const wrt = inputs.filter((x) => x.dtype === 'float32')
    const gradients = operation.derivative
      ? interpret(vjp([output], wrt, [cotangent]), new Map([...given, [cotangent, weights]]))
      : wrt.map((x) => new Float64Array(sizeOf(x.shape)))
    const objective = (at: ReadonlyMap<Tensor, Float64Array>): number =>
      interpret([output], at)[0]!.reduce((total, value, i) => total + value * weights[i]!, 0)
    const h = 1e-5
    for (const [k, x] of wrt.entries()) {
      const base = given.get(x)!
      for (let i = 0; i < base.length; i++) {
        const shifted = (by: number): number =>
          objective(new Map([...given, [x, base.map((value, j) => (j === i ? value + by : value))]]))
        const slope = (shifted(h) - shifted(-h)) / (2 * h)
        // Central differences err by h² and by round-off / h: both are far below this bound.
        if (operation.name === 'stopGradient') expect(gradients[k]![i]).toBe(0)
        else expect(gradients[k]![i]).toBeCloseTo(slope, 6)
      }
    }
  })
})
