// Claim 4: one objective trains every family that has a score: flow, autoregressive, energy, free field.
import { fit, gaussianMixture } from 'scorefield'
import type { Claim } from './claim.ts'
import { figure, meanOf, relativeError, withError } from './figures.ts'
import { scoreOf } from './learned-scores.ts'

const density = gaussianMixture({
  weights: [1, 1, 2],
  means: [
    [-1, -0.6],
    [0.3, 1],
    [1.1, -0.5],
  ],
  covariances: [0.3, [0.5, 0.2, 0.2, 0.3], 0.4],
})

const families = [
  { family: 'score-network', what: 'free field', size: { width: 32, blocks: 2 } },
  { family: 'energy', what: 'energy', size: { width: 32, blocks: 2 } },
  { family: 'real-nvp', what: 'flow', size: { layers: 4, width: 32, blocks: 1 } },
  { family: 'autoregressive', what: 'autoregressive', size: {} },
] as const

export const oneObjective: Claim = {
  number: 4,
  title: 'One objective',
  claim:
    'One objective trains every family that has a score: flow, autoregressive, energy and free field, on the same axis.',
  why: 'E[½‖s‖² + tr ∂s/∂x] asks for s and its derivative only, and for nothing of how the model makes it: s = ∇ log p of a flow or an autoregressive model, −∇E of an energy, the network itself of a free field. Its value, too, is on one axis: the divergence to the truth less a constant of the data.',
  source: 'Hyvärinen 2005',
  limits:
    'Two dimensions, fresh rows for ever, small models of unlike sizes: which family is the best, it does not say. A flow of splines is left out with reason: the derivative of its score jumps at each knot, and score matching, which sees only what is between the jumps, went astray.',
  run: async ({ small, seed }) => {
    const chosen = small ? families.slice(0, 3) : families
    const x = density.sample({ seed: 900 + seed, count: 4000 })
    const exact = density.score(x)
    const size = exact.reduce((sum, value) => sum + value * value, 0) / 4000
    const found = []
    for (const each of chosen) {
      const errors: number[] = []
      let curve: { x: number[]; y: number[] } | undefined
      for (let k = 0; k < (small ? 1 : 2); k++) {
        const losses: { x: number[]; y: number[] } = { x: [], y: [] }
        const model = await fit(density, {
          ...{ family: each.family, objective: 'implicit-score-matching', seed: seed + k, size: each.size },
          ...{
            steps: small ? 120 : 600,
            batchSize: small ? 128 : 256,
            learningRate: 2e-3,
            emaHalfLifeSteps: 30,
          },
          onEvent: (event) => {
            if (event.type !== 'step') return
            losses.x.push(event.step)
            // In units of σ_d²/d as the objective has it, from the Fisher divergence at the truth on.
            losses.y.push(event.loss)
          },
        })
        const unit = model.fitted.range.sigmaData ** 2 / 2
        curve ??= { x: losses.x, y: losses.y.map((loss) => loss / unit + size / 2) }
        errors.push(relativeError(await scoreOf(model)(x), exact))
        await model.dispose()
      }
      found.push({ ...each, errors, curve: curve! })
    }
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    return {
      checks: found.map(({ what, errors }) => ({
        what: `${what}: relative squared error of the learned score (1: as bad as 0)`,
        measured: mean(errors),
        atMost: small ? 0.35 : 0.15,
      })),
      tables: [
        {
          caption: `Trained by implicit score matching${small ? '' : ', twice each'}; held against the known score at 4,000 fresh points`,
          columns: ['model', 'family', 'E‖s − s*‖² / E‖s*‖²', 'Fisher divergence ½E‖s − s*‖²'],
          rows: found.map(({ what, family, errors }) => {
            const text = (values: readonly number[]) =>
              values.length > 1 ? withError(meanOf(values)) : figure(values[0]!)
            return [what, `\`${family}\``, text(errors), text(errors.map((error) => (error * size) / 2))]
          }),
        },
      ],
      pictures: [
        {
          ...{
            kind: 'curves',
            name: '04-one-objective',
            xLabel: 'step',
            yLabel: 'objective + ½E‖s*‖²',
            logX: true,
          },
          title: 'Four families, one objective, one axis',
          alt: 'The implicit objective of each family during training, on one axis whose zero is the truth',
          series: found.map(({ what, curve }) => ({ name: what, ...curve })),
        },
      ],
      verdict: `The same objective brings ${found.map(({ what, errors }) => `the ${what} to ${figure(100 * mean(errors), 2)} %`).join(', ')} of the squared length of the true score. In the picture 0 is the truth for all of them; the noise is that of a batch.`,
    }
  },
}
