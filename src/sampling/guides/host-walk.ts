import { RandomStream } from '../../base/index.ts'
import {
  broadcastTo,
  compile,
  type HostArray,
  type Named,
  type Program,
  type ProgramSpec,
  type Shape,
  type Tensor,
} from '../../engine/index.ts'
import {
  asInputs,
  conditionTypes,
  type FittedDenoiser,
  fromInputs,
  type NoisyPoints,
} from '../../family/index.ts'
import { checkedBatchSize, suggestedBatchSize } from '../batch-size.ts'
import { float32 } from '../denoiser-spec.ts'
import { timeGridByName } from '../grids/index.ts'
import { inBatches } from '../methods/batches.ts'
import { stepPlaces } from '../sampler-program.ts'
import type { StepPlace } from '../samplers/sampler.ts'
import { type Start, startOf } from '../start.ts'
import { asConditions, type GuidedSampler, type GuideOptions } from './guide.ts'

/** What a walk asks of the runtime at x, [R, d], and σ: one of what it computes, by name. */
export type Evaluate = (what: string, x: HostArray, sigma: number) => Promise<Record<string, HostArray>>

/** A batch that walks: its rows, and what it draws from. */
export interface Walk {
  /** Index of its first row. */
  readonly first: number
  /** Rows of the batch. */
  readonly rows: number
  /** d */
  readonly dimension: number
  /** The steps that end above 0, and the level of the last one, to 0. */
  readonly places: readonly StepPlace[]
  readonly lastSigma: number
  readonly start: Start
  readonly evaluate: Evaluate
  /** The stream of a purpose; row i draws from index first + i. */
  readonly stream: (purpose: string) => RandomStream
}

/** Something that is computed at points; traced. */
export type Compute = (parameters: Named<Tensor>, at: NoisyPoints) => Named<Tensor>

/** How a guide that walks on the host does it. */
export interface HostWalk {
  /** Shapes of what the batch is conditioned on, by name, as `compute` takes them. */
  readonly conditions: Named<Shape> | undefined
  /** Points that go with each row. */
  readonly particles: number
  /** Times that the network is asked for one row, and calls of the runtime, on a grid of so many steps above 0. */
  readonly evaluations: (steps: number) => number
  readonly calls: (steps: number) => number
  /** What is computed at points, each [R, …]; traced. A program each. */
  readonly compute: Named<Compute>
  /** Walks a batch from noise to points, [rows, d]; yields after each call of the runtime. */
  readonly walk: (walk: Walk) => AsyncGenerator<void, HostArray, undefined>
}

/** A sampler whose steps are made on the host, in float64, between calls of the network. */
export async function openWalk(options: GuideOptions, walk: HostWalk): Promise<GuidedSampler> {
  const { fitted, range, steps = 25, grid = 'karras', runtime } = options
  const { particles, conditions } = walk
  const { dimension } = fitted.model
  const names = Object.keys(walk.compute)
  const spec = (points: number, name = names[0]!): ProgramSpec =>
    evaluation(fitted, conditions, { points, name, compute: walk.compute[name]! })
  const points =
    options.batchSize === undefined
      ? suggestedBatchSize((count) => spec(count))
      : checkedBatchSize(options.batchSize * particles)
  const rows = Math.max(1, Math.floor(points / particles))
  const programs = new Map<string, Program>()
  for (const name of names) {
    const program = await compile(spec(rows * particles, name), { runtime, loop: false })
    program.setShared(fitted.values)
    programs.set(name, program)
  }
  const levels = timeGridByName(grid).levels({ ...range, steps })
  const places = stepPlaces(levels)
  const lastSigma = levels.at(-2)!
  const start = startOf(range)
  return {
    dimension,
    evaluations: walk.evaluations(places.length),
    get secondsInside() {
      return [...programs.values()].reduce((sum, program) => sum + program.secondsInside, 0)
    },
    draw: (request) =>
      inBatches({
        request: asConditions(request),
        batchSize: rows,
        dimension,
        conditions,
        callsPerBatch: walk.calls(places.length),
        compute: (first, given) => {
          const repeated = asInputs(repeatedRows(given, rows, particles))
          return walk.walk({
            ...{ first, rows, dimension, places, lastSigma, start },
            evaluate: (what, x, sigma) =>
              programs.get(what)!.run({ x, sigma: Float64Array.of(sigma), ...repeated }),
            stream: (purpose) => new RandomStream({ seed: request.seed, name: `sampling/${purpose}` }),
          })
        },
      }),
    dispose: async () => {
      for (const program of programs.values()) await program.dispose()
    },
  }
}

function evaluation(
  { model }: FittedDenoiser,
  conditions: Named<Shape> | undefined,
  { points, name, compute }: { readonly points: number; readonly name: string; readonly compute: Compute },
): ProgramSpec {
  return {
    name: `guide: ${name}`,
    inputs: {
      x: float32([points, model.dimension]),
      sigma: float32([]),
      ...asInputs(conditionTypes(conditions, points)),
    },
    shared: model.parameters,
    step: ({ inputs, shared }) => ({
      outputs: compute(shared, {
        x: inputs['x']!,
        sigma: broadcastTo(inputs['sigma']!, [points]),
        conditions: fromInputs(inputs, conditions),
      }),
    }),
  }
}

/** Each row's values as often as it has particles. */
function repeatedRows(
  given: Named<Float32Array>,
  rows: number,
  particles: number,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(given).map(([name, values]) => {
      const width = values.length / rows
      const repeated = new Float32Array(values.length * particles)
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < particles; k++)
          repeated.set(values.subarray(row * width, (row + 1) * width), (row * particles + k) * width)
      return [name, repeated]
    }),
  )
}
