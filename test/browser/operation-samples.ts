import { compile, type HostArray, type ProgramSpec, type Runtime, sizeOf } from '../../src/engine/index.ts'
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
  return results
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
