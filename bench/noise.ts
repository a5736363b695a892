import { RandomStream } from '../src/base/random/index.ts'
import { type Bench, median } from './harness.ts'
import { OurSide } from './ours.ts'

/** The random numbers of a step of denoising score matching, against the step itself. */
export const noise: Bench = {
  name: 'noise',
  summary: 'time to draw a batch of noise, as a share of a training step of the same batch',
  async *run(context) {
    const side = new OurSide()
    for (const { workload, rows, columns } of [
      { workload: 'mlp-512', rows: 256, columns: 64 },
      { workload: 'mlp-128', rows: 512, columns: 64 },
    ]) {
      const stream = new RandomStream({ seed: 1, name: 'bench' })
      const out = new Float32Array(rows * columns)
      const shares: number[] = []
      for (let round = 0; round < context.rounds; round++) {
        const { secondsPerStep } = await side.round(workload, context.seconds / 2)
        const started = performance.now()
        const batches = 200
        for (let batch = 0; batch < batches; batch++)
          stream.normal({ first: batch * rows, count: rows, width: columns }, out)
        shares.push((performance.now() - started) / 1000 / batches / secondsPerStep)
      }
      yield {
        name: `noise of a batch of ${rows} × ${columns}, of a training step (${workload})`,
        unit: '%',
        ours: 100 * median(shares),
        peers: {},
        ratio: null,
        target: { atMost: 10 },
        met: median(shares) <= 0.1,
      }
    }
  },
}
