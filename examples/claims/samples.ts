import type { RowModel } from 'scorefield'
import * as f from 'scorefield/engine'
import { metrics, rowsOf } from 'scorefield/evaluation'

/** The energy distance of two samples, [n, d] each, with its standard error; 0 in the mean where they are of one distribution. */
export function energyDistance(
  candidate: Float32Array | Float64Array,
  reference: Float32Array | Float64Array,
  dimension: number,
): { readonly mean: number; readonly error: number } {
  const metric = metrics.find(({ name }) => name === 'energy-distance')!
  const [a, b] = [candidate, reference].map((values) => rowsOf({ values, dimension }))
  const columns = Array.from({ length: dimension }, (_, k) => `x${k}`)
  const { value, low, high } = metric.measure({ candidate: a!, reference: b!, columns, seed: 0 })[0]!
  // A 95 % interval is some two standard errors to each side.
  return { mean: value, error: (high - low) / 4 }
}

/** E(x) = −log p(x) up to a constant of each row, of a model of one level with an energy. x: [n, d]. */
export async function energiesOf(model: RowModel, x: Float32Array): Promise<Float64Array> {
  const { model: form, values } = model.fitted
  const program = await f.compile({
    name: 'energies',
    shared: form.parameters,
    inputs: { x: { shape: [x.length / model.dimension, model.dimension], dtype: 'float32' } },
    step: ({ inputs, shared }) => ({ outputs: { energy: form.can.energy!(shared, { x: inputs['x']! }) } }),
  })
  program.setShared(values)
  const { energy } = await program.run({ x })
  await program.dispose()
  return Float64Array.from(energy!)
}
