import { compile, type ProgramSpec, sizeOf, type TensorType } from '../../engine/index.ts'
import { type Model, requireAbilities } from '../../family/index.ts'
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
          callsPerBatch: 1,
          compute: async function* (first) {
            const { x } = await program.run(drawsOf(draws, { seed: request.seed, first, count: batchSize }))
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
    inputs: Object.fromEntries(inputs),
    shared: model.parameters,
    step: ({ inputs: given, shared }) => ({ outputs: { x: model.can.generate(shared, given) } }),
  }
}
