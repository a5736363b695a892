import { ScorefieldError } from '../../engine/index.ts'
import type { NoiseProcess } from '../../noise/index.ts'
import { type SamplerSetting, type SamplerSettings, settingsOf } from '../settings.ts'

/** The clock of a noise process: its time t and its noise level σ, each a growing function of the other. */
export type NoiseClock = Pick<NoiseProcess, 'sigma' | 'timeOfSigma'>

/** From which noise level to which, and of which process. */
export interface LevelRange {
  /** Where sampling ends but for the last, noiseless step; above 0. */
  readonly sigmaMin: number
  /** Where sampling begins; above σ_min. */
  readonly sigmaMax: number
  /** The noise process; the grids that ask for time take t = σ without it. */
  readonly process?: NoiseClock
}

/** A rule that places noise levels. */
export interface TimeGrid {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Numbers that a person may set: where the levels begin and end, and those of the rule. */
  readonly settings: SamplerSettings
  /**
   * σ₀ = first · σ_max > … > σ_{N−1} = last · σ_min, then 0: [N + 1], float64; first and last are 1 unless told.
   * steps N ≥ 1; N = 1 gives σ₀ and 0. gridOptions: numbers by the names of `settings`.
   * Errors: `sampling/range`, `sampling/steps`, `sampling/levels` where the rule does not fall; `sampling/unknown-option`, `sampling/option`.
   */
  levels(
    options: LevelRange & {
      readonly steps: number
      readonly gridOptions?: Readonly<Record<string, number>> | undefined
    },
  ): Float64Array
}

/** Where the levels begin and end within the range that a model was trained for. */
const ends = {
  first: { summary: 'σ₀/σ_max: below 1 sampling begins at less noise', default: 1, from: 0.001, to: 1 },
  last: { summary: 'σ_{N−1}/σ_min: above 1 sampling ends at more noise', default: 1, from: 1, to: 1000 },
} as const

/** Makes a grid of its rule σ(u), u = i/(N−1) from 0 at σ_max to 1 at σ_min; the two ends are exact. */
export function defineTimeGrid<Setting extends string = never>(rule: {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly settings?: Readonly<Record<Setting, SamplerSetting>>
  readonly at: (
    u: number,
    range: Required<LevelRange>,
    settings: Readonly<Record<NoInfer<Setting>, number>>,
  ) => number
}): TimeGrid {
  const { name, summary, source } = rule
  const settings = { ...ends, ...(rule.settings ?? ({} as Record<Setting, SamplerSetting>)) }
  return {
    name,
    summary,
    source,
    settings,
    levels({ steps, process = sigmaItself, gridOptions, ...given }) {
      requireRange(given.sigmaMin, given.sigmaMax)
      const told = settingsOf({ name, settings, what: 'time grid' }, gridOptions)
      const [sigmaMin, sigmaMax] = [told.last * given.sigmaMin, told.first * given.sigmaMax]
      requireRange(sigmaMin, sigmaMax)
      if (!Number.isInteger(steps) || steps < 1)
        throw new ScorefieldError({
          kind: 'usage',
          code: 'sampling/steps',
          message: `A grid of ${steps} steps cannot be made.`,
          hint: 'Give a whole number, 1 or more.',
        })
      const range = { sigmaMin, sigmaMax, process }
      const levels = new Float64Array(steps + 1)
      for (let i = 1; i < steps - 1; i++) levels[i] = rule.at(i / (steps - 1), range, told)
      if (steps > 1) levels[steps - 1] = sigmaMin
      levels[0] = sigmaMax
      return checkedLevels(levels)
    },
  }
}

const sigmaItself: NoiseClock = { sigma: (t) => t, timeOfSigma: (sigma) => sigma }

/**
 * The levels as float64; throws `sampling/levels` unless they are at least two, finite, falling, and not
 * negative.
 */
export function checkedLevels(given: ArrayLike<number>): Float64Array {
  const levels = Float64Array.from(given)
  const wrong = levels.findIndex(
    (level, i) => !(level >= 0 && level < Infinity && (i === 0 || level < levels[i - 1]!)),
  )
  if (wrong >= 0 || levels.length < 2)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'sampling/levels',
      message:
        wrong >= 0
          ? `Noise level ${wrong} is ${levels[wrong]}${wrong > 0 ? ` after ${levels[wrong - 1]}` : ''}.`
          : `There are ${levels.length} noise levels.`,
      hint: 'Give at least two that fall strictly; the last may be 0.',
    })
  return levels
}

/** Throws `sampling/range` unless 0 < sigmaMin < sigmaMax < ∞. */
export function requireRange(sigmaMin: number, sigmaMax: number): void {
  if (sigmaMin > 0 && sigmaMax > sigmaMin && sigmaMax < Infinity) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'sampling/range',
    message: `Noise levels from ${sigmaMax} down to ${sigmaMin} are no range.`,
    hint: 'Both must be finite, σ_min above 0 and σ_max above σ_min.',
  })
}
