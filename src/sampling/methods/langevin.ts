import { RandomStream } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import {
  type At,
  conditionTypes,
  type Model,
  perPoint,
  pointAxes,
  requireAbilities,
} from '../../family/index.ts'
import { suggestedBatchSize } from '../batch-size.ts'
import { inBatches } from './batches.ts'
import type { SamplingMethod } from './method.ts'

/** √ε at the first and at the last step, in units of σ_d. */
const [longest, shortest] = [0.5, 0.02]
const usualSteps = 500
/** Steps of one call of the runtime. */
const callSteps = 50

/**
 * Langevin chains of a density that is known by its score at one level: x ← x + (ε/2) s(x) + √ε z, from N(0, σ_d² I).
 *
 * √ε falls geometrically from 0.5 σ_d to 0.02 σ_d, so that chains first find the modes and then their shape. Where the model has
 * an energy, each step is accepted or refused by Metropolis' rule with both directions of the proposal (MALA), so every step
 * leaves the density as it is; without one the error of a step of length ε is O(ε). A chain is as near to the density as its
 * steps have mixed: separated modes keep the shares that they had at the start.
 * Roberts & Tweedie 1996; Besag 1994.
 */
export const langevin: SamplingMethod = {
  name: 'langevin',
  summary: 'Langevin chains with falling steps, Metropolis-adjusted where there is an energy',
  source: 'Roberts & Tweedie 1996',
  needs: ['score'],
  levels: 'one',
  steps: usualSteps,
  settings: {},
  open: async ({ trained, steps = usualSteps, runtime }) => {
    const { values, range } = trained
    const who = { family: 'of this model', asks: 'Langevin sampling' }
    const model = requireAbilities(trained.model, ['score'], who)
    const spec = (rows: number): f.ProgramSpec => langevinStep(model, rows)
    const batchSize = suggestedBatchSize(spec)
    const program = await f.compile(spec(batchSize), { runtime, loop: true })
    program.setShared(values)
    const dimension = f.sizeOf(model.event)
    const stepOf = (k: number): number =>
      (range.sigmaData * longest * (shortest / longest) ** (k / Math.max(1, steps - 1))) ** 2
    return {
      dimension,
      get secondsInside() {
        return program.secondsInside
      },
      draw: (request) => {
        const streamOf = (part: string): RandomStream =>
          new RandomStream({ seed: request.seed, name: `sampling/${part}` })
        const [prior, noise, uniforms] = [streamOf('prior'), streamOf('noise'), streamOf('acceptance')]
        return inBatches({
          request,
          batchSize,
          dimension,
          conditions: model.conditions,
          callsPerBatch: Math.ceil(steps / callSteps),
          compute: async function* (first, given) {
            const rows = { first, count: batchSize }
            const start = prior.normal({ ...rows, width: dimension }).map((z) => range.sigmaData * z)
            program.setState({ chain: { x: start }, given })
            for (let done = 0; done < steps; done += callSteps) {
              const count = Math.min(callSteps, steps - done)
              const z = new Float32Array(count * batchSize * dimension)
              const u = new Float32Array(count * batchSize)
              const epsilon = new Float32Array(count)
              for (let k = 0; k < count; k++) {
                const [from, size] = [k * batchSize, batchSize]
                noise.normal(
                  { ...rows, width: dimension, counter: done + k },
                  z.subarray(from * dimension, (from + size) * dimension),
                )
                uniforms.uniform({ ...rows, width: 1, counter: done + k }, u.subarray(from, from + size))
                epsilon[k] = stepOf(done + k)
              }
              await program.run({ z, u, epsilon }, count)
              yield
            }
            return (await program.getState())['chain']!['x']!
          },
        })
      },
      dispose: () => program.dispose(),
    }
  },
}

/** One step of every chain. */
function langevinStep(model: Model<'score'>, rows: number): f.ProgramSpec {
  const points: f.TensorType = { shape: [rows, ...model.event], dtype: 'float32' }
  const numbers: f.TensorType = { shape: [rows], dtype: 'float32' }
  return {
    name: 'langevin step',
    state: { chain: { x: points }, given: conditionTypes(model.conditions, rows) },
    inputs: { z: points, u: numbers, epsilon: { shape: [], dtype: 'float32' } },
    shared: model.parameters,
    step: ({ state, inputs, shared }) => {
      const { energy, score } = model.can
      const x = state['chain']!['x']!
      const under = (at: f.Tensor): At => ({ x: at, conditions: model.conditions && state['given'] })
      const like = (scalar: f.Tensor): f.Tensor => f.broadcastTo(scalar, x.shape)
      const epsilon = inputs['epsilon']!
      const driftFrom = (at: f.Tensor): f.Tensor =>
        f.add(at, f.mul(score(shared, under(at)), like(f.mul(epsilon, 0.5))))
      const mean = driftFrom(x)
      const proposal = f.add(mean, f.mul(inputs['z']!, like(f.sqrt(epsilon))))
      const next = energy === undefined ? proposal : accepted()
      // The sum of a row is NaN or infinite where one of its values is.
      return { state: { chain: { x: next } }, outputs: { rowSums: f.sum(next, { axes: pointAxes(next) }) } }

      function accepted(): f.Tensor {
        const squares = (difference: f.Tensor): f.Tensor =>
          f.sum(f.square(difference), { axes: pointAxes(difference) })
        const energyAt = (at: f.Tensor): f.Tensor => energy!(shared, under(at))
        const forth = squares(f.sub(proposal, mean))
        const back = squares(f.sub(x, driftFrom(proposal)))
        const gap = f.div(f.sub(forth, back), f.broadcastTo(f.mul(epsilon, 2), forth.shape))
        const ratio = f.add(f.sub(energyAt(x), energyAt(proposal)), gap)
        return f.where(perPoint(f.less(f.log(inputs['u']!), ratio), x), proposal, x)
      }
    },
  }
}
