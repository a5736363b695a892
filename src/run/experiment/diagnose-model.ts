import { RandomStream } from '../../base/index.ts'
import type { Density } from '../../density/index.ts'
import { ScorefieldError } from '../../engine/index.ts'
import {
  conservativity,
  type LevelDiagnosis,
  type LossByLevel,
  type ScoreDiagnosis,
  scoreErrors,
} from '../../evaluation/index.ts'
import { type LearningConfig, learningOf, lossByLevel } from '../../training/index.ts'
import type { FittedModel } from './fitted-model.ts'

/** Rows whose derivative is looked at, at most. */
const fieldRows = 128
/** Noise levels where the field is looked at, in units of σ_d: fine structure, and the shape of the whole. */
const fieldLevels = [0.2, 1]
/** Of a known density. */
const errorLevels = [0.1, 0.3, 1, 3]

/**
 * How a model's score is, in a second or two: its conservativity at unseen rows and two noise levels, its error where the density
 * is known, and the loss of training rows beside that of unseen ones by noise level. Models that take conditions, or have no
 * score, are not diagnosed: undefined.
 * training, heldOut: encoded rows, [·, d].
 */
export async function diagnoseModel(options: {
  readonly fitted: FittedModel
  readonly config: LearningConfig
  readonly training: Float32Array
  readonly heldOut: Float32Array
  readonly density?: Density | undefined
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}): Promise<ScoreDiagnosis | undefined> {
  const { fitted, config, training, heldOut, density, seed, signal } = options
  const { model, values, runtime, range, dimension } = fitted
  if (!model.can.score || model.conditions || heldOut.length < 2 * dimension) return undefined
  const x = heldOut.subarray(0, fieldRows * dimension)
  const noise = new RandomStream({ seed, name: 'diagnosis' }).normal({
    first: 0,
    count: x.length / dimension,
    width: dimension,
  })
  const levels: LevelDiagnosis[] = []
  // A score that follows from an energy or a log-density is a gradient.
  const looked = model.can.energy ? [] : model.levels === 'each' ? fieldLevels : [undefined]
  for (const level of looked) {
    const sigma = level === undefined ? undefined : level * range.sigmaData
    const found = await orUndefined(
      conservativity({
        trained: fitted,
        x: x.map((value, i) => value + (sigma ?? 0) * noise[i]!),
        ...{ sigma, seed, runtime, signal },
      }),
    )
    if (found) levels.push({ ...(sigma === undefined ? {} : { sigma }), conservativity: brief(found) })
  }
  const known = density
    ? await orUndefined(
        scoreErrors({
          ...{ trained: fitted, density, count: 500, seed, runtime, signal },
          levels: model.levels === 'each' ? errorLevels.map((level) => level * range.sigmaData) : undefined,
        }),
      )
    : undefined
  const learning = learningOf({ model, config, family: fitted.family })
  const losses = async (rows: Float32Array) =>
    lossByLevel({ learning, heldOut: { rows }, seed, runtime, values })
  const [ofTraining, ofHeldOut] = [await losses(training), await losses(heldOut)]
  return {
    ...(model.can.energy ? { isGradient: true } : {}),
    levels: [
      ...levels,
      ...(known ?? []).map(({ sigma, relative }) => ({
        ...(sigma === undefined ? {} : { sigma }),
        scoreError: brief(relative),
      })),
    ],
    ...(ofTraining && ofHeldOut
      ? {
          lossByLevel: {
            sigma: ofTraining.sigma,
            training: lossesOf(ofTraining),
            heldOut: lossesOf(ofHeldOut),
          },
        }
      : {}),
  }
}

function lossesOf({ loss, standardError }: LossByLevel): LossByLevel {
  return { loss, standardError }
}

function brief({ value, standardError, low, high }: NonNullable<LevelDiagnosis['conservativity']>) {
  return { value, standardError, low, high }
}

/** What a model or a density cannot give is left out: a diagnosis is no reason to break off. */
async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof ScorefieldError && error.kind === 'ability') return undefined
    throw error
  }
}
