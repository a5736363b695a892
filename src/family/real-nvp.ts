import { type Family, likelihoodTraining } from './family.ts'
import { type Bijection, chain } from './flow/bijection.ts'
import { coupling } from './flow/coupling.ts'
import { scaledAndMoved } from './flow/element-map.ts'
import { couplingSize, flowAbilities, flowModel } from './flow/flow.ts'
import { affine, divided } from './flow/linear.ts'

/**
 * RealNVP: each coupling scales and moves one half of the coordinates by functions of the other half. Mean and scale of each
 * coordinate are fitted first. Of one coordinate that is a Gaussian.  Dinh, Sohl-Dickstein & Bengio 2017.
 */
export const realNvp: Family = {
  name: 'real-nvp',
  summary: 'a normalising flow of affine couplings',
  source: 'Dinh, Sohl-Dickstein, Bengio 2017',
  can: flowAbilities,
  levels: 'one',
  takesConditions: true,
  flattens: true,
  objective: 'maximum-likelihood',
  training: likelihoodTraining,
  defaultSize: couplingSize,
  build: (facts) =>
    flowModel(facts, ({ sigmaData, ...shape }) => {
      const { dimension, size } = shape
      const links: Record<string, Bijection> = {
        unit: divided(dimension, sigmaData),
        scale: affine(dimension),
      }
      for (let k = 0; k < size['layers']!; k++)
        links[`coupling${k}`] = coupling({ ...shape, map: scaledAndMoved })
      return chain(links)
    }),
}
