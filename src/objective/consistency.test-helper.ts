import { gaussian } from '../density/index.ts'
import type * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { nodesOf, normalNodes, withDraws } from './known-model.test-helper.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'
import type { Objective } from './objective.ts'

/** Mean and deviation of the Gaussian whose flow is learned. */
export const mean = 0.4
export const deviation = 0.7

/** A student of N(mean, deviation²) with parameters θ, of which 0 is the end of the flow. */
export interface KnownStudent {
  readonly objective: Objective
  readonly model: Model
  /** Of the parameters beside θ. */
  readonly values?: f.Named<ArrayLike<number>>
  /** What the objective keeps beside the number of steps. */
  readonly kept?: f.Named<ArrayLike<number>>
}

/** The slope of the expected loss in θ at one level, by quadrature over clean points and noise. */
export async function slopes(
  { objective, model, values, kept }: KnownStudent,
  options: { readonly halvings: number; readonly huber: number; readonly sigma: number },
  thetas: readonly (readonly number[])[],
): Promise<number[][]> {
  const { halvings, huber, sigma } = options
  const { draws, mass } = normalNodes(24, 5)
  const clean = nodesOf(gaussian({ mean: [mean], covariance: deviation ** 2 }), [-3, 4], 24)
  const nodes = withDraws(clean, draws, mass)
  const facts = factsOf(objective, model, {
    batchSize: nodes.count,
    settings: { halvings, huber },
    range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData: deviation },
  })
  const loss = await hostLoss(objective, facts)
  const level = { sigma: new Array(nodes.count).fill(sigma), weight: new Array(nodes.count).fill(1) }
  const found: number[][] = []
  for (const theta of thetas) {
    const { gradient } = await loss(
      { theta, ...values },
      {
        ...{ data: nodes.points, mass: nodes.mass, level, state: { done: [0], ...kept } },
        draws: { noise: nodes.draws },
      },
    )
    found.push(Array.from(gradient['theta']!))
  }
  await loss.dispose()
  return found
}
