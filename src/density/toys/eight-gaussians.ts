import { gaussianMixture } from '../mixture.ts'
import { defineToy, type Toy } from './toy.ts'

const count = 8
const radius = 2
const std = 0.2

/**
 * Eight equal Gaussians of standard deviation 0.2, their centres evenly on a circle of radius 2; the first at
 * (2, 0).
 */
export const eightGaussians: Toy = defineToy(
  gaussianMixture({
    means: Array.from({ length: count }, (_, k) => {
      const angle = (2 * Math.PI * k) / count
      return [radius * Math.cos(angle), radius * Math.sin(angle)]
    }),
    covariances: Array.from({ length: count }, () => std * std),
  }),
  {
    name: 'eight-gaussians',
    summary: 'eight Gaussians on a circle',
    source: 'usual in the literature, as in Grathwohl et al. 2019, here with radius 2 and std 0.2',
    window: [-3, 3],
  },
)
