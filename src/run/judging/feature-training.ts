import * as f from '../../engine/index.ts'
import { type FeatureNetwork, featureWidth } from '../../evaluation/index.ts'
import type { Objective } from '../../objective/index.ts'
import { type TrainingConfig, train } from '../../training/index.ts'
import { classCondition, type FeatureTask } from './feature-task.ts'

/** Examples that a feature network sees: so many, or so many times each picture where that is less. */
const mostExamples = 120_000
const mostEpochs = 30
const batchSize = 64
/** Pictures in one call of the compiled features. */
const callRows = 256

/** Weights of a feature network, and how they came about. */
export interface TrainedFeatures {
  readonly weights: f.Named<Float32Array>
  readonly steps: number
  readonly seconds: number
}

/**
 * Trains a feature network as a classifier: cross-entropy, AdamW, a learning rate that declines as a cosine, averaged weights. The same
 * seed gives the same bits on the same device. Rejects with the signal's reason.
 */
export async function trainFeatures(options: {
  readonly task: FeatureTask
  readonly network: FeatureNetwork
  readonly seed: number
  readonly runtime?: f.Runtime | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}): Promise<TrainedFeatures> {
  const { task, network, seed, runtime, signal, onProgress } = options
  const { source, classes } = task
  const examples = Math.min(mostExamples, mostEpochs * source.count)
  const steps = Math.max(1, Math.ceil(examples / batchSize))
  const events = train({
    model: {
      event: network.event,
      conditions: { [classCondition]: [classes] },
      levels: 'one',
      parameters: network.parameters,
      can: {},
    },
    family: 'feature network',
    objective: classification(network),
    config: configOf(steps, seed),
    data: source,
    runtime,
    signal,
  })
  for await (const event of events) {
    if (event.type === 'step') onProgress?.(event.step, steps)
    if (event.type !== 'done') continue
    signal?.throwIfAborted()
    return { weights: event.state.groups['ema']!, steps: event.step, seconds: event.secondsElapsed }
  }
  throw new f.ScorefieldError({
    kind: 'internal',
    code: 'internal/no-end-of-training',
    message: 'The training of the feature network told no end.',
  })
}

/** −Σ_k p_k ln softmax(logits)_k, p the class of each picture. */
function classification(network: FeatureNetwork): Objective {
  return {
    name: 'classification',
    summary: 'cross-entropy of the classes of pictures',
    source: 'standard',
    needs: [],
    levels: 'one',
    settings: {},
    draws: () => ({}),
    heldOut: 'none',
    losses: ({ values, data, conditions }) => {
      const logits = network.logits(values, network.features(values, data))
      return { losses: { all: f.crossEntropy(logits, conditions![classCondition]!) } }
    },
  }
}

function configOf(steps: number, seed: number): TrainingConfig {
  return {
    steps,
    batchSize,
    objective: 'classification',
    objectiveOptions: {},
    weighting: '',
    optimiser: 'adamw',
    optimiserOptions: { weightDecay: 0.02 },
    learningRate: 3e-3,
    schedule: 'cosine',
    warmUpSteps: Math.min(100, Math.ceil(steps / 10)),
    clipNorm: 1,
    emaHalfLifeSteps: Math.max(1, steps / 50),
    ...{ sigmaMin: 0, sigmaMax: 0, sigmaData: 1 },
    seed,
    ...{ evaluateEverySteps: 0, checkpointEverySteps: 0, patienceEvaluations: 0 },
    stepsPerCall: 10,
  }
}

/** What a feature network sees of pictures. */
export interface SeenPictures {
  /** [n, featureWidth]. */
  readonly features: Float32Array
  /** The class that it says of each, [n]. */
  readonly said: Int32Array
}

/** A trained feature network, compiled; to be disposed of after use. */
export class FeatureReader {
  private readonly program: f.Program
  private readonly network: FeatureNetwork

  private constructor(program: f.Program, network: FeatureNetwork) {
    this.program = program
    this.network = network
  }

  static async open(options: {
    readonly network: FeatureNetwork
    readonly weights: f.Named<Float32Array>
    readonly runtime?: f.Runtime | undefined
  }): Promise<FeatureReader> {
    const { network, weights, runtime } = options
    const program = await f.compile(
      {
        name: 'features',
        shared: network.parameters,
        inputs: { x: { shape: [callRows, ...network.event], dtype: 'float32' } },
        step: ({ shared, inputs }) => {
          const features = network.features(shared, inputs['x']!)
          return { outputs: { features, logits: network.logits(shared, features) } }
        },
      },
      { runtime },
    )
    program.setShared(weights)
    return new FeatureReader(program, network)
  }

  /** Features and classes of `count` pictures; points: those of some of them, [to − from, ...event]. */
  async read(
    count: number,
    points: (from: number, to: number) => Float32Array,
    signal?: AbortSignal | undefined,
  ): Promise<SeenPictures> {
    const width = f.sizeOf(this.network.event)
    const { classes } = this.network
    const features = new Float32Array(count * featureWidth)
    const said = new Int32Array(count)
    for (let from = 0; from < count; from += callRows) {
      signal?.throwIfAborted()
      const to = Math.min(count, from + callRows)
      const x = new Float32Array(callRows * width)
      x.set(points(from, to))
      const found = await this.program.run({ x })
      features.set(found['features']!.subarray(0, (to - from) * featureWidth), from * featureWidth)
      for (let i = 0; i < to - from; i++) {
        const logits = Array.from(found['logits']!.subarray(i * classes, (i + 1) * classes))
        said[from + i] = logits.indexOf(Math.max(...logits))
      }
    }
    return { features, said }
  }

  dispose(): Promise<void> {
    return this.program.dispose()
  }
}
