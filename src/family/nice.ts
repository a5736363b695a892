import { type Family, likelihoodTraining } from './family.ts'
import { type Bijection, chain } from './flow/bijection.ts'
import { coupling } from './flow/coupling.ts'
import { additive } from './flow/element-map.ts'
import { couplingSize, flowAbilities, flowModel } from './flow/flow.ts'
import { affine, divided } from './flow/linear.ts'

/**
 * NICE: each coupling moves one half of the coordinates by a function of the other half, and keeps volumes; at the end each
 * coordinate is scaled. Of one coordinate that is a Gaussian.  Dinh, Krueger & Bengio 2015.
 */
export const nice: Family = {
  name: 'nice',
  summary: 'a normalising flow of additive couplings and one scaling: a start, not for fine detail',
  source: 'Dinh, Krueger, Bengio 2015',
  can: flowAbilities,
  levels: 'one',
  takesConditions: true,
  flattens: true,
  objective: 'maximum-likelihood',
  training: likelihoodTraining,
  defaultSize: couplingSize,
  build: (facts) =>
    flowModel(facts, ({ sigmaData, ...shape }) => {
      const links: Record<string, Bijection> = { unit: divided(shape.dimension, sigmaData) }
      for (let k = 0; k < shape.size['layers']!; k++)
        links[`coupling${k}`] = coupling({ ...shape, map: additive })
      return chain({ ...links, scale: affine(shape.dimension) })
    }),
}
