import { ScorefieldError } from '../../base/index.ts'
import {
  bytesOf,
  type LoadedPictures,
  labelColumn,
  labelNamed,
  oneHot,
  type PictureEncoding,
} from '../../data/index.ts'
import { requireDraws } from '../experiment/drawing.ts'
import type { FittedModel } from '../experiment/fitted-model.ts'
import type { Damage } from './damage.ts'
import { estimateNoise } from './noise-estimate.ts'
import { observedPoints, scaleOfPoints } from './observed-points.ts'
import { type RestoredPictures, restoredPictures } from './restored-pictures.ts'
import { chooseRestoringMethod } from './restoring-methods.ts'
import { noiseTold } from './told.ts'

/** A model of pictures that shall restore some. */
export interface RestoringModel {
  readonly encoding: PictureEncoding
  readonly fitted: FittedModel
}

/** How pictures are restored; what is left out is what each says beside it. */
export interface RestoreOptions {
  readonly damage: Damage
  /** Standard deviation of the noise of what is given, as a share of white minus black; `auto` estimates that of each picture. 0 unless given. */
  readonly noise?: number | 'auto' | undefined
  /** K, draws of each picture, 1 or more; 1 unless given. */
  readonly draws?: number | undefined
  /** Draw k of picture i is a function of (seed, i K + k, the picture); 0 unless given. */
  readonly seed?: number | undefined
  /** Name in `restoringMethods`; the first that can unless given. */
  readonly method?: string | undefined
  /** Numbers of the method, by the names of its `settings`. */
  readonly methodOptions?: Readonly<Record<string, number>> | undefined
  /** Steps from noise to data; 25 unless given. */
  readonly steps?: number | undefined
  /** The class of all of them; unknown unless given. */
  readonly label?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Draws that are done, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Pictures that were restored. */
export interface Restoration extends RestoredPictures {
  readonly given: LoadedPictures
  /** K */
  readonly count: number
  /** The noise of each picture that was reckoned with, as a share of white minus black. */
  readonly noise: readonly number[]
  /** Name of the method, and times that the network was asked for a draw. */
  readonly method: string
  readonly evaluations: number
  /** What a person should know, one sentence each. */
  readonly notes: readonly string[]
}

/** Steps from noise to data unless told. */
const usualSteps = 25
/** Draws that are computed at once, where all of them are fewer. */
const mostAtOnce = 64
/** Where more of a picture is at black or white, its noise is cut off too often to be estimated. */
const mostCutOff = 0.2

/**
 * Draws of pictures as they were, given what is left of them: y = A x₀ + s z by what has happened (A) and the noise (s).
 *
 * Nothing is known better than to a level: the noise that is told and that of a number within its cell add up. What is known without noise
 * comes back byte by byte. given: pictures of the size of `damage.size`.
 * Errors: `usage/options`, `usage/restore`, `data/picture-size`, `data/unknown-category`, `family/cannot`, `usage/unknown-name`, `restore/method`; those of
 * the method's options; the signal's reason.
 */
export async function restorePictures(
  model: RestoringModel,
  given: LoadedPictures,
  options: RestoreOptions,
): Promise<Restoration> {
  const { damage, draws: count = 1, seed = 0, signal, onProgress } = options
  const { encoding, fitted } = model
  requireDraws(
    count,
    'One draw is a picture that could have been; eight or more tell where the model is unsure.',
  )
  requireFit(given, damage, encoding)
  if (options.noise !== undefined) noiseTold(options.noise, 'noise')
  const denoiser = fitted.denoiserFor('Restoring pictures')
  const conditions = conditionsOf(encoding, options.label)
  const method = chooseRestoringMethod(damage.operator, options)
  const points = observedPoints(given, encoding)
  const size = bytesOf(given)
  const pictures = points.length / size
  if (damage.known) for (let at = 0; at < points.length; at++) points[at]! *= damage.known[at % size]!
  const { noise, notes } = noiseOf(points, given, options, encoding)
  const total = pictures * count
  const drawn = new Float32Array(total * encoding.width)
  const { unit, cell } = scaleOfPoints(encoding)
  let evaluations = 0
  for (const run of runsOf(noise)) {
    signal?.throwIfAborted()
    const own = (run.to - run.from) * count
    const sampler = await method.open({
      ...{ fitted: denoiser, range: fitted.range, operator: damage.operator, runtime: fitted.runtime },
      noise: Math.hypot(run.noise * unit, cell),
      steps: options.steps ?? usualSteps,
      guideOptions: options.methodOptions,
      alike: count,
      ...(own < mostAtOnce ? { batchSize: own } : {}),
    })
    evaluations = sampler.evaluations
    try {
      const observed = repeated(points.subarray(run.from * size, run.to * size), size, count)
      const known = damage.known && { given: { known: damage.known } }
      const first = run.from * count
      for await (const event of sampler.draw({
        seed,
        first,
        count: own,
        observed,
        ...known,
        conditions,
        signal,
      })) {
        if (event.type === 'samples') drawn.set(event.rows, event.first * encoding.width)
        if (event.type === 'progress')
          onProgress?.(first + Math.floor((own * event.done) / event.total), total)
      }
    } finally {
      await sampler.dispose()
    }
  }
  return {
    ...restoredPictures(drawn, given, { encoding, count, exact: exactly(damage, noise) }),
    ...{ given, count, noise, method: method.name, evaluations, notes },
  }
}

/** The numbers of each picture that are known without noise, [c, h, w] of 0 and 1; undefined of a picture that has none. */
function exactly({ known }: Damage, noise: readonly number[]): (picture: number) => Float32Array | undefined {
  return (picture) => (noise[picture] === 0 ? known : undefined)
}

/** The noise of each picture, and what is to be said of estimates. */
function noiseOf(
  points: Float32Array,
  given: LoadedPictures,
  { noise = 0, damage }: RestoreOptions,
  encoding: PictureEncoding,
): { readonly noise: readonly number[]; readonly notes: readonly string[] } {
  const size = bytesOf(given)
  const pictures = points.length / size
  if (noise !== 'auto') return { noise: new Array<number>(pictures).fill(noise), notes: [] }
  const { ends, unit } = scaleOfPoints(encoding)
  const estimates = Array.from({ length: pictures }, (_, i) =>
    estimateNoise(points.subarray(i * size, (i + 1) * size), given, { known: damage.known, ends }),
  )
  const without = estimates.filter(({ deviation }) => Number.isNaN(deviation)).length
  if (without > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/restore',
      message: `The noise of ${without} of ${pictures === 1 ? 'one picture' : `${pictures} pictures`} cannot be estimated: hardly a square of four pixels lies wholly between black and white.`,
      where: 'noise',
      hint: 'Say how much noise there is, such as 0.1, a tenth of white minus black.',
    })
  const cut = estimates.filter(({ cutOff }) => cutOff > mostCutOff).length
  return {
    noise: estimates.map(({ deviation }) => Number((deviation / unit).toPrecision(2))),
    notes:
      cut === 0
        ? []
        : [
            `${cut === 1 ? '1 picture is' : `${cut} pictures are`} black or white in more than a fifth of all places, where noise is cut off: the noise estimated may be too little.`,
          ],
  }
}

/** Pictures beside each other that have the same noise. */
function runsOf(noise: readonly number[]): { from: number; to: number; noise: number }[] {
  const runs: { from: number; to: number; noise: number }[] = []
  for (const [i, own] of noise.entries()) {
    const last = runs.at(-1)
    if (last && last.noise === own) last.to = i + 1
    else runs.push({ from: i, to: i + 1, noise: own })
  }
  return runs
}

/** Each row `count` times, one after the other. */
function repeated(rows: Float32Array, width: number, count: number): Float32Array {
  const all = new Float32Array(rows.length * count)
  for (let job = 0; job * width < all.length; job++) {
    const row = Math.floor(job / count)
    all.set(rows.subarray(row * width, (row + 1) * width), job * width)
  }
  return all
}

/** What the model is conditioned on: the class told, or none of them. */
function conditionsOf(
  { labels }: PictureEncoding,
  label: string | undefined,
): { readonly [labelColumn]: Float32Array } | undefined {
  if (label !== undefined) labelNamed(labels ?? { names: [], counts: [] }, label)
  if (!labels) return undefined
  return { [labelColumn]: oneHot(labels, [label === undefined ? -1 : labelNamed(labels, label)]) }
}

function requireFit(
  given: LoadedPictures,
  { operator, size, known }: Damage,
  encoding: PictureEncoding,
): void {
  const { channels } = encoding.shape
  const numbers = channels * size.width * size.height
  if (operator.width !== numbers || (known && known.length !== numbers))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'sampling/operator',
      message: `The operator "${operator.name}" gives ${operator.width} numbers${known ? ` of which ${known.length} are said to be known or not` : ''}; pictures of ${size.width} × ${size.height} pixels of ${channels} have ${numbers}.`,
      hint: 'Say the size of what it gives, or let it give pictures of that size.',
    })
  if (given.width === size.width && given.height === size.height && given.channels === channels) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/picture-size',
    message: `The pictures have ${given.width} × ${given.height} pixels of ${given.channels} numbers; ${size.width} × ${size.height} of ${channels} are needed.`,
    hint: 'Bring them to that size and to as many numbers a pixel first: 1 is grey, 3 colour, 4 transparent.',
  })
}
