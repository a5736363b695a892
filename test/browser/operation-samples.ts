import * as f from '../../src/engine/index.ts'
import {
  compile,
  type HostArray,
  type ProgramSpec,
  type Runtime,
  sizeOf,
  type Tensor,
  type TensorType,
} from '../../src/engine/index.ts'
import type { Operation, Sample } from '../../src/engine/operation.ts'
import { operations } from '../../src/engine/ops/registry.ts'
import { intern } from '../../src/engine/tensor.ts'
import { fixedNumbers, type Quantities } from './numbers.ts'

/** Every sample of every operation, by name: `gather 1` is the second sample of gather. */
export const samples: readonly { name: string; operation: Operation; sample: Sample }[] = operations.flatMap(
  (operation) =>
    operation.samples.map((sample, i) => ({ name: `${operation.name} ${i}`, operation, sample })),
)

/** Each sample as a program of its own: what an operation gives must not depend on its neighbours. */
export async function runSamples(runtime: Runtime): Promise<Quantities> {
  const results: Quantities = {}
  for (const { name, operation, sample } of samples) {
    const program = await compile(programOf(operation, sample), { runtime })
    const { y } = await program.run(inputsOf(sample))
    results[name] = Array.from(y!)
    await program.dispose()
  }
  return { ...results, ...(await runWithNumbers(runtime)) }
}

/**
 * Operands without axes, and of the shape [1], in every place that takes them: as operands of each elementwise operation,
 * and as factor and summand of what each operation gives, where a lowering may make one operator of both.
 */
async function runWithNumbers(runtime: Runtime): Promise<Quantities> {
  const firsts = samples.filter(({ name, operation, sample }) => {
    const types = sample.inputs.map(({ shape, dtype = 'float32' }) => ({ shape, dtype }))
    const { dtype } = operation.infer(types, sample.attributes ?? {})
    return dtype === 'float32' && (name.endsWith(' 0') || operation.name === 'matmul')
  })
  const given = Object.assign(
    {},
    ...firsts.map(({ name, sample }) =>
      Object.fromEntries(Object.entries(inputsOf(sample)).map(([x, data]) => [`${name} ${x}`, data])),
    ),
  ) as Record<string, HostArray>
  const types = Object.assign(
    {},
    ...firsts.map(({ name, sample }) =>
      Object.fromEntries(
        sample.inputs.map(({ shape, dtype = 'float32' }, i) => [`${name} x${i}`, { shape, dtype }]),
      ),
    ),
  ) as Record<string, TensorType>
  const float = (shape: number[]): TensorType => ({ shape, dtype: 'float32' })
  const program = await compile(
    {
      name: 'numbers',
      inputs: { ...types, factor: float([1]), summand: float([]), nothing: float([]), wide: float([64, 64]) },
      step: ({ inputs }) => {
        const outputs: Record<string, Tensor> = {}
        // Products in tiles, which WebGPU has another kernel for than for small ones.
        const wide = inputs['wide']!
        for (const [i, number] of ['summand', 'factor'].entries()) {
          const product = f.matmul(wide, wide, { transposeB: i === 1 })
          outputs[`matmul in tiles and a ${number}`] = f.add(
            product,
            f.broadcastTo(inputs[number]!, wide.shape),
          )
        }
        for (const { name, operation, sample } of firsts) {
          const own = sample.inputs.map((_, i) => inputs[`${name} x${i}`]!)
          // Two values, since what others need, too, is not taken into one operator with the number.
          const [y, again] = [own, own.map((x) => renamed(x, inputs['nothing']!))].map((operands) =>
            intern(operation, operands, sample.attributes ?? {}),
          ) as [Tensor, Tensor]
          const like = (x: string): Tensor => f.broadcastTo(inputs[x]!, y.shape)
          outputs[`${operation.name} and a summand ${name}`] = f.add(y, like('summand'))
          outputs[`${operation.name} and a factor ${name}`] = f.mul(like('factor'), again)
          if (!operation.stretches) continue
          for (const [i, x] of own.entries())
            for (const shape of [[], [1]]) {
              const number = f.reshape(firstOf(x), shape)
              const operands = own.map((other, j) => (i === j ? f.broadcastTo(number, y.shape) : other))
              outputs[`${operation.name} of ${shape.length} axes ${name} ${i}`] = intern(
                operation,
                operands,
                {},
              )
            }
          outputs[`${operation.name} of numbers only ${name}`] = intern(
            operation,
            own.map((x) => f.reshape(firstOf(x), [])),
            {},
          )
        }
        return { outputs }
      },
    },
    { runtime },
  )
  const results = await program.run({
    ...given,
    factor: Float32Array.of(0.75),
    summand: Float32Array.of(-1.5),
    nothing: Float32Array.of(0),
    wide: fixedNumbers(64 * 64, 3),
  })
  await program.dispose()
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, Array.from(values)]))
}

/** The same numbers in another tensor, which no simplification can see through. */
function renamed(x: Tensor, nothing: Tensor): Tensor {
  return x.dtype === 'float32' ? f.add(x, f.broadcastTo(nothing, x.shape)) : x
}

/** The first element, [1]. */
function firstOf(x: Tensor): Tensor {
  return f.slice(f.reshape(x, [sizeOf(x.shape)]), { axis: 0, start: 0, end: 1 })
}

function programOf(operation: Operation, sample: Sample): ProgramSpec {
  return {
    name: operation.name,
    inputs: Object.fromEntries(
      sample.inputs.map(({ shape, dtype = 'float32' }, i) => [`x${i}`, { shape, dtype }]),
    ),
    step: ({ inputs }) => ({
      outputs: { y: intern(operation, Object.values(inputs), sample.attributes ?? {}) },
    }),
  }
}

function inputsOf(sample: Sample): Record<string, HostArray> {
  return Object.fromEntries(
    sample.inputs.map(({ shape, range = [-2, 2], dtype = 'float32', diagonal = 0 }, i) => {
      const [low, high] = range
      const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1]
      const onDiagonal = (at: number): number => Number(Math.floor(at / columns) % rows === at % columns)
      const values = fixedNumbers(sizeOf(shape), 7 + i).map(
        (u, at) => low + ((high - low) * (u + 1)) / 2 + diagonal * onDiagonal(at),
      )
      return [`x${i}`, dtype === 'float32' ? values : Int32Array.from(values, Math.round)]
    }),
  )
}
