import * as f from '../../engine/index.ts'
import { type FittedDenoiser, type Model, sigmaOf, withDerived } from '../../family/index.ts'

/** A Gaussian by its principal axes. */
export interface ExactComponent {
  readonly weight: number
  /** μ, [d]. */
  readonly mean: readonly number[]
  /** U, [d, d] row-wise: orthogonal, its columns are the axes. */
  readonly axes: readonly number[]
  /** λ, [d]: the variances along the axes; the covariance is U diag(λ) Uᵀ. */
  readonly variances: readonly number[]
}

/**
 * The exact denoiser of a Gaussian mixture, without parameters: D = Σ_k r_k D_k, D_k = μ_k + U_k (λ_k/(λ_k +
 * σ²)) U_kᵀ (x − μ_k), r_k ∝ w_k exp(−½ Σ_j [ln(λ_kj + σ²) + y_kj²/(λ_kj + σ²)]), y_k = U_kᵀ (x − μ_k).
 */
export function exactDenoiser(components: readonly ExactComponent[]): FittedDenoiser {
  const dimension = components[0]!.mean.length
  return {
    values: {},
    model: {
      dimension,
      parameters: {},
      denoise: (_, { x, sigma }) => {
        const parts = partsAt(components, x, f.square(sigma))
        const responsibilities = f.softmax(logWeightsOf(parts), { axis: 1 })
        return parts
          .map(({ denoised }, k) => {
            const share = f.slice(responsibilities, { axis: 1, start: k, end: k + 1 })
            return f.mul(f.broadcastTo(share, x.shape), denoised)
          })
          .reduce((sum, part) => f.add(sum, part))
      },
    },
  }
}

/** The same as a model of each noise level, with its score. */
export function exactLevels(components: readonly ExactComponent[]): Model<'denoise' | 'score'> {
  const { model } = exactDenoiser(components)
  return withDerived<'denoise'>({
    event: [model.dimension],
    levels: 'each',
    parameters: {},
    can: { denoise: (values, at) => model.denoise(values, { ...at, sigma: sigmaOf(at) }) },
  }) as Model<'denoise' | 'score'>
}

/** The exact energy of a Gaussian mixture as it is, E = −log p up to a constant, without parameters, with its score. */
export function exactEnergy(components: readonly ExactComponent[]): Model<'energy' | 'score'> {
  const model: Model<'energy'> = {
    event: [components[0]!.mean.length],
    levels: 'one',
    parameters: {},
    can: {
      energy: (_, { x }) => {
        const none = f.broadcastTo(f.constant(0), [x.shape[0]!])
        return f.neg(f.logsumexp(logWeightsOf(partsAt(components, x, none)), { axes: [1] }))
      },
    },
  }
  return withDerived(model) as Model<'energy' | 'score'>
}

/** What each component has to say at x, [B, d], noised by a variance of each row, [B]. */
function partsAt(
  components: readonly ExactComponent[],
  x: f.Tensor,
  noise: f.Tensor,
): { readonly logWeight: f.Tensor; readonly denoised: f.Tensor }[] {
  const [rows, dimension] = x.shape as [number, number]
  const columns = f.broadcastTo(f.reshape(noise, [rows, 1]), x.shape)
  const vector = (data: readonly number[]): f.Tensor =>
    f.broadcastTo(f.constant({ shape: [dimension], data }), x.shape)
  return components.map(({ weight, mean, axes, variances }) => {
    const u = f.constant({ shape: [dimension, dimension], data: axes })
    const y = f.matmul(f.sub(x, vector(mean)), u)
    const total = f.add(vector(variances), columns)
    const exponents = f.add(f.log(total), f.div(f.square(y), total))
    const logWeight = f.add(f.mul(f.sum(exponents, { axes: [1], keepDims: true }), -0.5), Math.log(weight))
    const shrunk = f.mul(f.div(vector(variances), total), y)
    return { logWeight, denoised: f.add(f.matmul(shrunk, u, { transposeB: true }), vector(mean)) }
  })
}

/** [B, K]. */
function logWeightsOf(parts: readonly { readonly logWeight: f.Tensor }[]): f.Tensor {
  return f.concat(
    parts.map(({ logWeight }) => logWeight),
    { axis: 1 },
  )
}

/** The covariance U diag(λ) Uᵀ of a component, [d, d] row-wise. */
export function covarianceOf({ axes, variances }: ExactComponent): number[] {
  const d = variances.length
  return Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d]
    return variances.reduce((sum, variance, k) => sum + axes[i * d + k]! * variance * axes[j * d + k]!, 0)
  })
}

/** The axes of a rotation by `angle`, [2, 2]. */
export function rotation(angle: number): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  return [c, -s, s, c]
}

/** Axes I − 2vvᵀ/‖v‖², [d, d]: a reflection, and so orthogonal. */
export function reflection(v: readonly number[]): number[] {
  const d = v.length
  const square = v.reduce((sum, value) => sum + value * value, 0)
  return Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d]
    return (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square
  })
}
