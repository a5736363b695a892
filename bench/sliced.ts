import * as f from '../src/engine/index.ts'
import { type Bench, median } from './harness.ts'
import { networkTask, type OpenTask, openTask, type Task } from './ours-task.ts'
import type { MlpWorkload } from './peers/workload.mjs'

const dimensions = [64, 128, 256, 512, 1024]
const sigma = 0.1
/** Steps in one call of the runtime. */
const stepsPerCall = 8

/** Sliced score matching costs a little more than denoising, and as much more in many dimensions as in few. */
export const slicedBench: Bench = {
  name: 'sliced',
  summary: 'a step of sliced score matching over one of denoising, MLP 3×128, batch 256, d = 64 to 1024',
  async *run({ rounds, seconds }) {
    const ratios: number[] = []
    for (const d of dimensions) {
      const [sliced, denoising] = [
        await openTask(taskOf(d, slicedLoss)),
        await openTask(taskOf(d, denoisingLoss)),
      ]
      const found: { sliced: number; denoising: number }[] = []
      for (let round = 0; round < Math.max(rounds, 5); round++)
        found.push({
          sliced: await milliseconds(sliced, seconds / 4),
          denoising: await milliseconds(denoising, seconds / 4),
        })
      const ratio = median(found.map((one) => one.sliced / one.denoising))
      ratios.push(ratio)
      yield {
        ...{
          name: `sliced score matching over denoising, d = ${d}`,
          unit: '×',
          ours: ratio,
          peers: {},
          ratio: null,
        },
        ...{ target: { atMost: 2.5 }, met: ratio <= 2.5 },
        note: `${median(found.map((one) => one.sliced)).toFixed(2)} and ${median(found.map((one) => one.denoising)).toFixed(2)} ms, medians of rounds taken in turn`,
      }
      await sliced.dispose()
      await denoising.dispose()
    }
    const slope = slopeOf(dimensions.map(Math.log), ratios.map(Math.log))
    yield {
      ...{ name: 'sliced score matching: slope of ln time in ln d beyond the network’s own', unit: '' },
      ...{ ours: slope, peers: {}, ratio: null, target: { atMost: 0.15 }, met: slope <= 0.15 },
      note: 'of the ratios above, by least squares',
    }
  },
}

/** One call after another for about so long. */
async function milliseconds({ run }: OpenTask, seconds: number): Promise<number> {
  const started = performance.now()
  let steps = 0
  do {
    await run(stepsPerCall)
    steps += stepsPerCall
  } while (performance.now() - started < 1000 * seconds)
  return (performance.now() - started) / steps
}

type Loss = (given: {
  readonly score: (x: f.Tensor) => f.Tensor
  readonly x: f.Tensor
  readonly draw: f.Tensor
}) => f.Tensor

/** E_v[vᵀ(∂s/∂x)v + ½(vᵀs)²].  Song, Garg, Shi, Ermon 2019. */
const slicedLoss: Loss = ({ score, x, draw: v }) => {
  const s = score(x)
  const along = f.sum(f.mul(v, s), { axes: [1] })
  return f.mean(f.add(f.jacobianTraceEstimate(s, x, v), f.mul(f.square(along), 0.5)))
}

/** ½‖σ s(x + σz) + z‖².  Vincent 2011. */
const denoisingLoss: Loss = ({ score, x, draw: z }) => {
  const error = f.add(f.mul(score(f.add(x, f.mul(z, sigma))), sigma), z)
  return f.mul(f.mean(f.sum(f.square(error), { axes: [1] })), 0.5)
}

/** A network of the score on a fixed batch; what is drawn is fixed, too: its values do not change the work. */
function taskOf(d: number, loss: Loss): Task {
  const workload: MlpWorkload = {
    name: `sliced-${d}`,
    kind: 'mlp',
    widths: [d, 128, 128, 128, d],
    batchSize: 256,
    loss: 'score',
  }
  const network = networkTask(workload)
  const signs = network.values['y']!.map((value) => (value < 0 ? -1 : 1))
  return {
    ...network,
    values: { ...network.values, y: signs },
    loss: (p, { x, y }) => loss({ score: (at) => network.apply(p, at), x: x!, draw: y! }),
  }
}

/** Of the line by least squares. */
function slopeOf(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const covariance = x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0)
  return covariance / x.reduce((sum, v) => sum + (v - mx) ** 2, 0)
}
