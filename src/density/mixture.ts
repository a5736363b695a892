import { type Description, defineDensity, type ExactDensity, noisedName, parameterError } from './density.ts'
import { type Covariance, gaussian } from './gaussian.ts'
import { logSumExp } from './special.ts'

/**
 * A mixture of exact densities of one dimension.
 * p(x) = Σ_k w_k p_k(x);  ∇ ln p = Σ_k r_k ∇ ln p_k with r_k = w_k p_k / p.
 * weights: [K], not negative; they are divided by their sum; equal unless given. What all components have
 * (noised, mean, covariance), the mixture has.
 */
export function mixture(
  options: { components: readonly ExactDensity[]; weights?: ArrayLike<number> } & Partial<Description>,
): ExactDensity {
  const { components, name = 'mixture', source = 'standard' } = options
  const { summary = `a mixture of ${components.length} densities` } = options
  const dimension = components[0]?.dimension ?? 0
  if (!components.every((component) => component.dimension === dimension && dimension > 0))
    throw parameterError(
      `the components of '${name}' have dimensions [${components.map((c) => c.dimension)}]`,
      'Give at least one component, all of the same dimension.',
    )
  const weights = normalisedWeights(options.weights ?? components.map(() => 1), components.length)
  const logWeights = weights.map(Math.log)
  const terms = new Float64Array(components.length)
  const scores = new Float64Array(components.length * dimension)
  const combine = (values: readonly Float64Array[]): Float64Array =>
    values[0]!.map((_, k) => values.reduce((sum, value, c) => sum + weights[c]! * value[k]!, 0))

  const means = all(components, (component) => component.mean)
  const covariances = all(components, (component) => component.covariance)
  const noisings = all(components, (component) => component.noised)
  const marginals = all(components, (component) => component.marginal)
  const conditionals = all(components, (component) => component.conditional)
  const mean = means && (() => combine(means.map((of) => of())))

  return defineDensity({
    name,
    summary,
    source,
    dimension,
    evaluate(x, at, score, scoreAt) {
      const componentScores = score && scores
      components.forEach((component, c) => {
        terms[c] = logWeights[c]! + component.evaluate(x, at, componentScores, c * dimension)
      })
      const logDensity = logSumExp(terms)
      if (score) {
        score.fill(0, scoreAt, scoreAt + dimension)
        if (logDensity > -Infinity)
          terms.forEach((term, c) => {
            const responsibility = Math.exp(term - logDensity)
            for (let k = 0; k < dimension; k++)
              score[scoreAt + k]! += responsibility * scores[c * dimension + k]!
          })
      }
      return logDensity
    },
    sampler: {
      uniforms: 1 + Math.max(...components.map((component) => component.sampler.uniforms)),
      normals: Math.max(...components.map((component) => component.sampler.normals)),
      place(uniform, normal, out, at) {
        const chosen = components[pick(weights, uniform[0]!)]!
        chosen.sampler.place(uniform.subarray(1), normal, out, at)
      },
    },
    ...(noisings && {
      noised: (noising) =>
        mixture({
          components: noisings.map((noised) => noised(noising)),
          weights,
          name: noisedName(name, noising),
          summary,
          source,
        }),
    }),
    ...(marginals && {
      marginal: (columns) =>
        mixture({
          ...{ weights, summary, source, name: `${name} [${columns}]` },
          components: marginals.map((of) => of(columns)),
        }),
    }),
    ...(marginals &&
      conditionals && {
        conditional: (given) => {
          // r_k ∝ w_k p_k(v): what each component says of the known columns.
          const known = Float64Array.from(given.values)
          const logs = marginals.map((of, c) => logWeights[c]! + of(given.columns).logDensity(known)[0]!)
          const total = logSumExp(Float64Array.from(logs))
          return mixture({
            ...{ summary, source, name: `${name} given [${given.columns}]` },
            weights: logs.map((log) => Math.exp(log - total)),
            components: conditionals.map((of) => of(given)),
          })
        },
      }),
    ...(mean && { mean }),
    ...(mean &&
      means &&
      covariances && {
        covariance: () => {
          const moments = covariances.map((of, c) => withOuterProduct(of(), means[c]!(), 1))
          return withOuterProduct(combine(moments), mean(), -1)
        },
      }),
  })
}

/**
 * A mixture of Gaussians, Σ_k w_k N(μ_k, C_k), in any dimension; noised exactly, component by component.
 * means: K of [d]. covariances: one for each component, each [d, d] or a variance.
 */
export function gaussianMixture(
  options: {
    means: readonly ArrayLike<number>[]
    covariances: readonly Covariance[]
    weights?: ArrayLike<number>
  } & Partial<Description>,
): ExactDensity {
  const { means, covariances, weights } = options
  if (means.length !== covariances.length)
    throw parameterError(
      `there are ${means.length} means and ${covariances.length} covariances`,
      'Give one covariance for each mean.',
    )
  return mixture({
    name: options.name ?? 'gaussian-mixture',
    summary: options.summary ?? `a mixture of ${means.length} Gaussians`,
    source: options.source ?? 'standard',
    components: means.map((mean, c) => gaussian({ mean, covariance: covariances[c]! })),
    ...(weights && { weights }),
  })
}

/** One property of every component, or undefined when a component lacks it. */
function all<Item, Value>(
  items: readonly Item[],
  get: (item: Item) => Value | undefined,
): Value[] | undefined {
  const values: Value[] = []
  for (const item of items) {
    const value = get(item)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** matrix + sign·m mᵀ. */
function withOuterProduct(matrix: Float64Array, m: Float64Array, sign: 1 | -1): Float64Array {
  return matrix.map((entry, k) => entry + sign * m[Math.floor(k / m.length)]! * m[k % m.length]!)
}

/** The first index whose cumulated weight is above u, u in [0, 1); never one of weight 0. */
function pick(weights: Float64Array, u: number): number {
  let chosen = 0
  let below = 0
  for (let k = 0; k < weights.length; k++) {
    if (weights[k] === 0) continue
    chosen = k
    below += weights[k]!
    if (u < below) break
  }
  return chosen
}

function normalisedWeights(weights: ArrayLike<number>, count: number): Float64Array {
  const given = Float64Array.from(weights)
  const sum = given.reduce((total, weight) => total + weight, 0)
  if (given.length !== count || !given.every((weight) => weight >= 0) || !(sum > 0 && sum < Infinity))
    throw parameterError(
      `the weights are [${given}]`,
      `Give ${count} of them, not negative, with a positive sum.`,
    )
  return given.map((weight) => weight / sum)
}
