import { ScorefieldError } from '../../base/index.ts'
import { gaussianGiven } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import { absentParts, type DenoiserModel, type Model, widthOf } from '../../family/index.ts'
import {
  type DataMoments,
  fullCovariance,
  type LikelihoodAsked,
  type LogDensities,
  logDensity,
  momentsOfColumns,
  RowProgram,
} from '../../sampling/index.ts'
import { type FittedModel, tracePassesOf } from './fitted-model.ts'
import { knownConditions, takesKnown, toldModel } from './sample-given.ts'

/** Which coordinates of a row a density is of, and which are given; all others are integrated out. */
export interface PartAsked extends Omit<LikelihoodAsked, 'conditions' | 'draws'> {
  /** Places of 0 … d − 1, at least one. */
  readonly of: readonly number[]
  /** None unless given. */
  readonly given?: readonly number[]
}

/** A way to such a density. */
interface PartWay {
  /** Why it cannot do it, in a sentence; undefined where it can. */
  readonly cannot: (fitted: FittedModel, asked: PartAsked) => string | undefined
  readonly logDensity: (fitted: FittedModel, x: ArrayLike<number>, asked: PartAsked) => Promise<LogDensities>
}

/**
 * log p(x_of | x_given), nats, of rows [n, d] in the model's coordinates, where the model can: the joint density of all coordinates; exact
 * densities of the first columns of an autoregressive model, and of the next ones given these; of a model that was trained with columns
 * that may be given, by the flow of its denoiser of the noisy ones.
 *
 * What is neither asked nor given may be anything, NaN, too. A density of some given some, others left out, is p(of, given)/p(given).
 * Throws kind `ability`, `sampling/part-density`, where no way can, with what each can.
 */
export async function partLogDensity(
  fitted: FittedModel,
  x: ArrayLike<number>,
  asked: PartAsked,
): Promise<LogDensities> {
  const reasons: string[] = []
  for (const way of ways) {
    const why = way.cannot(fitted, asked)
    if (why === undefined) return way.logDensity(fitted, x, asked)
    reasons.push(why)
  }
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/part-density',
    message: `This marginal or conditional density cannot be had of the family "${fitted.family}": ${reasons.join('; ')}.`,
    hint: 'Train with conditions (--conditions all), or an autoregressive model with the given columns first in its order.',
  })
}

const whole: PartWay = {
  cannot: ({ dimension }, { of, given = [] }) =>
    of.length === dimension && given.length === 0 ? undefined : 'the joint density is that of all columns',
  logDensity: (fitted, x, { of: _, given: __, ...asked }) => fitted.logDensity(x, asked),
}

/** p of the first columns of the order, and of the next ones given the first: a difference of two. */
const prefixes: PartWay = {
  cannot: ({ model }, { of, given = [] }) => {
    if (!model.prefixes) return 'it does not go column by column'
    const { order } = model.prefixes
    const begins = (places: readonly number[]): boolean =>
      new Set(order.slice(0, places.length)).size ===
      new Set([...order.slice(0, places.length), ...places]).size
    return begins(given) && begins([...given, ...of])
      ? undefined
      : 'its order does not begin with the given columns and go on with the asked ones'
  },
  logDensity: async (fitted, x, { of, given = [], signal }) => {
    const { model, values, runtime } = fitted
    const logs = async (count: number): Promise<Float64Array> => {
      const program = await RowProgram.open({
        ...{ name: 'log-density of the first columns', model, values, runtime },
        compute: (parameters, at) => ({ log: model.prefixes!.logDensity(parameters, at, count) }),
      })
      const filled = Float32Array.from(x, (value) => (Number.isNaN(value) ? 0 : value))
      return program
        .run({ x: filled, signal })
        .then(({ log }) => log!)
        .finally(() => program.dispose())
    }
    const both = await logs(given.length + of.length)
    const before = given.length > 0 ? await logs(given.length) : new Float64Array(both.length)
    return {
      logDensity: both.map((value, row) => value - before[row]!),
      standardError: new Float64Array(both.length),
      solverError: new Float64Array(both.length),
      evaluations: new Int32Array(both.length).fill(given.length > 0 ? 2 : 1),
    }
  },
}

/** The flow of the coordinates that are asked, where the denoiser is told that the others are known or absent. */
const told: PartWay = {
  cannot: (fitted, { of, given = [] }) => {
    if (!takesKnown(fitted)) return 'it was not trained with columns that may be given'
    const [asked, known] = [new Set(of), new Set(given)]
    const cut = placesOfParts(fitted).some((places) =>
      [asked, known].some((some) => new Set(places.map((place) => some.has(place))).size > 1),
    )
    return cut ? 'a column is asked or given as a whole' : undefined
  },
  logDensity: async (fitted, x, asked) => {
    const { of, given = [] } = asked
    const isAll = of.length + given.length === fitted.dimension
    if (isAll || given.length === 0) return flowOfParts(fitted, x, asked)
    // Known and absent parts beside one another are not what it was trained with.
    const both = await flowOfParts(fitted, x, { ...asked, of: [...given, ...of], given: [] })
    const before = await flowOfParts(fitted, x, { ...asked, of: given, given: [] })
    const apart = (a: Float64Array, b: Float64Array): Float64Array =>
      a.map((value, row) => Math.hypot(value, b[row]!))
    return {
      logDensity: both.logDensity.map((value, row) => value - before.logDensity[row]!),
      standardError: apart(both.standardError, before.standardError),
      solverError: apart(both.solverError, before.solverError),
      evaluations: both.evaluations.map((value, row) => value + before.evaluations[row]!),
    }
  },
}

const ways: readonly PartWay[] = [whole, prefixes, told]

/** The coordinates of each part of a row. */
function placesOfParts({ whole: { partlyKnown = [] } }: FittedModel): readonly (readonly number[])[] {
  let at = 0
  return partlyKnown.map((part) => Array.from({ length: widthOf(part) }, () => at++))
}

async function flowOfParts(
  fitted: FittedModel,
  x: ArrayLike<number>,
  { of, given = [], trace, ...asked }: PartAsked,
): Promise<LogDensities> {
  const { dimension, range, moments, values, runtime } = fitted
  const [wanted, known] = [new Set(of), new Set(given)]
  const places = [...of].sort((a, b) => a - b)
  const count = x.length / dimension
  const conditions = knownConditions(
    fitted,
    Float32Array.from(x, (value, i) => (known.has(i % dimension) ? value : Number.NaN)),
  )
  const parts = placesOfParts(fitted)
  const isAbsent = parts.map(([first]) => (wanted.has(first!) || known.has(first!) ? 0 : 1))
  conditions[absentParts] = Float32Array.from(
    { length: count * parts.length },
    (_, i) => isAbsent[i % parts.length]!,
  )
  const model = toldModel(fitted).model as Model<'denoise'>
  const own = momentsOfColumns(moments, places)
  const passes = tracePassesOf(places.length)
  return logDensity({
    ...asked,
    ...{ fitted: { model: denoiserOf(model, places), values }, conditions, runtime },
    x: Float64Array.from({ length: count * places.length }, (_, i) => {
      const row = Math.floor(i / places.length)
      return x[row * dimension + places[i % places.length]!]!
    }),
    ...{ sigmaMin: range.sigmaMin, sigmaMax: range.sigmaMax },
    ...underGiven({ moments, own, places, given, x }),
    trace:
      trace ?? (passes === places.length ? { kind: 'exact' } : { kind: 'probes', count: passes, seed: 0 }),
  })
}

/** The denoiser of some coordinates alone, [B, m]; the others hold 0: they are known or absent. */
function denoiserOf(model: Model<'denoise'>, places: readonly number[]): DenoiserModel {
  const dimension = f.sizeOf(model.event)
  const data = new Float64Array(places.length * dimension)
  places.forEach((place, i) => {
    data[i * dimension + place] = 1
  })
  const across = (): f.Tensor => f.constant({ shape: [places.length, dimension], data })
  return {
    dimension: places.length,
    conditions: model.conditions,
    parameters: model.parameters,
    denoise: (parameters, at) => {
      const x = f.matmul(at.x, across())
      return f.matmul(model.can.denoise(parameters, { ...at, x }), across(), { transposeB: true })
    },
  }
}

/**
 * Moments of the asked coordinates, and each row's centre: given others, by the line through the data, μ_b + C_ba C_aa⁻¹ (x_a − μ_a), and
 * what it leaves of the covariance. Where variances alone are known, the moments as they are.
 */
function underGiven(options: {
  readonly moments: DataMoments
  readonly own: DataMoments
  readonly places: readonly number[]
  readonly given: readonly number[]
  readonly x: ArrayLike<number>
}): { readonly moments: DataMoments; readonly centres?: Float64Array } {
  const { moments, own, places, given, x } = options
  const dimension = moments.mean.length
  if (given.length === 0 || moments.covariance.length === dimension) return { moments: own }
  // The coordinates that are given first, then those that are asked; a little width, for columns that determine one another.
  const both = momentsOfColumns(moments, [...given, ...places])
  const d = both.mean.length
  const covariance = fullCovariance(both)
  for (let i = 0; i < d; i++) covariance[i * d + i]! += 1e-6 * covariance[i * d + i]! + 1e-12
  const columns = given.map((_, k) => k)
  const under = (row: number): ReturnType<typeof gaussianGiven> =>
    gaussianGiven(
      { mean: Float64Array.from(both.mean), covariance },
      { columns, values: given.map((place) => x[row * dimension + place]!) },
    )
  const count = x.length / dimension
  const centres = new Float64Array(count * places.length)
  for (let row = 0; row < count; row++) centres.set(under(row).mean, row * places.length)
  if (count === 0) return { moments: own }
  const left = under(0).covariance
  const triangle: number[] = []
  for (let i = 0; i < places.length; i++)
    for (let j = 0; j <= i; j++) triangle.push(left[i * places.length + j]!)
  return { moments: { mean: own.mean, covariance: triangle }, centres }
}
