import { describe, expect, it } from 'vitest'
import { grad } from './derivative/index.ts'
import { graphCost, printGraph, topologicalOrder } from './graph.ts'
import { loopModel, singleStepModel } from './onnx/model.ts'
import * as f from './ops/index.ts'
import { type Tensor, withLabel } from './tensor.ts'
import { type ProgramSpec, printProgram, traceProgram } from './traced.ts'

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const

const spec: ProgramSpec = {
  name: 'fit a line',
  state: { parameters: { w: float(3, 1), b: float(1) } },
  inputs: { x: float(8, 3), y: float(8, 1) },
  step: ({ state, inputs }) => {
    const { w, b } = state['parameters'] as { w: Tensor; b: Tensor }
    const { x, y } = inputs as { x: Tensor; y: Tensor }
    const guess = withLabel('linear', () => f.add(f.matmul(x, w), f.broadcastTo(b, [8, 1])))
    const loss = withLabel('loss', () => f.mean(f.square(f.sub(guess, y))))
    const [dw, db] = grad(loss, [w, b]) as [Tensor, Tensor]
    const next = { w: f.sub(w, f.mul(0.1, dw)), b: f.sub(b, f.mul(0.1, db)) }
    return { state: { parameters: next }, outputs: { loss } }
  },
}

it('prints a program that a person can read', () => {
  expect(printProgram(traceProgram(spec))).toMatchInlineSnapshot(`
    "%0 = input(name="parameters/w") float32[3, 1]
    %1 = input(name="x") float32[8, 3]
    %2 = matmul(%1, %0) float32[8, 1]  # linear
    %3 = input(name="parameters/b") float32[1]
    %4 = add(%2, %3) float32[8, 1]  # linear
    %5 = input(name="y") float32[8, 1]
    %6 = sub(%4, %5) float32[8, 1]  # loss
    %7 = mul(0.25, %6) float32[8, 1]
    %8 = matmul(%1, %7, transposeA=true) float32[3, 1]
    %9 = mul(0.1, %8) float32[3, 1]
    %10 = sub(%0, %9) float32[3, 1]
    %11 = sum(%7, axes=[0]) float32[1]
    %12 = mul(0.1, %11) float32[1]
    %13 = sub(%3, %12) float32[1]
    %14 = mul(%6, %6) float32[8, 1]  # loss
    %15 = sum(%14, axes=[0,1]) float32[]  # loss
    %16 = mul(%15, 0.125) float32[]  # loss
    next parameters/w: %10
    next parameters/b: %13
    loss: %16"
  `)
})

it('prints small constants by value and large ones by size', () => {
  const x = f.input('x', float(5))
  const y = f.add(f.add(x, 2), f.constant({ shape: [5], data: [1, 2, 3, 4, 5] }))
  expect(printGraph({ y })).toMatchInlineSnapshot(`
    "%0 = input(name="x") float32[5]
    %1 = add(%0, 2) float32[5]
    %2 = constant(5 values) float32[5]
    %3 = add(%1, %2) float32[5]
    y: %3"
  `)
})

describe('graphCost counts by hand:', () => {
  const x = f.input('x', float(4, 8))
  const w = f.input('w', float(8, 16))
  const b = f.input('b', float(16))

  it('a dense layer: one product, one sum; its stretched bias is free', () => {
    const y = f.add(f.matmul(x, w), f.broadcastTo(b, [4, 16]))
    const cost = graphCost([y])
    expect(cost.operations).toBe(2)
    expect(cost.byOperation).toEqual({ matmul: 1, add: 1 })
    expect(cost.flops).toBe(2 * 4 * 8 * 16 + 4 * 16)
    // x, w and b stay; the product and the sum are alive together.
    expect(cost.peakBytes).toBe(4 * (4 * 8 + 8 * 16 + 16 + 2 * 4 * 16))
  })

  it('a chain: two values are alive at a time, however long it is', () => {
    let y = x
    for (let i = 0; i < 10; i++) y = f.sin(y)
    expect(graphCost([y]).peakBytes).toBe(4 * 32 * 3)
    expect(graphCost([y]).operations).toBe(10)
  })

  it('a stretched tensor that somebody needs whole is not free', () => {
    const wide = f.broadcastTo(b, [4, 16])
    expect(graphCost([wide]).operations).toBe(1)
    expect(graphCost([f.matmul(x, w), f.concat([wide, wide], { axis: 0 })]).byOperation).toHaveProperty(
      'broadcastTo',
    )
  })

  it('booleans take a byte', () => {
    expect(graphCost([f.greater(x, f.sin(x))]).peakBytes).toBe(4 * 32 * 2 + 32)
  })
})

describe('the same function gives the same program', () => {
  /** Sums of constants written either way round: found again, they would depend on what was traced before. */
  const tricky = (flip: boolean): ProgramSpec => ({
    name: 'tricky',
    inputs: { x: float(2, 2) },
    step: ({ inputs }) => {
      const large = (seed: number) =>
        f.matmul(
          f.constant({
            shape: [2, 5000],
            data: Float64Array.from({ length: 10_000 }, (_, i) => (i * seed) % 7),
          }),
          f.broadcastTo(f.constant(1), [5000, 2]),
        )
      const sum = flip ? f.add(large(2), large(3)) : f.add(large(3), large(2))
      return { outputs: { y: f.mul(sum, inputs['x']!) } }
    },
  })

  it('bit for bit, also after other programs', () => {
    const bytes = (s: ProgramSpec): Uint8Array => singleStepModel(traceProgram(s))
    const fresh = bytes(tricky(false))
    const kept = traceProgram(tricky(true))
    expect(bytes(tricky(false))).toEqual(fresh)
    expect(singleStepModel(kept)).not.toEqual(fresh)
    const before = loopModel(traceProgram(spec))
    traceProgram({ ...spec, name: 'another' })
    expect(loopModel(traceProgram(spec))).toEqual(before)
  })
})

it('every tensor comes after its inputs and once', () => {
  const x = f.input('x', float(3))
  const y = f.mul(f.sin(x), f.add(f.sin(x), f.exp(x)))
  const order = topologicalOrder([y, y, x])
  expect(new Set(order).size).toBe(order.length)
  for (const [at, tensor] of order.entries())
    for (const input of tensor.inputs) expect(order.indexOf(input)).toBeLessThan(at)
})
