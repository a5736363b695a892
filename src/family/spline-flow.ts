import { sizeOf } from '../engine/index.ts'
import { type Family, fewRows, likelihoodTraining } from './family.ts'
import { type Bijection, chain } from './flow/bijection.ts'
import { coupling } from './flow/coupling.ts'
import { couplingSize, flowAbilities, flowModel } from './flow/flow.ts'
import { affine, divided, linear } from './flow/linear.ts'
import { rationalQuadratic } from './flow/spline.ts'

/** T: splines shape the points within four standard deviations, the tails beyond are the base's. */
const bound = 4

/**
 * Neural spline flow: mean and scale of each coordinate first; then in turns a learned linear map, which mixes the coordinates,
 * and a coupling, which bends one half of them by rational-quadratic splines whose knots depend on the other half.
 * Of one coordinate: splines whose knots are parameters.  Durkan, Bekasov, Murray, Papamakarios 2019.
 */
export const splineFlow: Family = {
  name: 'spline-flow',
  summary: 'a normalising flow of rational-quadratic spline couplings and learned linear maps',
  source: 'Durkan, Bekasov, Murray, Papamakarios 2019',
  can: flowAbilities,
  levels: 'one',
  takesConditions: true,
  flattens: true,
  objective: 'maximum-likelihood',
  training: likelihoodTraining,
  defaultSize: (facts) => ({
    ...couplingSize(facts),
    bins: sizeOf(facts.event) <= 3 ? 16 : facts.rows < fewRows ? 4 : 8,
  }),
  build: (facts) =>
    flowModel(facts, ({ sigmaData, ...shape }) => {
      const { dimension, size } = shape
      const map = rationalQuadratic({ bins: size['bins']!, bound })
      const links: Record<string, Bijection> = {
        unit: divided(dimension, sigmaData),
        scale: affine(dimension),
      }
      for (let k = 0; k < size['layers']!; k++) {
        links[`linear${k}`] = linear(dimension)
        links[`coupling${k}`] = coupling({ ...shape, map })
      }
      return chain(links)
    }),
}
