import {
  add,
  broadcastTo,
  compile,
  constant,
  type HostArray,
  type Named,
  type Program,
  type ProgramSpec,
  type Runtime,
  sum,
  type Tensor,
  type TensorType,
} from '../engine/index.ts'
import type { DenoiserModel } from '../model/denoiser.ts'
import type { Sampler, StepPlace } from './samplers/sampler.ts'

/** The part of a grid that a sampler walks in steps of its own: all but an interval that ends in σ = 0. */
export function stepPlaces(levels: ArrayLike<number>): StepPlace[] {
  const intervals = levels.length - 1
  const steps = levels[intervals] === 0 ? intervals - 1 : intervals
  return Array.from({ length: steps }, (_, i) => ({
    sigma: levels[i]!,
    next: levels[i + 1]!,
    previous: i === 0 ? undefined : levels[i - 1]!,
    intervals,
  }))
}

/** Evaluations of the network that a sampler needs on this grid, for each row. */
export function evaluationsOf(sampler: Sampler, levels: ArrayLike<number>): number {
  const last = levels[levels.length - 1] === 0 ? 1 : 0
  return stepPlaces(levels).length * sampler.evaluationsPerStep + last
}

/** The coefficients' names. They do not depend on the place. */
function coefficientNames(sampler: Sampler): string[] {
  return Object.keys(sampler.coefficients({ sigma: 2, next: 1, previous: undefined, intervals: 1 }))
}

/** One step of a sampler for `rows` rows at once; state: x̄, the memory and the condition; shared: the model's parameters. */
export function stepSpec(model: DenoiserModel, sampler: Sampler, rows: number): ProgramSpec {
  const points = float32([rows, model.dimension])
  const coefficients = coefficientNames(sampler)
  return {
    name: `${sampler.name} step`,
    state: {
      sample: { x: points },
      memory: Object.fromEntries(sampler.memory.map((name) => [name, points])),
      ...conditionState(model, rows),
    },
    inputs: {
      ...Object.fromEntries(coefficients.map((name) => [`c.${name}`, float32([])])),
      ...(sampler.stochastic && { noise: points }),
    },
    shared: model.parameters,
    step: ({ state, inputs, shared }) => {
      const { x, memory = {} } = sampler.step({
        x: state['sample']!['x']!,
        c: Object.fromEntries(coefficients.map((name) => [name, inputs[`c.${name}`]!])),
        memory: state['memory'] ?? {},
        noise: inputs['noise'] ?? broadcastTo(constant(0), points.shape),
        denoise: (at, sigma) =>
          model.denoise(shared, { x: at, sigma: broadcastTo(sigma, [rows]), ...state['given'] }),
      })
      // The sum of a row is NaN or infinite where one of its values is.
      return { state: { sample: { x }, memory }, outputs: { rowSums: sum(x, { axes: [1] }) } }
    },
  }
}

/** D(x̄; σ) for `rows` rows at once: the last step, to σ = 0. */
function lastStepSpec(model: DenoiserModel, rows: number): ProgramSpec {
  return {
    name: 'last step',
    state: { sample: { x: float32([rows, model.dimension]) }, ...conditionState(model, rows) },
    inputs: { sigma: float32([]) },
    shared: model.parameters,
    step: ({ state, inputs, shared }) => {
      const sigma = broadcastTo(inputs['sigma']!, [rows])
      return { outputs: { x: model.denoise(shared, { x: state['sample']!['x']!, sigma, ...state['given'] }) } }
    },
  }
}

const float32 = (shape: readonly number[]): TensorType => ({ shape, dtype: 'float32' })

function conditionState(model: DenoiserModel, rows: number): Record<string, Named<TensorType>> {
  return model.conditionWidth > 0 ? { given: { condition: float32([rows, model.conditionWidth]) } } : {}
}
