import { RandomStream } from '../src/base/index.ts'
import { type LoadedPictures, loadPictures, PictureEncoding, type PictureShape } from '../src/data/node.ts'
import { nodeCpu } from '../src/engine/index.ts'
import { observedPoints, restorePictures, scaleOfPoints } from '../src/run/index.ts'
import { type OpenedModel, openModel, openSplit } from '../src/run/node.ts'
import { inFolderOf, trained } from './command-line.ts'
import type { BenchContext, BenchResult } from './harness.ts'
import { baselines, type Known } from './restore-baselines.ts'
import { gaussianOf } from './restore-gaussian.ts'
import { observed, type Problem, problemsOf } from './restore-problems.ts'
import { writeSheet } from './restore-sheet.ts'
import { cpuMilliseconds, figure, type Way } from './restore-ways.ts'

const digits = 'data/digits/digits.csv.gz'
/** Of pictures of more numbers fewer draws are made, of fewer kinds of damage. */
const large = 256
/** Pictures that are restored, and draws of each, unless told. */
const usual = { pictures: 16, draws: { small: 19, large: 8 } }
/** Steps of a walk, draws whose mean is measured, and pictures that a Gaussian is fitted to at most. */
const [steps, ofMean, mostLearned] = [25, 8, 4000]
/** One thread: two of them wait for one another while the machine does other work, and waiting counts as work. */
const runtime = nodeCpu({ threads: 1 })
/** Files have so many levels. */
const levels = 256

/** Pictures that a run never saw, and what it takes to restore them. */
interface HeldOut {
  readonly name: string
  readonly model: { readonly encoding: PictureEncoding; readonly fitted: OpenedModel['fitted'] }
  readonly shape: PictureShape
  /** As points, [n][c, h, w]. */
  readonly truth: Float32Array
  /** The same as bytes, [n][h, w, c], of `levels` levels. */
  readonly bytes: Uint8Array
  readonly learned: Pick<Known, 'gaussian' | 'median'>
  readonly pictures: number
  readonly draws: number
}

/**
 * Held-out pictures of a run, damaged and restored, by every way and by simpler ones; sheets of them are written to a folder that is told beside a
 * run. Without a run one learns digits for a minute.
 */
export async function* heldOutPictures(
  ways: readonly Way[],
  asked: Pick<BenchContext, 'only' | 'run' | 'folder' | 'pictures' | 'draws'>,
): AsyncGenerator<BenchResult> {
  const { run, folder } = asked
  if (run !== undefined) yield* ofRun(run, ways, asked)
  else
    yield* inFolderOf(digits, folder, (own) =>
      ofRun(trained(digits, own, ['--kind', 'pictures', '--minutes', '1']).run, ways, asked),
    )
}

async function* ofRun(
  run: string,
  ways: readonly Way[],
  asked: Pick<BenchContext, 'only' | 'run' | 'folder' | 'pictures' | 'draws'>,
): AsyncGenerator<BenchResult> {
  const { only = '' } = asked
  const opened = await openModel(run, { runtime })
  const held = await openHeldOut(opened, asked)
  for (const problem of problemsOf(held.shape, { few: held.model.encoding.width > large })) {
    const wanted = (who: string): string | undefined => {
      const name = `${held.name}, ${problem.name}: ${who}`
      return name.includes(only) ? name : undefined
    }
    const given = damaged(held, problem)
    for (const baseline of baselines) {
      const name = wanted(baseline.name)
      const known = knownOf(held, problem)
      if (name === undefined || !baseline.can(known)) continue
      const restore = baseline.open(known, held.draws)
      const y = asPoints(given, held.model.encoding, problem)
      const width = y.length / held.pictures
      const made = Array.from({ length: held.pictures }, (_, i) =>
        pointsToShares(restore(y.slice(i * width, (i + 1) * width), i), held),
      )
      yield figured(name, held, problem, given, made)
    }
    for (const way of ways) {
      const name = wanted(way.name)
      if (name === undefined || way.method.cannot(problem.damage.operator) !== undefined) continue
      let [made, evaluations]: [Float64Array[], number] = [[], 0]
      const milliseconds = await cpuMilliseconds(async () => {
        const restored = await restorePictures(held.model, given, {
          ...{ damage: problem.damage, noise: problem.noise, draws: held.draws, steps },
          ...{ method: way.method.name, methodOptions: way.options },
        })
        const size = restored.draws.values.length / held.pictures
        made = Array.from({ length: held.pictures }, (_, i) =>
          Float64Array.from(
            planar(restored.draws.values.subarray(i * size, (i + 1) * size), held.shape),
            (value) => value / (restored.draws.levels - 1),
          ),
        )
        evaluations = restored.evaluations
        if (asked.folder !== undefined && run === asked.run)
          writeSheet(asked.folder, name, restored, { truth: held.bytes, known: problem.damage.known })
      })
      const each = milliseconds / held.pictures / held.draws
      yield figured(name, held, problem, given, made, [
        `${evaluations} evaluations, ${each.toFixed(each < 10 ? 1 : 0)} ms of CPU a draw`,
      ])
    }
  }
  await opened.fitted.dispose()
}

async function openHeldOut(
  opened: OpenedModel,
  { pictures: wanted = usual.pictures, draws }: Pick<BenchContext, 'pictures' | 'draws'>,
): Promise<HeldOut> {
  const { encoding, run, fitted } = opened
  if (!(encoding instanceof PictureEncoding)) throw new Error(`${run.folder} is of no pictures`)
  const isLarge = encoding.width > large
  const split = await openSplit(opened)
  try {
    const column = split.table.pictures![0]!
    const pictures = Math.min(split.test.length, wanted)
    const pointsOf = async (rows: Int32Array): Promise<Float32Array> =>
      observedPoints(await loadPictures(column, rows), encoding)
    const own = await loadPictures(column, split.test.slice(0, pictures))
    const learned = await pointsOf(split.training.slice(0, mostLearned))
    return {
      name: run.name,
      model: { encoding, fitted },
      shape: encoding.shape,
      truth: observedPoints(own, encoding),
      bytes: own.values.map((value) => Math.round((value * (levels - 1)) / (own.levels - 1))),
      learned: {
        // Within its cell a number is not known.
        gaussian: gaussianOf(learned, encoding.width, scaleOfPoints(encoding).cell ** 2),
        median: medianOf(learned, encoding.width),
      },
      pictures,
      draws: draws ?? usual.draws[isLarge ? 'large' : 'small'],
    }
  } finally {
    await split.dispose()
  }
}

/** Pictures as a file would hold them: damaged, with noise, and cut off at black and white. */
function damaged({ truth, model, shape, pictures }: HeldOut, { damage, noise }: Problem): LoadedPictures {
  const { ends, unit } = scaleOfPoints(model.encoding)
  const y = observed(damage, truth)
  const width = y.length / pictures
  const z = new RandomStream({ seed: 2, name: 'damage' }).normal({ first: 0, count: pictures, width })
  const bytes = Uint8Array.from(y, (value, at) => {
    if (damage.known?.[at % width] === 0) return 0
    const share = (value - ends[0]) / unit + noise * z[at]!
    return Math.round((levels - 1) * Math.min(1, Math.max(0, share)))
  })
  const own = { ...shape, width: damage.size.width, height: damage.size.height }
  return {
    ...{ kind: 'picture', name: 'picture', type: 'GREY8', levels, ...own },
    values: interleaved(bytes, own, pictures),
  }
}

/** What is given as the operator gives it, [n, m]. */
function asPoints(given: LoadedPictures, encoding: PictureEncoding, { damage }: Problem): Float64Array {
  const points = Float64Array.from(observedPoints(given, encoding))
  if (damage.known)
    for (let at = 0; at < points.length; at++) points[at]! *= damage.known[at % damage.known.length]!
  return points
}

function knownOf({ shape, learned, model }: HeldOut, { damage, noise }: Problem): Known {
  const { unit, cell } = scaleOfPoints(model.encoding)
  return { ...learned, shape, damage, noise: Math.hypot(noise * unit, cell) }
}

/** The figures of draws, [pictures][K, d], as shares of white. */
function figured(
  name: string,
  held: HeldOut,
  problem: Problem,
  given: LoadedPictures,
  made: readonly Float64Array[],
  notes: readonly string[] = [],
): BenchResult {
  const d = held.model.encoding.width
  const truth = pointsToShares(held.truth, held)
  const { known } = problem.damage
  const judged = Array.from({ length: d }, (_, at) => at).filter((at) => known?.[at] !== 1)
  const distance = (a: Float64Array, i: number, b: Float64Array, j: number): number => {
    let square = 0
    for (const at of judged) square += (a[i * d + at]! - b[j * d + at]!) ** 2
    return Math.sqrt(square / judged.length)
  }
  const ties = new RandomStream({ seed: 4, name: 'ties' }).uniform({ first: 0, count: made.length, width: d })
  let [score, single, mean, covered] = [0, 0, 0, 0]
  const n = made.length
  const draws = made[0]!.length / d
  made.forEach((own, i) => {
    let [off, apart] = [0, 0]
    for (let k = 0; k < draws; k++) {
      const error = distance(own, k, truth, i)
      off += error / draws
      single += error ** 2 / draws / n
      for (let j = 0; j < k; j++) apart += distance(own, k, own, j) / ((draws * (draws - 1)) / 2)
    }
    score += (off - apart / 2) / n
    mean += distance(meanOf(own, d, Math.min(ofMean, draws)), 0, truth, i) ** 2 / n
    for (const at of judged)
      covered += isWithin(own, truth[i * d + at]!, { at, d, tie: ties[i * d + at]! }) / judged.length / n
  })
  const psnr = (square: number): string => (-10 * Math.log10(square)).toFixed(2)
  return figure(name, '% of white minus black, energy score', 100 * score, [
    `PSNR of a draw ${psnr(single)} dB`,
    ...(draws === 1
      ? []
      : [
          `of the mean of ${Math.min(ofMean, draws)} ${psnr(mean)} dB`,
          `${(100 * covered).toFixed(1)} % within all ${draws} draws (${((100 * (draws - 1)) / (draws + 1)).toFixed(1)} % were right)`,
        ]),
    `observed off by ${(100 * observedError(held, problem, given, made)).toFixed(2)} %`,
    ...notes,
  ])
}

/** Root mean square of A x − y over all that is given, as a share of white minus black. */
function observedError(
  { model }: HeldOut,
  problem: Problem,
  given: LoadedPictures,
  made: readonly Float64Array[],
): number {
  const { unit, ends } = scaleOfPoints(model.encoding)
  const y = asPoints(given, model.encoding, problem)
  const width = y.length / made.length
  const { known } = problem.damage
  let [square, count] = [0, 0]
  made.forEach((own, i) => {
    const seen = observed(
      problem.damage,
      own.map((share) => share * unit + ends[0]),
    )
    seen.forEach((value, at) => {
      if (known?.[at % width] === 0) return
      square += ((value - y[i * width + (at % width)]!) / unit) ** 2
      count++
    })
  })
  return Math.sqrt(square / count)
}

/** Whether a truth lies between the least and the largest draw; where it equals draws, its place among them is drawn. */
function isWithin(
  draws: Float64Array,
  truth: number,
  { at, d, tie }: { readonly at: number; readonly d: number; readonly tie: number },
): number {
  let [below, equal, all] = [0, 0, 0]
  for (let place = at; place < draws.length; place += d, all++) {
    if (draws[place]! < truth - 1e-6) below++
    else if (draws[place]! <= truth + 1e-6) equal++
  }
  const rank = below + Math.floor(tie * (equal + 1))
  return rank > 0 && rank < all ? 1 : 0
}

function meanOf(draws: Float64Array, d: number, count: number): Float64Array {
  const mean = new Float64Array(d)
  for (let at = 0; at < count * d; at++) mean[at % d]! += draws[at]! / count
  return mean
}

function medianOf(rows: Float32Array, d: number): Float64Array {
  return Float64Array.from({ length: d }, (_, at) => {
    const column = rows.filter((_, place) => place % d === at).sort()
    return column[column.length >> 1]!
  })
}

/** Points as shares of white, between black and white. */
function pointsToShares(points: ArrayLike<number>, { model }: HeldOut): Float64Array {
  const { ends, unit } = scaleOfPoints(model.encoding)
  return Float64Array.from(points, (x) => Math.min(1, Math.max(0, (x - ends[0]) / unit)))
}

/** [n][h, w, c] → [n][c, h, w]. */
function planar(values: Uint8Array, { channels, height, width }: PictureShape): Float64Array {
  const [pixels, size] = [height * width, channels * height * width]
  return Float64Array.from(values, (_, at) => {
    const [row, place] = [Math.floor(at / size), at % size]
    return values[row * size + (place % pixels) * channels + Math.floor(place / pixels)]!
  })
}

/** [n][c, h, w] → [n][h, w, c]. */
function interleaved(values: Uint8Array, { channels, height, width }: PictureShape, n: number): Uint8Array {
  const [pixels, size] = [height * width, channels * height * width]
  return Uint8Array.from({ length: n * size }, (_, at) => {
    const [row, place] = [Math.floor(at / size), at % size]
    return values[row * size + (place % channels) * pixels + Math.floor(place / channels)]!
  })
}
