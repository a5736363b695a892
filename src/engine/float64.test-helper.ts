import { expect } from 'vitest'
import { grad } from './derivative/index.ts'
import { generator } from './finite-differences.test-helper.ts'
import { add } from './ops/index.ts'
import { compile } from './program.ts'
import { nodeCpu } from './runtime/node.ts'
import { referenceRuntime } from './runtime/reference.ts'
import type { HostArray, Runtime } from './runtime/runtime.ts'
import type { Tensor, TensorType } from './tensor.ts'
import type { Named } from './traced.ts'

/** A scalar function of parameters and data, such as the loss of a batch. */
export interface ScalarFunction {
  readonly parameters: Named<TensorType>
  readonly inputs?: Named<TensorType>
  readonly value: (given: { parameters: Named<Tensor>; inputs: Named<Tensor> }) => Tensor
}

/** Where to evaluate it. */
export interface Point {
  readonly parameters: Named<ArrayLike<number>>
  readonly inputs?: Named<HostArray>
}

export interface ValueAndGradient {
  readonly value: number
  /** By parameter. */
  readonly gradient: Readonly<Record<string, Float64Array>>
}

/** The function's value and its gradient by every parameter: in float64, by the reference, unless told otherwise. */
export async function valueAndGradient(
  of: ScalarFunction,
  at: Point,
  runtime: Runtime = referenceRuntime,
): Promise<ValueAndGradient> {
  const names = Object.keys(of.parameters)
  const program = await compile(
    {
      name: 'value and gradient',
      shared: of.parameters,
      inputs: of.inputs ?? {},
      step: ({ shared, inputs }) => {
        const value = of.value({ parameters: shared, inputs })
        const gradients = grad(
          value,
          names.map((name) => shared[name]!),
        )
        const parts = names.map((name, i) => [`d ${name}`, add(gradients[i]!, 0)] as const)
        return { outputs: { value, ...Object.fromEntries(parts) } }
      },
    },
    { runtime },
  )
  program.setShared(at.parameters)
  const { value, ...parts } = await program.run(at.inputs)
  await program.dispose()
  return {
    value: value![0]!,
    gradient: Object.fromEntries(names.map((name) => [name, Float64Array.from(parts[`d ${name}`]!)])),
  }
}

/**
 * Holds the float64 gradient against finite differences of the float64 value, and ONNX Runtime's value and gradient in
 * float32 against both. Errors are told relative to the value and to the gradient's length.
 *
 * A direction drawn at random, and five points along it: they err by h⁴ and by round-off over h.
 */
export async function expectExactGradient(
  of: ScalarFunction,
  at: Point,
  options: { readonly float32?: number; readonly float64?: number; readonly seed?: number } = {},
): Promise<ValueAndGradient> {
  const { float32 = 2e-5, float64 = 1e-10 } = options
  const exact = await valueAndGradient(of, at)
  const flat = ({ gradient }: ValueAndGradient): number[] =>
    Object.values(gradient).flatMap((values) => Array.from(values))
  const slopes = flat(exact)
  const length = Math.hypot(...slopes)
  expect(length, 'length of the gradient').toBeGreaterThan(0)

  const random = generator(options.seed ?? 3)
  const direction = slopes.map(() => 2 * random() - 1)
  const h = 1e-4
  const moved = async (steps: number): Promise<number> => {
    let next = 0
    const entries = Object.entries(at.parameters).map(([name, values]) => [
      name,
      Array.from(values, (value) => value + steps * h * direction[next++]!),
    ])
    return (await valueAndGradient(of, { ...at, parameters: Object.fromEntries(entries) })).value
  }
  const measured =
    (8 * ((await moved(1)) - (await moved(-1))) - ((await moved(2)) - (await moved(-2)))) / (12 * h)
  const told = slopes.reduce((sum, slope, i) => sum + slope * direction[i]!, 0)
  const size = length * Math.hypot(...direction) + Math.abs(exact.value)
  expect(Math.abs(told - measured) / size, `slope ${told} against ${measured}`).toBeLessThan(float64)

  const fast = await valueAndGradient(of, at, nodeCpu({ threads: 1 }))
  const scale = Math.max(Math.abs(exact.value), length)
  expect(Math.abs(fast.value - exact.value) / scale, 'value in float32').toBeLessThan(float32)
  const off = Math.hypot(...flat(fast).map((slope, i) => slope - slopes[i]!))
  expect(off / length, 'gradient in float32').toBeLessThan(float32)
  return exact
}
