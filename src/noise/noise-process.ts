import { didYouMean, ScorefieldError } from '../base/index.ts'

/** Parameters of a process by name: plain numbers, so that a run's configuration holds them as JSON. */
export type NoiseParameters = Readonly<Record<string, number>>

/**
 * How data are noised, as a function of time: x_t = alpha(t)·x₀ + std(t)·z, z ~ N(0, I), which solves
 * dx = drift(t)·x dt + √diffusionSquared(t) dw.  Song et al. 2021; the reverse SDE and the flow are made of
 * the same functions.
 * t: from data (small) to noise (large), in `trainRange`. Everything is float64 on the host.
 */
export interface NoiseProcess {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly parameters: NoiseParameters
  /** Times at which a model is trained; sampling starts at the upper end. */
  readonly trainRange: readonly [tMin: number, tMax: number]
  /** The time down to which sampling goes; from there one step of denoising is left. */
  readonly sampleMin: number
  /**
   * Standard deviation of x at the upper end of `trainRange`, that of the Gaussian which sampling starts
   * from.
   */
  readonly priorStd: number
  /** Whether alpha² + std² = 1 at all times. */
  readonly variancePreserving: boolean
  /** How much of the signal is left, in [0, 1]. */
  alpha(t: number): number
  /** Standard deviation of the noise. */
  std(t: number): number
  /** dα/dt. */
  alphaDerivative(t: number): number
  /** d std/dt. */
  stdDerivative(t: number): number
  /** The noise level std/alpha, computed without cancellation or overflow; increasing in t. */
  sigma(t: number): number
  /** f(t) of the drift f(t)·x; equals α′/α. */
  drift(t: number): number
  /** g(t)²; equals d(std²)/dt − 2f·std². */
  diffusionSquared(t: number): number
  /** The time at which sigma has this value: the inverse of `sigma`. */
  timeOfSigma(sigma: number): number
  /** ln(alpha²/std²) = −2 ln sigma. */
  logSnr(t: number): number
  /** The same process with other parameters; those not named keep their values. Throws `noise/parameter`. */
  withParameters(parameters: NoiseParameters): NoiseProcess
}

/** What a process must state; the rest follows. */
export type NoiseProcessRule<Parameters extends NoiseParameters> = Omit<
  NoiseProcess,
  'logSnr' | 'withParameters' | 'parameters'
> & {
  readonly parameters: Parameters
  logSnr?(t: number): number
}

/**
 * Makes the constructor of a process from its defaults and the rule that follows from parameters.
 * The constructor throws `noise/parameter` for a parameter that does not exist (with a suggestion) or is not
 * finite.
 */
export function defineNoiseProcess<Parameters extends NoiseParameters>(
  name: string,
  defaults: Parameters,
  rule: (parameters: Parameters) => Omit<NoiseProcessRule<Parameters>, 'name' | 'parameters'>,
): (parameters?: Partial<Parameters>) => NoiseProcess {
  const create = (given: NoiseParameters): NoiseProcess => {
    for (const [parameter, value] of Object.entries(given)) checkParameter(name, parameter, value, defaults)
    const parameters = { ...defaults, ...given }
    const stated = rule(parameters)
    return {
      logSnr: (t) => -2 * Math.log(stated.sigma(t)),
      ...stated,
      name,
      parameters,
      withParameters: (others) => create({ ...parameters, ...others }),
    }
  }
  return (parameters = {}) => create(parameters as NoiseParameters)
}

/** The parameter's value as given; throws `noise/parameter` unless the condition holds. */
export function requireParameter(condition: boolean, message: string): void {
  if (!condition) throw parameterError(message)
}

function checkParameter(process: string, name: string, value: number, defaults: NoiseParameters): void {
  if (!Object.hasOwn(defaults, name)) {
    const names = Object.keys(defaults)
    throw parameterError(
      `The noise process '${process}' has no parameter '${name}'.${didYouMean(name, names, "'")}`,
      `Known: ${names.join(', ')}.`,
    )
  }
  if (!Number.isFinite(value)) throw parameterError(`${name} of the noise process '${process}' is ${value}.`)
}

function parameterError(
  message: string,
  hint = 'Give a finite number in the stated range.',
): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'noise/parameter', message, hint })
}
