import * as f from '../engine/index.ts'

/** An array of the host with its shape. */
export interface Given {
  readonly shape: f.Shape
  readonly data: f.HostArray
}

/** What a traced function of parameters and inputs gives, by name; float64 by the interpreter unless a runtime is named. */
export async function evaluate(options: {
  readonly parameters: f.Named<f.TensorType>
  readonly values: f.Named<ArrayLike<number>>
  readonly inputs: f.Named<Given>
  readonly of: (values: f.Named<f.Tensor>, inputs: f.Named<f.Tensor>) => f.Named<f.Tensor>
  readonly runtime?: f.Runtime | undefined
}): Promise<Record<string, f.HostArray>> {
  const { parameters, values, inputs, of, runtime = f.referenceRuntime } = options
  const entries = Object.entries(inputs)
  const program = await f.compile(
    {
      name: 'evaluated',
      shared: parameters,
      inputs: Object.fromEntries(
        entries.map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]),
      ),
      step: ({ shared, inputs: traced }) => ({ outputs: of(shared, traced) }),
    },
    { runtime, loop: false },
  )
  try {
    program.setShared(values)
    return await program.run(Object.fromEntries(entries.map(([name, { data }]) => [name, data])))
  } finally {
    await program.dispose()
  }
}

/** The points of a regular grid over [−reach, reach]ᵈ, d = 1 or 2, and the volume of one cell. */
export function grid(dimension: 1 | 2, reach: number, count: number): Given & { readonly cell: number } {
  const step = (2 * reach) / count
  const at = (k: number): number => -reach + (k + 0.5) * step
  const data =
    dimension === 1
      ? Float64Array.from({ length: count }, (_, i) => at(i))
      : Float64Array.from({ length: 2 * count * count }, (_, i) =>
          at(i % 2 === 0 ? Math.floor(i / 2 / count) : (i >> 1) % count),
        )
  return { shape: [data.length / dimension, dimension], data, cell: step ** dimension }
}

/** The sum of the values e^log times the cell's volume: an integral by the midpoint rule. */
export function integral(logs: ArrayLike<number>, cell: number): number {
  let total = 0
  for (let i = 0; i < logs.length; i++) total += Math.exp(logs[i]!) * cell
  return total
}
