import * as f from '../../engine/index.ts'
import type { FeatureNetwork } from '../../evaluation/index.ts'
import type { Model } from '../../family/index.ts'
import type { Objective } from '../../objective/index.ts'
import { RowProgram, type RowRange } from '../../sampling/index.ts'
import { trainAuxiliary } from '../../training/index.ts'
import { classCondition, type FeatureTask } from './feature-task.ts'

/** Examples that a feature network sees: so many, or so many times each picture where that is less. */
const mostExamples = 120_000
const mostEpochs = 30
const batchSize = 64
/** Pictures in one call of the compiled features, at most. */
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
  const { state, step, secondsElapsed } = await trainAuxiliary({
    model: { ...modelOf(network), conditions: { [classCondition]: [classes] } },
    family: 'feature network',
    objective: classification(network),
    config: {
      ...{ steps, seed, batchSize },
      optimiserOptions: { weightDecay: 0.02 },
      learningRate: 3e-3,
      stepsPerCall: 10,
    },
    mostWarmUpSteps: 100,
    data: source,
    runtime,
    signal,
    onProgress,
  })
  signal?.throwIfAborted()
  return { weights: state.groups['ema']!, steps: step, seconds: secondsElapsed }
}

/** The network as a function of pictures, which is all that is asked of it. */
function modelOf({ event, parameters }: FeatureNetwork): Model<never> {
  return { event, levels: 'one', parameters, can: {} }
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

/** What a feature network sees of pictures. */
export interface SeenPictures {
  /** [n, featureWidth]. */
  readonly features: Float32Array
  /** The class that it says of each, [n]. */
  readonly said: Int32Array
}

/** A trained feature network, compiled; to be disposed of after use. */
export class FeatureReader {
  private readonly program: RowProgram
  private readonly classes: number

  private constructor(program: RowProgram, classes: number) {
    this.program = program
    this.classes = classes
  }

  static async open(options: {
    readonly network: FeatureNetwork
    readonly weights: f.Named<Float32Array>
    readonly runtime?: f.Runtime | undefined
  }): Promise<FeatureReader> {
    const { network, weights, runtime } = options
    const program = await RowProgram.open({
      ...{ name: 'features', model: modelOf(network), values: weights, most: callRows, runtime },
      compute: (values, { x }) => {
        const features = network.features(values, x)
        return { features, logits: network.logits(values, features) }
      },
    })
    return new FeatureReader(program, network.classes)
  }

  /** Features and classes of `count` pictures; points: those of some of them, [to − from, ...event]. */
  async read(
    count: number,
    points: (from: number, to: number) => Float32Array,
    signal?: AbortSignal | undefined,
  ): Promise<SeenPictures> {
    const { classes } = this
    const x = { count, of: ({ start, count }: RowRange) => points(start, start + count) }
    const { features, logits } = await this.program.run({ x, signal })
    const said = Int32Array.from({ length: count }, (_, i) => {
      const own = logits!.subarray(i * classes, (i + 1) * classes)
      return own.indexOf(Math.max(...own))
    })
    return { features: Float32Array.from(features!), said }
  }

  dispose(): Promise<void> {
    return this.program.dispose()
  }
}
