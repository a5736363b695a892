import { fixedSource, type Source } from '../data/index.ts'
import { toyByName } from '../density/index.ts'
import { type Named, type Runtime, referenceRuntime, type Shape, sizeOf } from '../engine/index.ts'
import { type Model, preconditioned } from '../family/index.ts'
import { residualMlp } from '../nn/index.ts'
import type { TrainingConfig } from './config.ts'
import type { TrainingEvent, TrainingState } from './events.ts'
import { type Learning, learningOf } from './learning.ts'
import { type TrainingTask, train } from './trainer.ts'

/** A small model of rows of two columns. */
export function smallModel(
  options: { sigmaData?: number; conditions?: Named<Shape> } = {},
): Model<'denoise'> {
  const { sigmaData = 1, conditions } = options
  const size = { width: 16, blocks: 1, embedding: 8 }
  return preconditioned({ network: residualMlp, shape: { event: [2] }, conditions, size, sigmaData })
}

/** The small model learning by denoising, in batches of this size. */
export function smallLearning(given: Partial<TrainingConfig> = {}, model: Model = smallModel()): Learning {
  return learningOf({ model, config: { ...shortRun, ...given } })
}

/** A short run with everything on: clipping, averages, evaluations and checkpoints out of step with each other. */
export const shortRun: TrainingConfig = {
  steps: 24,
  batchSize: 32,
  objective: 'denoising',
  objectiveOptions: {},
  weighting: 'edm',
  optimiser: 'adamw',
  optimiserOptions: { weightDecay: 0.01 },
  learningRate: 1e-2,
  schedule: 'cosine',
  warmUpSteps: 4,
  clipNorm: 1,
  emaHalfLifeSteps: 10,
  sigmaMin: 0.01,
  sigmaMax: 10,
  sigmaData: 1,
  seed: 11,
  evaluateEverySteps: 6,
  checkpointEverySteps: 9,
  patienceEvaluations: 0,
  stepsPerCall: 5,
}

/** Rows of the two moons, [count, 2]. */
export function moons(count: number, seed: number): Float32Array {
  return Float32Array.from(toyByName('two-moons').sample({ seed, first: 0, count }))
}

/** 100 rows, so that batches of 32 straddle epochs. */
export const hundredRows: Source = fixedSource({
  example: { event: [2] },
  points: moons(100, 1),
  seed: 11,
})

/** A task of its own, all parts as above unless given. */
export function smallTask(
  given: Omit<Partial<TrainingTask>, 'config'> & { readonly config?: Partial<TrainingConfig> } = {},
): TrainingTask {
  return {
    model: smallModel(),
    data: hundredRows,
    ...given,
    config: { ...shortRun, ...given.config },
  }
}

/** The kind of event of this type. */
export type EventOf<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>

/** What a run told. */
export interface Told {
  readonly all: readonly TrainingEvent[]
  readonly of: <Type extends TrainingEvent['type']>(type: Type) => EventOf<Type>[]
  readonly done: EventOf<'done'>
}

/** All events of a run, those of each type, and the last. */
export async function eventsOf(
  task: TrainingTask,
  hear: (event: TrainingEvent) => void = () => {},
): Promise<Told> {
  const all: TrainingEvent[] = []
  for await (const event of train(task)) {
    all.push(event)
    hear(event)
  }
  const of = <Type extends TrainingEvent['type']>(type: Type): EventOf<Type>[] =>
    all.filter((event): event is EventOf<Type> => event.type === type)
  return { all, of, done: of('done')[0]! }
}

/** The error that a run ends with, and the events before it. */
export async function failureOf(task: TrainingTask): Promise<{ error: unknown; before: TrainingEvent[] }> {
  const before: TrainingEvent[] = []
  try {
    for await (const event of train(task)) before.push(event)
  } catch (error) {
    return { error, before }
  }
  throw new Error('the run did not fail')
}

/** All bytes of a state, by group and name, and its numbers. */
export function bytesOf(state: TrainingState): unknown {
  const hex = (values: Float32Array): string =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex')
  const hexAll = (group: Readonly<Record<string, Float32Array>>) =>
    Object.fromEntries(Object.entries(group).map(([name, values]) => [name, hex(values)]))
  const { groups, best, ...numbers } = state
  return {
    ...numbers,
    groups: Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, hexAll(group)])),
    best: best && hexAll(best),
  }
}

/** The reference runtime, and how many numbers were fetched from it since the last time that was asked. */
export function countingRuntime(): { readonly runtime: Runtime; readonly taken: () => number } {
  let count = 0
  return {
    runtime: {
      ...referenceRuntime,
      load: async (program, options) => {
        const executor = await referenceRuntime.load(program, options)
        const download = executor.download.bind(executor)
        executor.download = (value) => {
          count += sizeOf(value.type.shape)
          return download(value)
        }
        return executor
      },
    },
    taken: () => {
      const before = count
      count = 0
      return before
    },
  }
}
