import * as f from '../engine/index.ts'
import type { TrainableDenoiser } from '../model/index.ts'
import { denoisingLoss } from '../objective/index.ts'
import { coefficientNames } from './coefficients.ts'
import type { Optimiser } from './optimiser.ts'

/** Types of the tensors of one batch, by input name. */
export function batchInputs(model: TrainableDenoiser, batchSize: number): Record<string, f.TensorType> {
  const rows = (width: number): f.TensorType => ({ shape: [batchSize, width], dtype: 'float32' })
  const numbers: f.TensorType = { shape: [batchSize], dtype: 'float32' }
  return {
    clean: rows(model.dimension),
    noise: rows(model.dimension),
    sigma: numbers,
    weight: numbers,
    ...(model.conditionWidth > 0 ? { condition: rows(model.conditionWidth) } : {}),
  }
}

/** The loss of each row, [B], from a batch's tensors. */
export function batchLoss(
  model: TrainableDenoiser,
  parameters: f.Named<f.Tensor>,
  inputs: f.Named<f.Tensor>,
): f.Tensor {
  const condition = inputs['condition']
  return denoisingLoss(model, parameters, {
    clean: inputs['clean']!,
    noise: inputs['noise']!,
    sigma: inputs['sigma']!,
    weight: inputs['weight']!,
    ...(condition ? { condition } : {}),
  })
}

/**
 * One training step: loss, gradient, clipping by the global norm, optimiser, average of the weights.
 *
 * State: parameters, average, and the optimiser's moments, one group each. Outputs: loss of each row [B], and the
 * gradient's norm before clipping.
 */
export function trainingStep(
  model: TrainableDenoiser,
  optimiser: Optimiser,
  batchSize: number,
): f.ProgramSpec {
  const names = coefficientNames(optimiser)
  return {
    name: 'training step',
    state: {
      model: model.parameters,
      ema: model.parameters,
      ...Object.fromEntries(optimiser.moments.map((moment) => [moment, model.parameters])),
    },
    inputs: { ...batchInputs(model, batchSize), coefficients: { shape: [names.length], dtype: 'float32' } },
    step: ({ state, inputs }) => {
      const scalar = (name: string): f.Tensor => {
        const at = names.indexOf(name)
        return f.reshape(f.slice(inputs['coefficients']!, { axis: 0, start: at, end: at + 1 }), [])
      }
      const coefficients = Object.fromEntries(optimiser.coefficients.map((name) => [name, scalar(name)]))
      const parameterNames = Object.keys(model.parameters)
      const parameters = state['model']!
      const loss = batchLoss(model, parameters, inputs)
      const gradients = f.grad(
        f.mean(loss),
        parameterNames.map((name) => parameters[name]!),
      )
      const norm = f.withLabel('gradient norm', () => globalNorm(gradients))
      const scale = f.min(f.div(scalar('clipNorm'), f.max(norm, 1e-30)), 1)
      const next: Record<string, Record<string, f.Tensor>> = { model: {}, ema: {} }
      for (const moment of optimiser.moments) next[moment] = {}
      parameterNames.forEach((name, i) => {
        const gradient = f.mul(gradients[i]!, f.broadcastTo(scale, gradients[i]!.shape))
        const updated = f.withLabel(`optimiser / ${name}`, () =>
          optimiser.update({
            parameter: parameters[name]!,
            gradient,
            moments: Object.fromEntries(optimiser.moments.map((moment) => [moment, state[moment]![name]!])),
            coefficients,
          }),
        )
        next['model']![name] = updated.parameter
        for (const moment of optimiser.moments) next[moment]![name] = updated.moments[moment]!
        const average = state['ema']![name]!
        const rate = f.broadcastTo(scalar('averageRate'), average.shape)
        next['ema']![name] = f.add(average, f.mul(f.sub(updated.parameter, average), rate))
      })
      return { state: next, outputs: { loss, gradientNorm: norm } }
    },
  }
}

/** √Σ‖g‖² over all tensors. */
function globalNorm(tensors: readonly f.Tensor[]): f.Tensor {
  return f.sqrt(tensors.map((tensor) => f.sum(f.square(tensor))).reduce((total, part) => f.add(total, part)))
}
