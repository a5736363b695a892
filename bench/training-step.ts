import { type Bench, beside, type Comparison, compare, median } from './harness.ts'
import { OurSide, productFlops } from './ours.ts'

const side = new OurSide()

function step(workload: string, target: number): Comparison {
  return {
    name: `training step, ${workload}`,
    workload,
    unit: 'ms',
    better: 'lower',
    value: (seconds) => 1000 * seconds,
    target: { ratio: target },
    ours: (seconds) => side.round(workload, seconds),
  }
}

/** A training step of an MLP with AdamW against PyTorch, jax-js and TensorFlow.js, and against the rate of a product. */
export const trainingStep: Bench = {
  name: 'training-step',
  summary: 'one AdamW step of an MLP, 512 wide (batch 256) and 128 wide (batch 512), beside the peers',
  needsPeers: true,
  async *run(context) {
    for (const workload of ['mlp-512', 'mlp-128']) {
      // Each family of peers has its own target: 1.5 × PyTorch, 5 × the JavaScript ones.
      for (const [label, names, target] of [
        ['PyTorch', ['torch'], 1.5],
        ['JavaScript peers', ['jax-js', 'tfjs'], 5],
      ] as const) {
        const result = await compare(step(workload, target), beside(context, names))
        yield { ...result, name: `${result.name}, against ${label}` }
      }
    }
    const shares: number[] = []
    for (let round = 0; round < Math.max(5, context.rounds); round++) {
      const product = await side.round('matmul-1024', context.seconds / 2)
      const training = await side.round('mlp-512', context.seconds / 2)
      const rate = (name: string, seconds: number): number => productFlops(name) / seconds
      shares.push(rate('mlp-512', training.secondsPerStep) / rate('matmul-1024', product.secondsPerStep))
    }
    yield {
      name: 'training step 512 wide: rate of its products against a 1024³ product',
      unit: '%',
      ours: 100 * median(shares),
      peers: {},
      ratio: null,
      target: { atLeast: 75 },
      met: median(shares) >= 0.75,
    }
  },
}
