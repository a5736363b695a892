import { type Bench, type BenchContext, type BenchResult, beside, compare, median } from './harness.ts'
import { OurSide } from './ours.ts'

const convolutions = [
  [28, 32],
  [14, 64],
  [7, 128],
] as const
/** A single convolution takes milliseconds: a shorter round measures it as well, and all rows are there within five minutes. */
const shareOfRound = 0.1
const parts = {
  forward: 'forward',
  input: 'gradient of its input',
  filter: 'gradient of its filter',
} as const
const networks = {
  'u-net': 'U-Net 32-64-128, group norms',
  'u-net-patches': 'U-Net 64-128 on 2 × 2 patches, magnitude-preserving',
  transformer: 'transformer, patches of 4 × 4, width 192, six blocks',
} as const

/** Peers of the networks, and the ratio to reach with each. */
const opponents = [
  ['PyTorch', 'torch', 1.2],
  ['TensorFlow.js', 'tfjs', 6],
] as const

/** Single convolutions beside PyTorch; steps of three networks for pictures beside PyTorch, TensorFlow.js and a matrix product. */
export const convolution: Bench = {
  name: 'convolution',
  summary:
    'convolutions with their gradients, and steps of networks for 28 × 28 pictures, batch 64, beside the peers',
  needsPeers: true,
  async *run(context) {
    const side = new OurSide()
    const row = (
      workload: string,
      name: string,
      ratio: number | null,
      rounds: BenchContext,
    ): Promise<BenchResult> =>
      compare(
        {
          name,
          workload,
          unit: 'ms',
          better: 'lower',
          value: (seconds) => 1000 * seconds,
          target: ratio === null ? null : { ratio },
          ours: (seconds) => side.round(workload, seconds),
        },
        rounds,
      )
    const wanted = (workload: string): boolean => workload.includes(context.only ?? '')
    for (const [places, channels] of convolutions)
      for (const [part, what] of Object.entries(parts)) {
        const workload = `conv-${places}-${part}`
        const shape = `${channels} to ${channels} channels, ${places} × ${places}`
        const short = { ...beside(context, ['torch']), seconds: shareOfRound * context.seconds }
        if (wanted(workload)) yield await row(workload, `convolution 3 × 3, ${shape}: ${what}`, null, short)
      }
    for (const [workload, what] of Object.entries(networks)) {
      if (!wanted(workload)) continue
      for (const [label, peer, ratio] of opponents)
        yield await row(workload, `training step, ${what}, against ${label}`, ratio, beside(context, [peer]))
      const shares: number[] = []
      for (let round = 0; round < Math.max(5, context.rounds); round++) {
        const product = await side.round('matmul-1024', context.seconds / 2)
        const step = await side.round(workload, context.seconds / 2)
        const [flops, ofProduct] = [await side.flops(workload), await side.flops('matmul-1024')]
        shares.push(flops / step.secondsPerStep / (ofProduct / product.secondsPerStep))
      }
      yield {
        name: `training step, ${what}: its rate against a 1024³ product`,
        unit: '%',
        ours: 100 * median(shares),
        peers: {},
        ratio: null,
        target: workload === 'u-net' ? { atLeast: 75 } : null,
        met: workload === 'u-net' ? median(shares) >= 0.75 : null,
      }
    }
  },
}
