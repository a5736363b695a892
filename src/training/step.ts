import * as f from '../engine/index.ts'
import type { TrainableDenoiser } from '../family/index.ts'
import { denoisingLoss } from '../objective/index.ts'
import { coefficientNames } from './coefficients.ts'
import type { Optimiser, OptimiserOptions } from './optimiser.ts'
import { Packing, packNames } from './packing.ts'

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
 * State: parameters, average, and the optimiser's moments, one group each, all packed (`Packing`). Outputs: loss of
 * each row [B], and the gradient's norm before clipping.
 */
export function trainingStep(options: {
  readonly model: TrainableDenoiser
  readonly optimiser: Optimiser
  readonly optimiserOptions: OptimiserOptions
  readonly batchSize: number
}): f.ProgramSpec {
  const { model, optimiser, optimiserOptions, batchSize } = options
  const names = coefficientNames(optimiser)
  const packing = new Packing(model.parameters)
  return {
    name: 'training step',
    state: {
      model: packing.types,
      ema: packing.types,
      ...Object.fromEntries(optimiser.moments.map((moment) => [moment, packing.types])),
    },
    inputs: { ...batchInputs(model, batchSize), coefficients: { shape: [names.length], dtype: 'float32' } },
    step: ({ state, inputs }) => {
      const scalar = (name: string): f.Tensor => {
        const at = names.indexOf(name)
        return f.reshape(f.slice(inputs['coefficients']!, { axis: 0, start: at, end: at + 1 }), [])
      }
      const coefficients = Object.fromEntries(optimiser.coefficients.map((name) => [name, scalar(name)]))
      const parameters = packing.open(state['model']!)
      const loss = batchLoss(model, parameters, inputs)
      const wrt = Object.keys(parameters)
      const gradients = f.grad(
        f.mean(loss),
        wrt.map((name) => parameters[name]!),
      )
      const gradient = packing.close(Object.fromEntries(wrt.map((name, i) => [name, gradients[i]!])))
      const norm = f.withLabel('gradient norm', () => globalNorm(Object.values(gradient)))
      const scale = f.min(f.div(scalar('clipNorm'), f.max(norm, 1e-30)), 1)
      const next: Record<string, Record<string, f.Tensor>> = { model: {}, ema: {} }
      for (const moment of optimiser.moments) next[moment] = {}
      for (const pack of packNames) {
        const like = (value: f.Tensor): f.Tensor => f.broadcastTo(value, gradient[pack].shape)
        const { parameter, moments } = f.withLabel(`optimiser / ${pack}`, () =>
          optimiser.update({
            parameter: state['model']![pack]!,
            gradient: f.mul(gradient[pack], like(scale)),
            moments: Object.fromEntries(optimiser.moments.map((moment) => [moment, state[moment]![pack]!])),
            coefficients,
            decays: pack === 'matrices',
            options: optimiserOptions,
          }),
        )
        next['model']![pack] = parameter
        for (const moment of optimiser.moments) next[moment]![pack] = moments[moment]!
        const average = state['ema']![pack]!
        next['ema']![pack] = f.add(average, f.mul(f.sub(parameter, average), like(scalar('averageRate'))))
      }
      return { state: next, outputs: { loss, gradientNorm: norm } }
    },
  }
}

/** √Σ‖g‖² over all tensors. */
function globalNorm(tensors: readonly f.Tensor[]): f.Tensor {
  return f.sqrt(tensors.map((tensor) => f.sum(f.square(tensor))).reduce((total, part) => f.add(total, part)))
}
