import * as f from '../../engine/index.ts'
import { normals } from '../family.test-helper.ts'

/** A traced function of rows [B, n] → [B, m] or [B], on the host. */
export interface HostMap {
  (x: ArrayLike<number>): Promise<Float64Array>
  dispose(): Promise<void>
}

/** Compiles a function of `rows` points of `width` numbers; in float64 unless another runtime is given. */
export async function hostMap(
  parameters: f.Named<f.TensorType>,
  values: f.Named<ArrayLike<number>>,
  of: (values: f.Named<f.Tensor>, x: f.Tensor) => f.Tensor,
  {
    rows,
    width,
    runtime = f.referenceRuntime,
  }: { rows: number; width: number; runtime?: f.Runtime | undefined },
): Promise<HostMap> {
  const program = await f.compile(
    {
      name: 'map',
      shared: parameters,
      inputs: { x: { shape: [rows, width], dtype: 'float32' } },
      step: ({ shared, inputs }) => ({ outputs: { y: of(shared, inputs['x']!) } }),
    },
    { runtime },
  )
  program.setShared(values)
  const run = async (x: ArrayLike<number>): Promise<Float64Array> =>
    Float64Array.from((await program.run({ x: Float64Array.from(x) }))['y']!)
  return Object.assign(run, { dispose: () => program.dispose() })
}

/** ∂y_i/∂x_j of each row, [B, m, n], by central differences of rows [B, n]. */
export async function differences(
  map: HostMap,
  x: ArrayLike<number>,
  { rows, width, step = 1e-5 }: { rows: number; width: number; step?: number },
): Promise<Float64Array> {
  const moved = (column: number, by: number): Float64Array =>
    Float64Array.from(x, (value, at) => (at % width === column ? value + by : value))
  const columns: Float64Array[] = []
  for (let j = 0; j < width; j++) {
    const [up, down] = [await map(moved(j, step)), await map(moved(j, -step))]
    columns.push(up.map((value, at) => (value - down[at]!) / (2 * step)))
  }
  const m = columns[0]!.length / rows
  return Float64Array.from(
    { length: rows * m * width },
    (_, at) => columns[at % width]![Math.floor(at / width)]!,
  )
}

/** Values for every parameter, none of them zero; of a matrix with n rows of standard deviation size/√n. */
export function filledValues(parameters: f.Named<f.TensorType>, size = 1): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [
      name,
      normals(`filled/${name}`, f.sizeOf(shape)).map(
        (value) => (value * size) / (shape.length > 1 ? Math.sqrt(shape[0]!) : 2),
      ),
    ]),
  )
}

/** ln |det| of a matrix [d, d], by elimination with the largest pivot. */
export function logAbsDeterminant(matrix: ArrayLike<number>, d: number): number {
  const rows = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => matrix[i * d + j]!))
  let total = 0
  for (let k = 0; k < d; k++) {
    for (let i = k + 1; i < d; i++)
      if (Math.abs(rows[i]![k]!) > Math.abs(rows[k]![k]!)) [rows[i], rows[k]] = [rows[k]!, rows[i]!]
    total += Math.log(Math.abs(rows[k]![k]!))
    for (let i = k + 1; i < d; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!
      for (let j = k; j < d; j++) rows[i]![j]! -= factor * rows[k]![j]!
    }
  }
  return total
}
