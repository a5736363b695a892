import { broadcastTo, type ProgramSpec, type TensorType } from '../engine/index.ts'
import { asInputs, conditionTypes, type DenoiserModel, fromInputs } from '../family/index.ts'

export const float32 = (shape: readonly number[]): TensorType => ({ shape, dtype: 'float32' })

/**
 * D(x̄; σ) for `rows` rows at once. levels: whether each row has a noise level of its own, or one number, σ: [], serves all: what a network
 * makes of the level alone is then worked out once.
 */
export function denoiserSpec(model: DenoiserModel, rows: number, levels: 'each' | 'common'): ProgramSpec {
  return {
    name: 'denoiser',
    inputs: {
      x: float32([rows, model.dimension]),
      sigma: float32(levels === 'each' ? [rows] : []),
      ...asInputs(conditionTypes(model.conditions, rows)),
    },
    shared: model.parameters,
    step: ({ inputs, shared }) => ({
      outputs: {
        denoised: model.denoise(shared, {
          x: inputs['x']!,
          sigma: broadcastTo(inputs['sigma']!, [rows]),
          conditions: fromInputs(inputs, model.conditions),
        }),
      },
    }),
  }
}
