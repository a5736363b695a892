import { RandomStream, ScorefieldError } from '../../base/index.ts'
import { compile, type HostArray, type Named, type Program, type ProgramSpec } from '../../engine/index.ts'
import { asDenoiser, asInputs, requireAbilities } from '../../family/index.ts'
import { suggestedBatchSize } from '../batch-size.ts'
import { denoiserSpec } from '../denoiser-spec.ts'
import { inBatches } from '../methods/batches.ts'
import type { DrawRequest, SamplingMethod } from '../methods/method.ts'
import { settingsOf } from '../settings.ts'
import { startOf, startPoints } from '../start.ts'
import type { RowSolution, RowStart } from './row-solver.ts'

/** Makes a way to draw points of a solver that chooses the steps of each row by itself, from σ_max to σ_min; x̄ = D(x̄; σ_min) ends it. */
export function defineAdaptive(rule: {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Error of a step, in units of max(σ_d, |x̄|), unless told. */
  readonly tolerance: number
  readonly solve: (start: RowStart) => RowSolution
}): SamplingMethod {
  const { name, summary, source, solve } = rule
  const settings = {
    tolerance: {
      summary: 'error that a step may have, in units of max(σ_d, |x̄|)',
      default: rule.tolerance,
      from: 1e-8,
      to: 1,
    },
  }
  return {
    ...{ name, summary, source, settings },
    needs: ['denoise'],
    levels: 'each',
    steps: 1,
    open: async ({ trained, samplerOptions, runtime }) => {
      const who = { family: 'of this model', asks: `The sampler "${name}"` }
      const model = asDenoiser(requireAbilities(trained.model, ['denoise'], who))
      const { tolerance } = settingsOf({ name, settings }, samplerOptions)
      const spec = (rows: number): ProgramSpec => denoiserSpec(model, rows, 'each')
      const batchSize = suggestedBatchSize(spec)
      const program = await compile(spec(batchSize), { loop: false, runtime })
      program.setShared(trained.values)
      const { dimension } = model
      const { sigmaMax, sigmaMin, sigmaData } = trained.range
      const start = startOf(trained.range)
      const count = { evaluations: 0, points: 0 }
      return {
        dimension,
        get secondsInside() {
          return program.secondsInside
        },
        get evaluationsPerPoint() {
          return count.evaluations / count.points
        },
        draw: (request) =>
          inBatches({
            ...{ request, batchSize, dimension, conditions: model.conditions },
            callsPerBatch: 1,
            compute: async function* (first, conditions) {
              const prior = new RandomStream({ seed: request.seed, name: 'sampling/prior' })
              const begun = startPoints(prior.normal({ first, count: batchSize, width: dimension }), start)
              const begin = (place: number): RowSolution =>
                solve({
                  ...{ seed: request.seed, row: first + place, sigmaMax, sigmaMin, sigmaData, tolerance },
                  x: Float64Array.from(begun.subarray(place * dimension, (place + 1) * dimension)),
                })
              const batch = { program, request, first, batchSize, dimension, conditions, begin }
              const { points, evaluations, solved } = await solveBatch(batch)
              count.evaluations += evaluations
              count.points += solved
              yield
              return points
            },
          }),
        dispose: () => program.dispose(),
      }
    },
  }
}

/**
 * Solves the rows of a batch that are asked for, each in its own place from its begin to its end: a row that is done waits for the
 * others, so that not even the rounding of kernels depends on who else is drawn.
 */
async function solveBatch(batch: {
  readonly program: Program
  readonly request: DrawRequest
  readonly first: number
  readonly batchSize: number
  readonly dimension: number
  readonly conditions: Named<Float32Array>
  readonly begin: (place: number) => RowSolution
}): Promise<{ readonly points: HostArray; readonly evaluations: number; readonly solved: number }> {
  const { program, request, first, batchSize, dimension: d, conditions, begin } = batch
  const { first: wanted = 0, count, signal } = request
  const [from, to] = [Math.max(wanted, first) - first, Math.min(wanted + count, first + batchSize) - first]
  const points = new Float32Array(batchSize * d)
  const [x, sigma] = [new Float64Array(batchSize * d), new Float64Array(batchSize).fill(1)]
  const solutions = Array.from({ length: to - from }, (_, i) => {
    const solution = begin(from + i)
    return { place: from + i, solution, next: solution.next() }
  })
  let evaluations = 0
  for (let open = solutions; open.length > 0; ) {
    signal?.throwIfAborted()
    for (const { place, next } of open) {
      const inquiry = next.value as { x: Float64Array; sigma: number }
      x.set(inquiry.x, place * d)
      sigma[place] = inquiry.sigma
    }
    const { denoised } = await program.run({ x, sigma, ...asInputs(conditions) })
    evaluations += open.length
    for (const row of open) {
      const answer = Float64Array.from(denoised!.subarray(row.place * d, (row.place + 1) * d))
      if (!answer.every(Number.isFinite)) throw notFinite(first + row.place, sigma[row.place]!)
      row.next = row.solution.next(answer)
      if (row.next.done) points.set(row.next.value, row.place * d)
    }
    open = open.filter(({ next }) => !next.done)
  }
  return { points, evaluations, solved: to - from }
}

function notFinite(row: number, sigma: number): ScorefieldError {
  const level = Number(sigma.toPrecision(4))
  return new ScorefieldError({
    kind: 'ability',
    code: 'sampling/not-finite',
    message: `Sample ${row} is not finite at noise level ${level}.`,
    where: `σ = ${level}`,
    hint: 'The model gives no finite value there: it may be untrained at this noise level, or its training diverged.',
  })
}
