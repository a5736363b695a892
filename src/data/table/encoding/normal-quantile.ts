import { ScorefieldError } from '../../../engine/error.ts'

/** numerator(r) / denominator(r), coefficients from the constant term up. */
function ratio(r: number, numerator: readonly number[], denominator: readonly number[]): number {
  const polynomial = (coefficients: readonly number[]): number =>
    coefficients.reduceRight((sum, coefficient) => sum * r + coefficient, 0)
  return polynomial(numerator) / polynomial(denominator)
}

/**
 * The quantile of the standard normal: Φ(z) = probability.
 *
 * Wichura 1988, algorithm AS 241, the short form: relative error about 10⁻⁷, which is ample for placing knots.
 * probability: in (0, 1).
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new ScorefieldError({
      kind: 'internal',
      code: 'internal/probability',
      message: `normalQuantile needs a probability between 0 and 1, not ${probability}.`,
    })
  }
  const fromMiddle = probability - 0.5
  if (Math.abs(fromMiddle) <= 0.425) {
    const r = 0.180625 - fromMiddle * fromMiddle
    return (
      fromMiddle *
      ratio(
        r,
        [3.3871327179, 50.434271938, 159.29113202, 59.10937472],
        [1, 17.895169469, 78.757757664, 67.1875636],
      )
    )
  }
  const distance = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)))
  const size =
    distance <= 5
      ? ratio(
          distance - 1.6,
          [1.4234372777, 2.75681539, 1.3067284816, 0.17023821103],
          [1, 0.7370016425, 0.12021132975],
        )
      : ratio(
          distance - 5,
          [6.657905115, 3.081226386, 0.42868294337, 0.017337203997],
          [1, 0.24197894225, 0.012258202635],
        )
  return fromMiddle < 0 ? -size : size
}
