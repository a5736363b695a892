import { type Bench, beside, compare } from './harness.ts'
import { OurSide } from './ours.ts'

const rows = [
  { workload: 'spline', ratio: 1.4, what: 'six rational-quadratic spline couplings, d = 12' },
  { workload: 'made', ratio: 1.2, what: 'masked network with mixtures of five, d = 12' },
  { workload: 'chain', ratio: 1.5, what: 'contrastive divergence, 20 Langevin steps, d = 32' },
]

/** A training step of a spline flow, of an autoregressive network and of contrastive divergence, beside PyTorch's. */
export const familySteps: Bench = {
  name: 'family-steps',
  summary:
    'a step of a spline flow, of a masked network and of contrastive divergence, batch 256, beside PyTorch',
  needsPeers: true,
  async *run(context) {
    const side = new OurSide()
    for (const { workload, ratio, what } of rows)
      if (workload.includes(context.only ?? ''))
        yield await compare(
          {
            name: `training step, ${what}`,
            workload,
            unit: 'ms',
            better: 'lower',
            value: (seconds) => 1000 * seconds,
            target: { ratio },
            ours: (seconds) => side.round(workload, seconds),
          },
          beside(context, ['torch']),
        )
  },
}
