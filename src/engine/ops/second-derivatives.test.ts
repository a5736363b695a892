import { describe, expect, it } from 'vitest'
import {
  expectDerivatives,
  type Given,
  generator,
  onDiagonal,
  weighted,
} from '../finite-differences.test-helper.ts'
import { sizeOf } from '../shape.ts'
import { intern } from '../tensor.ts'
import { input } from './input.ts'
import { operations } from './registry.ts'

/** Every sample with a float to differentiate by, but stopGradient's, whose derivative is not that of its value. */
const cases = operations
  .filter(({ name }) => name !== 'stopGradient')
  .flatMap((operation) =>
    operation.samples.map((sample, i) => ({ title: `${operation.name} ${i}`, operation, sample })),
  )
  .filter(({ operation, sample }) => {
    const types = sample.inputs.map(({ shape, dtype = 'float32' }) => ({ shape, dtype }))
    const { dtype } = operation.infer(types, sample.attributes ?? {})
    return dtype === 'float32' && types.some((type) => type.dtype === 'float32')
  })

describe.each(cases)('$title', ({ operation, sample }) => {
  const random = generator(7)
  const inputs = sample.inputs.map(({ shape, dtype = 'float32' }, i) => input(`x${i}`, { shape, dtype }))
  const given: Given = new Map(
    inputs.map((x, k) => {
      const { range: [low, high] = [-2, 2], diagonal = 0 } = sample.inputs[k]!
      const draw = (at: number): number => low + (high - low) * random() + diagonal * onDiagonal(x.shape, at)
      const values = Array.from({ length: sizeOf(x.shape) }, (_, at) =>
        x.dtype === 'float32' ? draw(at) : Math.round(draw(at)),
      )
      return [x, Float64Array.from(values)]
    }),
  )
  const output = intern(operation, inputs, sample.attributes ?? {})
  const wrt = inputs.filter((x) => x.dtype === 'float32')

  it('has the right first, second and third derivatives', () => {
    expect(operation.derivative).toBeDefined()
    expectDerivatives(weighted([output], random), wrt, given, { order: 3, h: 3e-4 })
  })
})
