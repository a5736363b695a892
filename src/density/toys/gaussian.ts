import { gaussian } from '../gaussian.ts'
import { defineToy, type Toy } from './toy.ts'

/** A correlated Gaussian: mean (0.5, −0.5), standard deviations 1.5 and 0.75, correlation 0.6. */
export const gaussianToy: Toy = defineToy(
  gaussian({ mean: [0.5, -0.5], covariance: [2.25, 0.675, 0.675, 0.5625] }),
  { name: 'gaussian', summary: 'one correlated Gaussian', source: 'standard', window: [-5, 5] },
)
