import { RandomStream } from '../../base/index.ts'
import { type Density, exactDenoiser } from '../../density/index.ts'
import { meanOverRows, type RowMean } from '../compare-log-densities.ts'
import { type RatioOfMeans, ratioOfMeans } from '../statistics/ratio-of-means.ts'
import { Field, type FieldAsked } from './field.ts'

/** How far a score is from the true one, at one noise level. */
export interface ScoreError {
  /** Absent of a model of one level. */
  readonly sigma?: number
  /** σ² E‖s − s*‖²/d: the error as a share of the noise's own arrows, ‖z/σ‖² = d/σ²; without σ² of a model of one level. */
  readonly error: RowMean
  /** E‖s − s*‖² / E‖s*‖²: 0 for the truth, 1 for no arrows at all. */
  readonly relative: RatioOfMeans
}

/**
 * The error of a model's score against the true score s* = ∇ log p_σ of a known density, by noise level: of each level its mean
 * over `count` points x₀ + σz, the same x₀ and z at all levels, with standard errors. Twice the Fisher divergence
 * (Hyvärinen 2005) is E‖s − s*‖².
 *
 * A denoiser's σ²E‖s − s*‖² is its distance from the best one, E‖D − D*‖²/σ²: what its denoising loss has above the least
 * that any model can reach. levels: σ > 0 each; left out of a model of one level, which is held against the density itself.
 * @throws ScorefieldError `density/not-noised` where the noised density has no closed form, `density/not-exact`, and what
 * `conservativity` throws.
 */
export async function scoreErrors(
  options: Pick<FieldAsked, 'trained' | 'runtime' | 'signal'> & {
    readonly density: Density
    readonly levels?: readonly number[] | undefined
    /** 2,000 unless given. */
    readonly count?: number | undefined
    /** 0 unless given. */
    readonly seed?: number | undefined
  },
): Promise<ScoreError[]> {
  const { density, levels, count = 2000, seed = 0, ...asked } = options
  const { dimension } = density
  const clean = density.sample({ seed, first: 0, count })
  const noise = new RandomStream({ seed, name: 'evaluation/score-error' }).normal({
    first: 0,
    count,
    width: dimension,
  })
  const found: ScoreError[] = []
  for (const sigma of levels ?? [undefined]) {
    // As the program sees them, in float32: at a small σ the truth differs by more than what is measured, otherwise.
    const x = Float64Array.from(clean, (value, i) => Math.fround(value + (sigma ?? 0) * noise[i]!))
    const field = await Field.open({ ...asked, x, sigma }, 'score')
    try {
      const truth = trueScore(density, x, sigma)
      const score = await field.scores()
      const [errors, sizes] = [new Float64Array(count), new Float64Array(count)]
      for (let i = 0; i < score.length; i++) {
        errors[Math.floor(i / dimension)]! += (score[i]! - truth[i]!) ** 2
        sizes[Math.floor(i / dimension)]! += truth[i]! ** 2
      }
      const unit = (sigma ?? 1) ** 2 / dimension
      found.push({
        ...(sigma === undefined ? {} : { sigma }),
        error: meanOverRows(errors.map((square) => unit * square)),
        relative: ratioOfMeans(errors, sizes),
      })
    } finally {
      await field.dispose()
    }
  }
  return found
}

function trueScore(density: Density, x: Float64Array, sigma: number | undefined): Float64Array {
  if (sigma === undefined) return density.score(x)
  return exactDenoiser(density, { sigma })(x).map((denoised, i) => (denoised - x[i]!) / sigma ** 2)
}
