import { RandomStream } from '../base/index.ts'

/** Which rows of the endless sample of a seed: first … first + count − 1; first is 0 unless given. */
export interface SampleRange {
  readonly seed: number
  readonly first?: number
  readonly count: number
}

/**
 * A distribution as a function of random numbers: `uniforms` in [0, 1) and `normals` from N(0, 1) make one
 * row.
 * As a row has its own numbers and no others, it cannot depend on its neighbours or on the batch.
 */
export interface RowSampler {
  readonly uniforms: number
  readonly normals: number
  /** Writes one row to out[at … at + d). The random numbers may be longer than asked for. */
  place(uniform: Float64Array, normal: Float64Array, out: Float64Array, at: number): void
}

/** Draws rows of a sampler, [count, d]; the normals are drawn in float32, the uniforms in float64. */
export function sampleRows(
  source: { readonly name: string; readonly dimension: number; readonly sampler: RowSampler },
  { seed, first = 0, count }: SampleRange,
): Float64Array {
  const { dimension, sampler } = source
  const { uniforms, normals } = sampler
  const stream = (kind: string): RandomStream =>
    new RandomStream({ seed, name: `density/${source.name}/${kind}` })
  const uniform =
    uniforms > 0 ? stream('uniform').uniform64({ first, count, width: uniforms }) : new Float64Array()
  const normal = normals > 0 ? stream('normal').normal({ first, count, width: normals }) : new Float32Array()
  const rowUniform = new Float64Array(uniforms)
  const rowNormal = new Float64Array(normals)
  const out = new Float64Array(count * dimension)
  for (let row = 0; row < count; row++) {
    rowUniform.set(uniform.subarray(row * uniforms, (row + 1) * uniforms))
    rowNormal.set(normal.subarray(row * normals, (row + 1) * normals))
    sampler.place(rowUniform, rowNormal, out, row * dimension)
  }
  return out
}
