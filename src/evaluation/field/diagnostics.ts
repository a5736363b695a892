import { counted, estimate, number } from '../facts/format.ts'
import type { RatioOfMeans } from '../statistics/ratio-of-means.ts'

/** What is known of a model's score at one noise level. */
export interface LevelDiagnosis {
  /** Absent of a model of one level. */
  readonly sigma?: number
  readonly conservativity?: RatioOfMeans
  /** E‖s − s*‖²/E‖s*‖² against a known density; absent where none is known. */
  readonly scoreError?: RatioOfMeans
}

/** Mean loss of some rows by noise level, with its standard error; null where there is none. */
export interface LossByLevel {
  readonly loss: readonly (number | null)[]
  readonly standardError: readonly (number | null)[]
}

/** How a model's score is: whether it is a gradient, how far it is from a known one, and what it knows by heart. */
export interface ScoreDiagnosis {
  /** Whether the score is a gradient by the model's form, so that there is nothing to measure. */
  readonly isGradient?: boolean
  /** Of each figure that was measured. */
  readonly levels: readonly LevelDiagnosis[]
  /** Of training rows and of rows never trained on, at the same noise; absent of a model of one level. */
  readonly lossByLevel?: {
    readonly sigma: readonly number[]
    readonly training: LossByLevel
    readonly heldOut: LossByLevel
  }
}

/** Where rows never trained on cost most above training rows. */
export interface ByHeart {
  readonly sigma: number
  /** Loss of unseen rows over that of training rows. */
  readonly ratio: number
}

/** Standard errors by which a loss must differ: of 16 levels one in 46 diagnoses is that far off by chance. */
const certain = 3

/**
 * The noise level at which the loss of unseen rows is above that of training rows by most standard errors; undefined where it is
 * by fewer than three at each. A loss of unseen rows that is larger says that the model knows training rows by heart.
 */
export function byHeart({
  sigma,
  training,
  heldOut,
}: NonNullable<ScoreDiagnosis['lossByLevel']>): ByHeart | undefined {
  let most = certain
  let found: ByHeart | undefined
  sigma.forEach((level, i) => {
    const [a, b] = [training.loss[i], heldOut.loss[i]]
    const [ofA, ofB] = [training.standardError[i], heldOut.standardError[i]]
    if (a == null || b == null || ofA == null || ofB == null) return
    const z = (b - a) / Math.hypot(ofA, ofB)
    if (!(z > most)) return
    most = z
    found = { sigma: level, ratio: b / a }
  })
  return found
}

/** What a diagnosis shows, a sentence each. */
export function diagnosisSentences({ isGradient, levels, lossByLevel }: ScoreDiagnosis): string[] {
  const at = ({ sigma }: LevelDiagnosis): string => (sigma === undefined ? '' : ` at σ = ${brief(sigma)}`)
  const conservative = levels.flatMap((level) =>
    level.conservativity ? [`${estimate(level.conservativity)}${at(level)}`] : [],
  )
  const errors = levels.flatMap((level) =>
    level.scoreError ? [`${estimate(level.scoreError)}${at(level)}`] : [],
  )
  const heart = lossByLevel && byHeart(lossByLevel)
  return [
    ...(conservative.length > 0
      ? [
          `Conservativity of the score: ${conservative.join(', ')}; 0 for the gradient of a density, 4 for arrows that only turn.`,
        ]
      : isGradient
        ? ['The score is the gradient of a density, by the form of the model.']
        : []),
    ...(errors.length > 0
      ? [
          `Squared error of the score against the known density, as a share of its squared length: ${errors.join(', ')}; 0 for the truth, 1 for no arrows at all.`,
        ]
      : []),
    ...(lossByLevel === undefined
      ? []
      : heart
        ? [
            `Near σ = ${brief(heart.sigma)} the loss of unseen rows is ${number(heart.ratio)} times that of training rows: there the model knows rows by heart.`,
          ]
        : [
            `At none of ${counted(lossByLevel.sigma.length, 'noise level')} is the loss of unseen rows above that of training rows by three standard errors.`,
          ]),
  ]
}

const brief = (sigma: number): string => String(Number(sigma.toPrecision(2)))
