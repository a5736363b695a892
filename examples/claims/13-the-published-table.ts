// Claim 13: the published table: score matching trains NICE, and each objective is good at what it measures.
import { join } from 'node:path'
import { fit, type RowModel } from 'scorefield'
import * as f from 'scorefield/engine'
import type { Claim } from './claim.ts'
import { figure, meanOf, withError } from './figures.ts'
import { absent, mnist, parkinsons, type Split, wines } from './tables.ts'

interface Way {
  readonly name: string
  readonly objective: string
  readonly sigma?: number
  /** Test score-matching loss and log-likelihood on MNIST of Song et al. 2019, table 1, as transcribed. */
  readonly published?: readonly [loss: number, logLikelihood: number]
}

const ways: readonly Way[] = [
  { name: 'likelihood', objective: 'maximum-likelihood', published: [-579, -791] },
  { name: 'sliced, variance reduced', objective: 'sliced-variance-reduced', published: [-8054, -3355] },
  { name: 'sliced', objective: 'sliced-score-matching', published: [-2428, -2039] },
  { name: 'denoising, σ = 0.1', objective: 'denoising-one-level', sigma: 0.1, published: [-3035, -4363] },
  { name: 'denoising, σ = 1', objective: 'denoising-one-level', sigma: 1 },
  { name: 'exact', objective: 'implicit-score-matching' },
]

/** What a data set is learned with: seconds or steps for each way, the same for all. */
interface Effort {
  readonly seconds?: number
  /** The most steps; of those, each way keeps the weights that are best by its own loss of rows held out. */
  readonly steps: number
  readonly width: number
  readonly batchSize: number
  /** Of exact score matching, whose steps are long: the same unless given. */
  readonly exactBatchSize?: number
  readonly testRows: number
  readonly learningRate: number
}

/** Score-matching loss ½‖s‖² + tr ∂s/∂x, exact, and log-density of test rows. */
async function tested(model: RowModel, { test, dimension }: Split, rows: number, seconds = Infinity) {
  const used = Math.min(rows, test.length / dimension)
  const batch = Math.min(used, dimension > 100 ? 10 : 50)
  const { can, parameters } = model.fitted.model
  const program = await f.compile({
    name: 'score-matching loss',
    shared: parameters,
    inputs: { x: { shape: [batch, dimension], dtype: 'float32' } },
    step: ({ inputs, shared }) => {
      const x = f.variable(inputs['x']!)
      const energy = can.energy!(shared, { x })
      const score = f.grad(f.sum(energy), [x])[0]!
      const squares = f.mul(f.sum(f.square(score), { axes: [1] }), 0.5)
      return { outputs: { loss: f.sub(squares, f.hessianTrace(energy, x)), logDensity: f.neg(energy) } }
    },
  })
  program.setShared(model.fitted.values)
  const losses: number[] = []
  const logDensities: number[] = []
  const started = performance.now()
  for (let at = 0; at + batch <= used && performance.now() - started < 1000 * seconds; at += batch) {
    const out = await program.run({ x: test.slice(at * dimension, (at + batch) * dimension) })
    losses.push(...out['loss']!)
    logDensities.push(...out['logDensity']!)
  }
  await program.dispose()
  return { loss: meanOf(losses), logLikelihood: meanOf(logDensities) }
}

async function learned(split: Split, way: Way | undefined, effort: Effort, seed: number): Promise<RowModel> {
  const finish = new AbortController()
  const sigmaData = Math.sqrt(split.train.reduce((sum, x) => sum + x * x, 0) / split.train.length)
  const isExact = way?.objective === 'implicit-score-matching'
  let started = 0
  return fit(
    { rows: split.train, dimension: split.dimension },
    {
      ...{ family: 'nice', objective: way?.objective ?? 'maximum-likelihood', scale: false, seed, sigmaData },
      ...(way?.sigma ? { objectiveOptions: { sigma: way.sigma / sigmaData } } : {}),
      ...{ size: { layers: 4, width: effort.width, blocks: 1, embedding: 1 }, strayShare: 0 },
      // The published training stops by rows held out, too. In a time this short MNIST is not learned by heart.
      ...(effort.seconds
        ? { split: { test: 0, validation: 0 }, patienceEvaluations: 0 }
        : {
            split: { test: 0, validation: 0.1, weightsBy: 'validation' as const },
            ...{ evaluateEverySteps: 50, patienceEvaluations: 10 },
          }),
      ...{ sigmaMin: 0.01, sigmaMax: 100 },
      runtime: f.nodeCpu({ threads: 1 }),
      batchSize: isExact ? (effort.exactBatchSize ?? effort.batchSize) : effort.batchSize,
      ...{ schedule: 'constant', emaHalfLifeSteps: 20, warmUpSteps: 20 },
      ...{ steps: way ? effort.steps : 1, learningRate: way ? effort.learningRate : 1e-12 },
      stepsPerCall: isExact && split.dimension > 100 ? 1 : 10,
      ...{ optimiserOptions: { weightDecay: 0 }, finish: finish.signal },
      onEvent: (event) => {
        // From the start of the training on, so that compiling is not counted.
        if (event.type === 'start') started = performance.now()
        if (effort.seconds && event.type === 'step' && performance.now() - started > 1000 * effort.seconds)
          finish.abort()
      },
    },
  )
}

async function compared(split: Split, chosen: readonly Way[], effort: Effort, seed: number) {
  const found = []
  for (const way of [undefined, ...chosen]) {
    const model = await learned(split, way, effort, seed)
    const figures = await tested(model, split, effort.testRows, split.dimension > 100 ? 15 : undefined)
    found.push({ way, name: way?.name ?? 'untrained', steps: way ? model.step : 0, ...figures })
    await model.dispose()
  }
  return found
}

/** Training of each objective on MNIST. */
const mnistSeconds = 40

type Found = Awaited<ReturnType<typeof compared>>

const of = (found: Found, name: string) => found.find((one) => one.name === name)!

export const thePublishedTable: Claim = {
  number: 13,
  title: 'The published table',
  claim:
    'Score matching trains a density without its likelihood: each objective is best by what it measures, and exact score matching, which the published table had to leave out, is among them.',
  why: 'NICE maps a row x to z = f(x) and has log p(x) = log N(f(x)) + Σ log-scales, so likelihood, score and trace are all exact. Likelihood is the mean of log p; score matching is the mean of ½‖s‖² + tr ∂s/∂x. The two weigh errors differently: the score sees shapes and no masses, and its objective falls without end where the data have atoms.',
  source: 'Song, Garg, Shi, Ermon 2019, table 1; Dinh, Krueger, Bengio 2015',
  limits:
    'A short training against a hundred epochs on a graphics card, couplings of 128 units and one hidden block against five layers of 1,000, a part of the training images, and noise drawn once: orders may be compared, numbers may not. One training each: the ± is that of the test rows.',
  missing: ({ small, data }) =>
    small
      ? undefined
      : absent(data, [
          'mnist/train20k-images-idx3-ubyte.gz',
          'mnist/t10k-images-idx3-ubyte.gz',
          'parkinsons/parkinsons_updrs.data',
          'wine-quality/winequality-red.csv',
          'wine-quality/winequality-white.csv',
        ]),
  run: async ({ small, seed, data }) => {
    const own = 'data/wine-quality/winequality-white.csv'
    const quick: Effort = {
      steps: small ? 100 : 2000,
      width: small ? 16 : 32,
      batchSize: small ? 64 : 128,
      testRows: small ? 200 : 400,
      learningRate: 2e-3,
    }
    const tables: { name: string; found: Found }[] = []
    const chosen = small ? ways.filter(({ name }) => ['likelihood', 'exact'].includes(name)) : ways
    const at = (...path: string[]) => join(data ?? '', ...path)
    const sets: [string, () => Split][] = small
      ? [['white wine', () => wines(own, seed)]]
      : [
          ['Parkinsons', () => parkinsons(at('parkinsons', 'parkinsons_updrs.data'), seed)],
          ['red wine', () => wines(at('wine-quality', 'winequality-red.csv'), seed)],
          ['white wine', () => wines(at('wine-quality', 'winequality-white.csv'), seed)],
        ]
    for (const [name, open] of sets) tables.push({ name, found: await compared(open(), chosen, quick, seed) })
    const digits = small
      ? undefined
      : await compared(
          mnist(at('mnist'), 6000, 400, seed),
          ways,
          {
            steps: 1_000_000,
            seconds: mnistSeconds,
            width: 128,
            batchSize: 24,
            testRows: 200,
            learningRate: 5e-4,
          },
          seed,
        )
    const rowsOf = (found: Found) =>
      found.map(({ name, way, steps, loss, logLikelihood }) => [
        ...[name, steps.toLocaleString('en-US'), withError(loss), withError(logLikelihood)],
        ...(found === digits
          ? [figure(way?.published?.[0] ?? Number.NaN, 4), figure(way?.published?.[1] ?? Number.NaN, 4)].map(
              (text) => text.replace('NaN', '–'),
            )
          : []),
      ])
    const ordered = (found: Found, by: 'loss' | 'logLikelihood') =>
      found
        .filter(({ way }) => way)
        .sort((a, b) =>
          by === 'loss' ? a.loss.mean - b.loss.mean : b.logLikelihood.mean - a.logLikelihood.mean,
        )
        .map(({ name }) => name)
    const gain = ({ found }: { found: Found }, name: string) =>
      of(found, 'untrained').loss.mean - of(found, name).loss.mean
    const lead = (found: Found) => {
      const [first, others] = [
        of(found, 'likelihood'),
        found.filter(({ way }) => way && way.name !== 'likelihood'),
      ]
      return Math.min(...others.map(({ logLikelihood }) => first.logLikelihood.mean - logLikelihood.mean))
    }
    return {
      checks: [
        ...tables.flatMap((table) => [
          {
            what: `${table.name}: score-matching loss that exact training gains over none`,
            measured: gain(table, 'exact'),
            atLeast: 0.1,
          },
          {
            what: `${table.name}: nats by which likelihood leads by likelihood`,
            measured: lead(table.found),
            atLeast: -0.3,
          },
        ]),
        ...(digits
          ? [
              {
                what: 'MNIST: nats by which likelihood leads by likelihood',
                measured: lead(digits),
                atLeast: 0,
              },
            ]
          : []),
      ],
      tables: [
        ...(digits
          ? [
              {
                caption: `MNIST, 6,000 images, ${mnistSeconds} s for each objective: test score-matching loss and log-likelihood of 784 logits, beside the published ones`,
                columns: [
                  'trained by',
                  'steps',
                  'score-matching loss',
                  'log-likelihood, nats',
                  'published loss',
                  'published log-likelihood',
                ],
                rows: rowsOf(digits),
              },
            ]
          : []),
        ...tables.map(({ name, found }) => ({
          caption: `${name[0]!.toUpperCase()}${name.slice(1)}, whitened, the best of at most ${quick.steps.toLocaleString('en-US')} steps by the objective’s own loss of rows held out`,
          columns: ['trained by', 'steps', 'score-matching loss', 'log-likelihood, nats'],
          rows: rowsOf(found),
        })),
      ],
      pictures: [
        {
          ...{
            kind: 'curves',
            name: '13-the-published-table',
            xLabel: 'test score-matching loss',
            yLabel: 'test log-likelihood, nats',
          },
          alt: 'Test log-likelihood against test score-matching loss, one dot for each objective',
          title: digits
            ? 'MNIST: likelihood against score-matching loss'
            : 'Likelihood against score-matching loss',
          series: (digits ?? tables[0]!.found)
            .filter(({ way }) => way)
            .map(({ name, loss, logLikelihood }) => ({
              name,
              x: [loss.mean],
              y: [logLikelihood.mean],
              dots: true,
            })),
        },
      ],
      verdict: digits
        ? `On MNIST the order by score-matching loss, best first, is ${ordered(digits, 'loss').join('; ')}; by likelihood it is ${ordered(digits, 'logLikelihood').join('; ')}. The published order by score-matching loss is ${publishedOrder(0)}; by likelihood ${publishedOrder(1)}. ${explained(digits)} Exact score matching went through ${of(digits, 'exact').steps} steps of 6 images in its ${mnistSeconds} s, too few to learn from, where sliced went through ${of(digits, 'sliced').steps} of 24. That is ${figure(secondsAnImage(digits), 2)} s an image, ${figure((secondsAnImage(digits) * 54_000) / 3600, 2)} hours for an epoch of the published 54,000 images, with a smaller network, one thread and no graphics card. What made it possible is the forward Laplacian, one pass with 784 directions in rounds that fit into memory (claim 6); the published code takes 784 reverse passes, seven hours an epoch, and was left out of the table for that.`
        : `By score-matching loss, best first: ${ordered(tables[0]!.found, 'loss').join('; ')}; by likelihood: ${ordered(tables[0]!.found, 'logLikelihood').join('; ')}.`,
    }
  },
}

/** The ways that the published table has, best first. */
function publishedOrder(by: 0 | 1): string {
  return ways
    .flatMap(({ name, published }) => (published ? [{ name, value: published[by] }] : []))
    .sort((a, b) => (by === 0 ? a.value - b.value : b.value - a.value))
    .map(({ name }) => name)
    .join('; ')
}

function secondsAnImage(found: Found): number {
  return mnistSeconds / of(found, 'exact').steps / 6
}

/** Which of score matching's ways have overtaken likelihood by their own measure, as all have in the published table, and why not the rest. */
function explained(found: Found): string {
  const { loss } = of(found, 'likelihood')
  const published = found.filter(({ way }) => way?.published && way.name !== 'likelihood')
  const names = (isAhead: boolean) =>
    published.filter((one) => one.loss.mean < loss.mean === isAhead).map(({ name }) => name)
  const [ahead, behind] = [names(true), names(false)]
  const first = `By likelihood the leader is as published. By score-matching loss ${ahead.length > 0 ? `${ahead.join(', ')} ${ahead.length > 1 ? 'are' : 'is'} ahead of likelihood, as published` : 'none is ahead of likelihood yet'}`
  if (behind.length === 0) return `${first}.`
  return `${first}; ${behind.join(' and ')} not yet: four numbers in five are black pixels, and three in four of those lie on the clamp, so that the loss falls without end as their scales shrink. The published figures in the thousands come from a hundred epochs of that; a short training ends before it, where noisy gradients have got less far.`
}
