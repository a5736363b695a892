// Claim 12: sliced and denoising against exact: bias and variance of the gradient at equal time.
import { gaussianMixture, RandomStream } from 'scorefield'
import * as f from 'scorefield/engine'
import type { Claim } from './claim.ts'
import { evenly, figure } from './figures.ts'

const width = 64
const batch = 64
/** A bias is seen where it makes the distance² of the mean so many times its own noise. */
const seen = 2.5

type Weights = f.Named<f.Tensor>
type Loss = (p: Weights, x: f.Tensor, v: f.Tensor) => f.Tensor

const dot = (a: f.Tensor, b: f.Tensor): f.Tensor => f.sum(f.mul(a, b), { axes: [1] })

/** s(x) = −x + W₃ tanh(W₂ tanh(W₁ x)): [B, d]. */
function score(p: Weights, x: f.Tensor): f.Tensor {
  const hidden = f.tanh(f.matmul(f.tanh(f.matmul(x, p['w1']!)), p['w2']!))
  return f.sub(f.matmul(hidden, p['w3']!), x)
}

/** E[½‖s‖² + tr ∂s/∂x], Hyvärinen's objective, of a batch. */
const exactLoss: Loss = (p, data) => {
  const x = f.variable(data)
  const s = score(p, x)
  return f.mean(f.add(f.mul(dot(s, s), 0.5), f.jacobianTrace(s, x)))
}

/** E[vᵀ(∂s/∂x)v + ½(vᵀs)²], or with ½‖s‖² in place of the second term. */
const slicedLoss =
  (reduced: boolean): Loss =>
  (p, data, v) => {
    const x = f.variable(data)
    const s = score(p, x)
    const square = reduced ? dot(s, s) : f.square(dot(v, s))
    return f.mean(f.add(f.jacobianTraceEstimate(s, x, v), f.mul(square, 0.5)))
  }

/** ½E‖s(x + σz) + z/σ‖², z standard normal; of z and −z, where both are taken. */
const denoisingLoss =
  (sigma: number, pairs: boolean): Loss =>
  (p, x, z) => {
    const at = (sign: number): f.Tensor => {
      const s = score(p, f.add(x, f.mul(z, sign * sigma)))
      // Without ½‖z/σ‖², which no weight moves.
      return f.mean(f.add(f.mul(dot(s, s), 0.5), f.mul(dot(s, z), sign / sigma)))
    }
    return pairs ? f.mul(f.add(at(1), at(-1)), 0.5) : at(1)
  }

interface Estimator {
  readonly name: string
  readonly loss: Loss
  readonly noise: 'rademacher' | 'normal'
  /** Whether its mean is the exact gradient. */
  readonly unbiased: boolean
}

const estimators: readonly Estimator[] = [
  { name: 'exact', loss: exactLoss, noise: 'rademacher', unbiased: true },
  { name: 'sliced', loss: slicedLoss(false), noise: 'rademacher', unbiased: true },
  { name: 'sliced, variance reduced', loss: slicedLoss(true), noise: 'rademacher', unbiased: true },
  ...[0.05, 0.2, 0.6].map(
    (sigma): Estimator => ({
      ...{
        name: `denoising, σ = ${sigma}`,
        loss: denoisingLoss(sigma, false),
        noise: 'normal',
        unbiased: false,
      },
    }),
  ),
  { name: 'denoising ±z, σ = 0.05', loss: denoisingLoss(0.05, true), noise: 'normal', unbiased: false },
]

const type = (...shape: number[]): f.TensorType => ({ shape, dtype: 'float32' })

/** The gradient of a loss in all weights, compiled. */
function gradientProgram(loss: Loss, d: number, rows: number): Promise<f.Program> {
  const weights = { w1: type(d, width), w2: type(width, width), w3: type(width, d) }
  return f.compile({
    name: 'gradient',
    shared: weights,
    inputs: { x: type(rows, d), v: type(rows, d) },
    step: ({ inputs, shared }) => {
      const names = Object.keys(weights)
      const value = loss(shared, inputs['x']!, inputs['v']!)
      const gradients = f.grad(
        value,
        names.map((name) => shared[name]!),
      )
      return { outputs: Object.fromEntries(names.map((name, i) => [`∂${name}`, gradients[i]!])) }
    },
  })
}

const flat = (named: Readonly<Record<string, f.HostArray>>): Float64Array =>
  Float64Array.from(['w1', 'w2', 'w3'].flatMap((name) => Array.from(named[`∂${name}`]!)))

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0)

async function measure(d: number, batches: number, seed: number, timed: boolean) {
  const rows = 1024
  const means = [-1, 1].map((sign) => Array.from({ length: d }, (_, k) => (k < 2 ? 1.5 * sign : 0)))
  const data = Float32Array.from(
    gaussianMixture({ weights: [1, 2], means, covariances: [0.3, 0.6] }).sample({ seed, count: rows }),
  )
  const drawn = new RandomStream({ seed, name: 'weights' })
  const weights: Record<string, Float32Array> = {}
  for (const [i, [name, inputs, outputs]] of (
    [
      ['w1', d, width],
      ['w2', width, width],
      ['w3', width, d],
    ] as const
  ).entries())
    weights[name] = drawn
      .normal({ first: i, count: 1, width: inputs * outputs })
      .map((z) => z / Math.sqrt(inputs))

  // A few steps down the exact gradient of all rows: where training spends its time, not where it begins.
  const whole = await gradientProgram(exactLoss, d, rows)
  const none = new Float32Array(rows * d)
  const exactGradient = async () => {
    whole.setShared(weights)
    return whole.run({ x: data, v: none })
  }
  for (let step = 0; step < 40; step++)
    for (const [name, slope] of Object.entries(await exactGradient()))
      weights[name.slice(1)] = weights[name.slice(1)]!.map((value, i) => value - 0.03 * slope[i]!)
  const truth = flat(await exactGradient())
  await whole.dispose()

  const noise = new RandomStream({ seed, name: 'noise' })
  const found = []
  for (const { name, loss, noise: kind, unbiased } of estimators) {
    const program = await gradientProgram(loss, d, batch)
    program.setShared(weights)
    const mean = new Float64Array(truth.length)
    const second = new Float64Array(truth.length)
    let seconds = Number.POSITIVE_INFINITY
    for (let k = 0; k < batches; k++) {
      const chosen = noise.uniform({ first: k * batch, count: batch, width: 1, counter: 1 })
      const x = new Float32Array(batch * d)
      for (const [i, u] of chosen.entries()) {
        const row = Math.floor(u * rows) * d
        x.set(data.subarray(row, row + d), i * d)
      }
      const z = noise.normal({ first: k * batch, count: batch, width: d })
      const v = kind === 'normal' ? z : z.map(Math.sign)
      const started = performance.now()
      const gradient = flat(await program.run({ x, v }))
      seconds = Math.min(seconds, (performance.now() - started) / 1000)
      for (const [i, value] of gradient.entries()) {
        mean[i]! += value / batches
        second[i]! += value ** 2 / batches
      }
    }
    const { flops } = program.cost()
    await program.dispose()
    const variance =
      (second.reduce((sum, value, i) => sum + value - mean[i]! ** 2, 0) * batches) / (batches - 1)
    const away = squares(mean.map((value, i) => value - truth[i]!))
    const ratio = away / (variance / batches)
    found.push({
      ...{ name, unbiased, ratio, variance: variance / squares(truth), cost: timed ? seconds : flops },
      // The mean of so many batches is off by its own noise, too; below that nothing can be said of a bias.
      bias: ratio > seen ? Math.sqrt((away - variance / batches) / squares(truth)) : 0,
    })
  }
  return found
}

export const estimatorsOfTheGradient: Claim = {
  number: 12,
  title: 'Estimators of the gradient',
  claim:
    'Sliced score matching has the exact gradient in the mean, with more variance; denoising has another one, with a bias that falls and a variance that grows as σ gets smaller.',
  why: 'With probes E[vvᵀ] = I, E[v·(∂s/∂x)v] = tr ∂s/∂x and E[(v·s)²] = ‖s‖²: the mean is right, the noise that of v. Denoising at level σ has the gradient of the noised density, off by O(σ²); its target −z/σ has variance 1/σ². At equal time the error of a mean of batches is bias² + variance · (time of a batch)/(time).',
  source: 'Song, Garg, Shi, Ermon 2019; Vincent 2011',
  limits:
    'One network at one place of its training; time is that of this compiler, where the exact trace is cheaper than d passes (claim 6). A gradient of less variance is not yet a better model: see claim 13.',
  run: async ({ small, seed }) => {
    const dimensions = small ? [8] : [4, 16, 64]
    const all = []
    for (const d of dimensions) all.push({ d, found: await measure(d, small ? 60 : 300, seed, !small) })
    const { d, found } = all.at(Math.floor(all.length / 2))!
    const named = (name: string) => found.find((one) => one.name === name)!
    const exact = named('exact')
    const [fine, coarse] = [named('denoising, σ = 0.05'), named('denoising, σ = 0.6')]
    const budgets = evenly(0, 4, 17).map((power) => exact.cost * 10 ** power)
    const unbiased = all.flatMap((one) => one.found.filter((estimator) => estimator.unbiased))
    return {
      checks: [
        {
          what: 'exact and sliced: distance² of the mean from the exact gradient, in units of its own noise',
          measured: Math.max(...unbiased.map(({ ratio }) => ratio)),
          atMost: seen,
        },
        { what: 'denoising at σ = 0.6: the same', measured: coarse.ratio, atLeast: 3 },
        {
          what: 'variance of sliced over exact',
          measured: named('sliced').variance / exact.variance,
          atLeast: 1,
        },
        {
          what: 'variance of sliced, reduced, over sliced',
          measured: named('sliced, variance reduced').variance / named('sliced').variance,
          atMost: 1.05,
        },
        {
          what: 'variance of denoising at σ = 0.05 over σ = 0.6',
          measured: fine.variance / coarse.variance,
          atLeast: 5,
        },
        {
          what: 'variance of denoising with z and −z over z alone, σ = 0.05',
          measured: named('denoising ±z, σ = 0.05').variance / fine.variance,
          atMost: 0.5,
        },
      ],
      tables: all.map((one) => ({
        caption: `d = ${one.d}; bias and variance of the gradient of a batch of ${batch}, in units of the exact gradient's length; – where no bias shows above its noise`,
        columns: [
          'estimator',
          'bias',
          'variance',
          small ? 'work' : 'ms a batch',
          'variance at the time of one exact batch',
        ],
        rows: one.found.map(({ name, bias, variance, cost }) => [
          name,
          bias > 0 ? figure(bias, 2) : '–',
          figure(variance),
          figure(small ? cost : 1000 * cost, 2),
          figure((variance * cost) / one.found[0]!.cost),
        ]),
      })),
      pictures: [
        {
          ...{ kind: 'curves', name: '12-estimators-of-the-gradient', logX: true, logY: true },
          ...{ xLabel: 'time, in exact batches', yLabel: 'relative error of the mean gradient' },
          title: `Error of the gradient at equal time, d = ${d}`,
          alt: 'Error of the mean gradient against time for each estimator: denoising levels off at its bias',
          series: found.slice(0, 6).map(({ name, bias, variance, cost }) => ({
            name,
            x: budgets.map((budget) => budget / exact.cost),
            y: budgets.map((budget) => Math.sqrt(bias ** 2 + (variance * cost) / budget)),
          })),
        },
      ],
      verdict: `In ${d} dimensions the variance of a batch is ${figure(exact.variance)} (exact), ${figure(named('sliced').variance)} (sliced), ${figure(named('sliced, variance reduced').variance)} (reduced) and ${figure(fine.variance)} (denoising, σ = 0.05), in squares of the exact gradient's length. Denoising is off by ${figure(coarse.bias, 2)} of that length at σ = 0.6 and by ${fine.bias > 0 ? figure(fine.bias, 2) : 'nothing that shows above its noise'} at 0.05. Taking z and −z together leaves ${figure((100 * named('denoising ±z, σ = 0.05').variance) / fine.variance, 2)} % of its variance.`,
    }
  },
}
