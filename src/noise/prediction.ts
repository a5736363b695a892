import { type Algebra, type Coefficient, scalarAlgebra } from './algebra.ts'
import type { NoiseProcess } from './noise-process.ts'

/** What a network may predict about x_t = αx₀ + std·ε. All are linear in each other, given x_t and t. */
export type PredictionKind = 'epsilon' | 'clean' | 'v' | 'score' | 'velocity'

/** A value that says what it is: no kind can be passed where another is wanted. */
export interface Prediction<Kind extends PredictionKind, Tensor> {
  readonly kind: Kind
  readonly value: Tensor
}

/** Any kind of prediction, told apart by `kind`. */
export type AnyPrediction<Tensor> = { [Kind in PredictionKind]: Prediction<Kind, Tensor> }[PredictionKind]

/** Says what a value is. */
export function prediction<Kind extends PredictionKind, Tensor>(
  kind: Kind,
  value: Tensor,
): Prediction<Kind, Tensor> {
  return { kind, value }
}

/**
 * The process at one time: α, std and their derivatives; numbers, or tensors that multiply x (one time for
 * each row).
 */
export interface NoiseState<Tensor> {
  readonly alpha: Coefficient<Tensor>
  readonly std: Coefficient<Tensor>
  readonly alphaDerivative: Coefficient<Tensor>
  readonly stdDerivative: Coefficient<Tensor>
}

/** The noised point x_t and the process there. */
export interface NoisedPoint<Tensor> extends NoiseState<Tensor> {
  readonly x: Tensor
}

/** α, std, α′ and std′ of a process at time t. */
export function noiseStateAt(process: NoiseProcess, t: number): NoiseState<never> {
  return {
    alpha: process.alpha(t),
    std: process.std(t),
    alphaDerivative: process.alphaDerivative(t),
    stdDerivative: process.stdDerivative(t),
  }
}

/** What converting needs: the point, the arithmetic of arrays, and that of coefficients. */
interface Context<Tensor> {
  readonly at: NoisedPoint<Tensor>
  readonly array: Algebra<Tensor>
  readonly scalar: ReturnType<typeof scalarAlgebra<Tensor>>
}

/**
 * One kind of prediction: x₀ and ε from it, each by the formula that amplifies errors least, and it from x₀
 * and ε.
 */
interface KindRule {
  readonly summary: string
  clean<T>(value: T, context: Context<T>): T
  epsilon<T>(value: T, context: Context<T>): T
  from<T>(parts: { clean(): T; epsilon(): T }, context: Context<T>): T
}

/** Every kind of prediction, once; the only place that converts. */
export const predictionKinds: Readonly<Record<PredictionKind, KindRule>> = {
  epsilon: {
    summary: 'the noise ε',
    // x₀ = (x − std·ε)/α
    clean: (epsilon, { at, array }) => array.divide(array.sub(at.x, array.scale(epsilon, at.std)), at.alpha),
    epsilon: (epsilon) => epsilon,
    from: (parts) => parts.epsilon(),
  },
  clean: {
    summary: 'the clean data x₀',
    clean: (clean) => clean,
    // ε = (x − α·x₀)/std
    epsilon: (clean, { at, array }) => array.divide(array.sub(at.x, array.scale(clean, at.alpha)), at.std),
    from: (parts) => parts.clean(),
  },
  v: {
    summary: 'v = αε − std·x₀',
    // x₀ = (α·x − std·v)/(α² + std²)
    clean: (v, context) => {
      const { at, array } = context
      return array.divide(
        array.sub(array.scale(at.x, at.alpha), array.scale(v, at.std)),
        squaredNorm(context),
      )
    },
    // ε = (std·x + α·v)/(α² + std²)
    epsilon: (v, context) => {
      const { at, array } = context
      return array.divide(
        array.add(array.scale(at.x, at.std), array.scale(v, at.alpha)),
        squaredNorm(context),
      )
    },
    from: (parts, { at, array }) =>
      array.sub(array.scale(parts.epsilon(), at.alpha), array.scale(parts.clean(), at.std)),
  },
  score: {
    summary: 'the score ∇ ln p_t = −ε/std',
    // x₀ = (x + std²·score)/α
    clean: (score, { at, array, scalar }) =>
      array.divide(array.add(at.x, array.scale(score, scalar.times(at.std, at.std))), at.alpha),
    epsilon: (score, { at, array, scalar }) => array.scale(score, scalar.negated(at.std)),
    from: (parts, { at, array, scalar }) => array.divide(parts.epsilon(), scalar.negated(at.std)),
  },
  velocity: {
    summary: 'the velocity dx/dt = α′x₀ + std′ε of the probability flow',
    // x₀ = (std′·x − std·u)/(α·std′ − α′·std)
    clean: (velocity, context) => {
      const { at, array } = context
      const numerator = array.sub(array.scale(at.x, at.stdDerivative), array.scale(velocity, at.std))
      return array.divide(numerator, wronskian(context))
    },
    // ε = (α·u − α′·x)/(α·std′ − α′·std)
    epsilon: (velocity, context) => {
      const { at, array } = context
      const numerator = array.sub(array.scale(velocity, at.alpha), array.scale(at.x, at.alphaDerivative))
      return array.divide(numerator, wronskian(context))
    },
    from: (parts, { at, array }) =>
      array.add(
        array.scale(parts.clean(), at.alphaDerivative),
        array.scale(parts.epsilon(), at.stdDerivative),
      ),
  },
}

/**
 * Converts a prediction to any kind, given x_t and the process there.
 * x_t = αx₀ + std·ε;  v = αε − std·x₀;  score = −ε/std;  velocity = α′x₀ + std′ε (ε − x₀ for rectified flow).
 * Generic in the array type through its `Algebra`: float64 arrays on the host, tensors while tracing.
 * α > 0 where x₀ is asked of ε or score; std > 0 where ε is asked of x₀, and for every score.
 */
export function convertPrediction<To extends PredictionKind, Tensor>(
  from: AnyPrediction<Tensor>,
  to: To,
  at: NoisedPoint<Tensor>,
  array: Algebra<Tensor>,
): Prediction<To, Tensor> {
  if (from.kind === to) return prediction(to, from.value)
  const context: Context<Tensor> = { at, array, scalar: scalarAlgebra(array) }
  const rule = predictionKinds[from.kind]
  const parts = {
    clean: () => rule.clean(from.value, context),
    epsilon: () => rule.epsilon(from.value, context),
  }
  return prediction(to, predictionKinds[to].from(parts, context))
}

/** α² + std². */
function squaredNorm<T>({ at, scalar }: Context<T>): Coefficient<T> {
  return scalar.plus(scalar.times(at.alpha, at.alpha), scalar.times(at.std, at.std))
}

/** α·std′ − α′·std = α²·dσ/dt, positive: both terms are. */
function wronskian<T>({ at, scalar }: Context<T>): Coefficient<T> {
  const fading = scalar.negated(scalar.times(at.alphaDerivative, at.std))
  return scalar.plus(scalar.times(at.alpha, at.stdDerivative), fading)
}
