import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { asInputs, conditionTypes, fromInputs } from './conditions.ts'
import { asDenoiser, type DenoiserModel } from './denoiser.ts'
import type { Model } from './model.ts'

/** D(x; σ) as a function on the host. */
export interface HostDenoiser {
  (values: f.Named<ArrayLike<number>>, at: Record<string, f.HostArray>): Promise<f.HostArray>
  dispose(): Promise<void>
}

/** Compiles a denoiser for batches of `batchSize` rows. */
export async function hostDenoiser(
  given: DenoiserModel | Model<'denoise'>,
  batchSize: number,
  runtime?: f.Runtime | undefined,
): Promise<HostDenoiser> {
  const model = 'can' in given ? asDenoiser(given) : given
  const rows = (width: number): f.TensorType => ({ shape: [batchSize, width], dtype: 'float32' })
  const program = await f.compile(
    {
      name: 'denoiser',
      shared: model.parameters,
      inputs: {
        x: rows(model.dimension),
        sigma: { shape: [batchSize], dtype: 'float32' },
        ...asInputs(conditionTypes(model.conditions, batchSize)),
      },
      step: ({ shared, inputs }) => {
        const conditions = fromInputs(inputs, model.conditions)
        const at = { x: inputs['x']!, sigma: inputs['sigma']!, conditions }
        return { outputs: { denoised: model.denoise(shared, at) } }
      },
    },
    runtime ? { runtime } : {},
  )
  const denoise = async (
    values: f.Named<ArrayLike<number>>,
    at: Record<string, f.HostArray>,
  ): Promise<f.HostArray> => {
    program.setShared(values)
    return (await program.run(at))['denoised']!
  }
  return Object.assign(denoise, { dispose: () => program.dispose() })
}

/** Standard normal numbers, a function of the name. */
export function normals(name: string, count: number): Float32Array {
  return new RandomStream({ seed: 1, name }).normal({ first: 0, count: 1, width: count })
}

/** Values for every parameter, none of them zero, of about the size of trained ones. */
export function someValues(parameters: f.Named<f.TensorType>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => {
      const size = 1 / Math.sqrt(shape[0]!)
      return [name, normals(`some/${name}`, f.sizeOf(shape)).map((value) => value * size)]
    }),
  )
}
