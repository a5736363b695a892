import { compile, type ProgramSpec, sizeOf, type TensorType } from '../../engine/index.ts'
import { asInputs, conditionTypes, fromInputs, type Model, requireAbilities } from '../../family/index.ts'
import { suggestedBatchSize } from '../batch-size.ts'
import { drawsOf, inBatches } from './batches.ts'
import type { SamplingMethod } from './method.ts'

/** Points from random numbers in one pass: of flows, autoregressive models, decoders and generators, exactly their distribution. */
export const direct: SamplingMethod = {
  name: 'direct',
  summary: 'in one pass, for families that generate',
  source: '–',
  needs: ['generate'],
  levels: 'both',
  steps: 1,
  settings: {},
  open: async ({ trained, runtime }) => {
    const { values } = trained
    const who = { family: 'of this model', asks: 'Sampling in one pass' }
    const model = requireAbilities(trained.model, ['generate'], who)
    const draws = model.draws?.generate ?? {}
    const spec = (rows: number): ProgramSpec => generation(model, rows)
    const batchSize = suggestedBatchSize(spec)
    const program = await compile(spec(batchSize), { runtime, loop: false })
    program.setShared(values)
    const dimension = sizeOf(model.event)
    return {
      dimension,
      get secondsInside() {
        return program.secondsInside
      },
      draw: (request) =>
        inBatches({
          request,
          batchSize,
          dimension,
          conditions: model.conditions,
          callsPerBatch: 1,
          compute: async function* (first, conditions) {
            const drawn = drawsOf(draws, { seed: request.seed, first, count: batchSize })
            const { x } = await program.run({ ...drawn, ...asInputs(conditions) })
            yield
            return x!
          },
        }),
      dispose: () => program.dispose(),
    }
  },
}

function generation(model: Model<'generate'>, rows: number): ProgramSpec {
  const draws = Object.entries(model.draws?.generate ?? {})
  const inputs = draws.map(([name, { shape }]): [string, TensorType] => [
    name,
    { shape: [rows, ...shape], dtype: 'float32' },
  ])
  return {
    name: 'generate',
    inputs: { ...Object.fromEntries(inputs), ...asInputs(conditionTypes(model.conditions, rows)) },
    shared: model.parameters,
    step: ({ inputs: given, shared }) => {
      const drawn = Object.fromEntries(draws.map(([name]) => [name, given[name]!]))
      const conditions = fromInputs(given, model.conditions)
      return { outputs: { x: model.can.generate(shared, drawn, { conditions }) } }
    },
  }
}
