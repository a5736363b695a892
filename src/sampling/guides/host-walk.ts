import { RandomStream } from '../../base/index.ts'
import {
  broadcastTo,
  compile,
  type HostArray,
  mapNamed,
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

/** What a walk asks of the runtime at x, [R, d], and σ: one of what it computes, by name; and what that takes beside, [R, …shape] each. */
export type Evaluate = (
  what: string,
  x: HostArray,
  sigma: number,
  beside?: Named<HostArray>,
) => Promise<Record<string, HostArray>>

/** Random numbers of a purpose: `width` for each system of a batch, by its index; `counter` tells those of one step from those of another. */
export interface SystemStream {
  normal(of: { readonly width: number; readonly counter?: number }): Float32Array
  uniform(of: { readonly width: number; readonly counter?: number }): Float32Array
}

/** A batch that walks: its systems, each of one row or of several with the same observation, and what it draws from. */
export interface Walk {
  /** Systems of the batch. */
  readonly systems: number
  /** d */
  readonly dimension: number
  /** The steps that end above 0, and the level of the last one, to 0. */
  readonly places: readonly StepPlace[]
  readonly lastSigma: number
  readonly start: Start
  readonly evaluate: Evaluate
  readonly stream: (purpose: string) => SystemStream
}

/** Something that is computed at points, of what is given beside each; traced. */
export type Compute = (parameters: Named<Tensor>, at: NoisyPoints, beside: Named<Tensor>) => Named<Tensor>

/** How a guide that walks on the host does it. */
export interface HostWalk {
  /** Shapes of what the batch is conditioned on, by name, as `compute` takes them. */
  readonly conditions: Named<Shape> | undefined
  /** Points that go with each system. */
  readonly particles: number
  /** Draws that each system gives, to rows beside each other whose observation is the same; 1 unless given. */
  readonly draws?: number
  /** Times that the network is asked for one row, and calls of the runtime, on a grid of so many steps above 0. */
  readonly evaluations: (steps: number) => number
  readonly calls: (steps: number) => number
  /** What is computed at points, each [R, …]; traced. A program each. */
  readonly compute: Named<Compute>
  /** Shapes of what a computation takes beside each point, by the computation's name; nothing unless given. */
  readonly beside?: Named<Named<Shape>>
  /** Walks a batch from noise to points, [systems · draws, d]; yields after each call of the runtime. */
  readonly walk: (walk: Walk) => AsyncGenerator<void, HostArray, undefined>
}

/** A sampler whose steps are made on the host, in float64, between calls of the network. */
export async function openWalk(options: GuideOptions, walk: HostWalk): Promise<GuidedSampler> {
  const { fitted, range, steps = 25, grid = 'karras', runtime } = options
  const { particles, conditions, draws = 1 } = walk
  const { dimension } = fitted.model
  const names = Object.keys(walk.compute)
  const spec = (points: number, name = names[0]!): ProgramSpec =>
    evaluation(fitted, conditions, {
      points,
      name,
      compute: walk.compute[name]!,
      beside: walk.beside?.[name],
    })
  const points =
    options.batchSize === undefined
      ? suggestedBatchSize((count) => spec(count))
      : checkedBatchSize((options.batchSize * particles) / draws)
  const systems = Math.max(1, Math.floor(points / particles))
  const programs = new Map<string, Program>()
  for (const name of names) {
    const program = await compile(spec(systems * particles, name), { runtime, loop: false })
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
        batchSize: systems * draws,
        dimension,
        conditions,
        callsPerBatch: walk.calls(places.length),
        compute: async function* (first, given) {
          const { first: from = 0, count } = request
          const wanted = { from: from - first, to: from + count - first }
          const all = systemsOf(given, { first, rows: systems * draws, draws, wanted })
          const points = new Float32Array(systems * draws * dimension)
          for (let at = 0; at < all.length; at += systems) {
            // Places to spare repeat the first system.
            const here = Array.from({ length: systems }, (_, i) => all[at + i] ?? all[at]!)
            const told = asInputs(repeatedRows(given, here, { rows: systems * draws, particles }))
            const found = walk.walk({
              ...{ systems, dimension, places, lastSigma, start },
              evaluate: (what, x, sigma, beside) =>
                programs.get(what)!.run({ x, sigma: Float64Array.of(sigma), ...told, ...beside }),
              stream: (purpose) => systemStream(request.seed, purpose, here),
            })
            let next = await found.next()
            for (; next.done !== true; next = await found.next()) if (at === 0) yield
            const made = next.value
            for (let i = 0; i < systems && at + i < all.length; i++)
              for (const row of here[i]!.rows) {
                const place = (i * draws + ((first + row) % draws)) * dimension
                points.set(made.subarray(place, place + dimension), row * dimension)
              }
          }
          return points
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
  {
    points,
    name,
    compute,
    beside = {},
  }: {
    readonly points: number
    readonly name: string
    readonly compute: Compute
    readonly beside?: Named<Shape> | undefined
  },
): ProgramSpec {
  return {
    name: `guide: ${name}`,
    inputs: {
      x: float32([points, model.dimension]),
      sigma: float32([]),
      ...asInputs(conditionTypes(conditions, points)),
      ...mapNamed(beside, (shape) => float32([points, ...shape])),
    },
    shared: model.parameters,
    step: ({ inputs, shared }) => ({
      outputs: compute(
        shared,
        {
          x: inputs['x']!,
          sigma: broadcastTo(inputs['sigma']!, [points]),
          conditions: fromInputs(inputs, conditions),
        },
        mapNamed(beside, (_, own) => inputs[own]!),
      ),
    }),
  }
}

/** A system of particles, and the rows that it draws. */
interface System {
  /** Index of the group of `draws` rows that they lie in: what its random numbers depend on. */
  readonly index: number
  /** Places in the batch, at least one. */
  readonly rows: readonly number[]
}

/** The systems of the rows that are wanted: one for each group of `draws` rows and what is given in it. */
function systemsOf(
  given: Named<Float32Array>,
  {
    first,
    rows,
    draws,
    wanted,
  }: {
    readonly first: number
    readonly rows: number
    readonly draws: number
    readonly wanted: { readonly from: number; readonly to: number }
  },
): readonly System[] {
  const columns = Object.values(given).map((values) => ({ values, width: values.length / rows }))
  const isSame = (one: number, other: number): boolean =>
    columns.every(({ values, width }) => {
      for (let k = 0; k < width; k++) if (values[one * width + k] !== values[other * width + k]) return false
      return true
    })
  const systems: { index: number; rows: number[] }[] = []
  let group: { index: number; rows: number[] }[] = []
  for (let row = Math.max(0, wanted.from); row < Math.min(rows, wanted.to); row++) {
    const index = Math.floor((first + row) / draws)
    if (group[0]?.index !== index) group = []
    const own = group.find((system) => isSame(system.rows[0]!, row))
    if (own) own.rows.push(row)
    else {
      const system = { index, rows: [row] }
      group.push(system)
      systems.push(system)
    }
  }
  return systems
}

/** Random numbers of systems, each by its index. */
function systemStream(seed: number, purpose: string, systems: readonly System[]): SystemStream {
  const stream = new RandomStream({ seed, name: `sampling/${purpose}` })
  const gathered =
    (kind: 'normal' | 'uniform'): SystemStream['normal'] =>
    ({ width, counter = 0 }) => {
      const all = new Float32Array(systems.length * width)
      systems.forEach(({ index }, i) => {
        all.set(stream[kind]({ first: index, count: 1, width, counter }), i * width)
      })
      return all
    }
  return { normal: gathered('normal'), uniform: gathered('uniform') }
}

/** What is given of each system's rows, as often as it has particles. */
function repeatedRows(
  given: Named<Float32Array>,
  systems: readonly System[],
  { rows, particles }: { readonly rows: number; readonly particles: number },
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(given).map(([name, values]) => {
      const width = values.length / rows
      const repeated = new Float32Array(systems.length * particles * width)
      systems.forEach(({ rows: [row] }, system) => {
        const own = values.subarray(row! * width, (row! + 1) * width)
        for (let k = 0; k < particles; k++) repeated.set(own, (system * particles + k) * width)
      })
      return [name, repeated]
    }),
  )
}
