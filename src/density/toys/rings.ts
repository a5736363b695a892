import { mixture } from '../mixture.ts'
import { noisyCircle } from '../noisy-circle.ts'
import { defineToy, type Toy } from './toy.ts'

/**
 * Four concentric circles of radius 0.75, 1.5, 2.25 and 3, equally likely, with Gaussian noise of standard
 * deviation 0.08 in the plane. The density is exactly normalised (a Bessel function), and exact when noised.
 */
export const rings: Toy = defineToy(
  mixture({
    components: [0.75, 1.5, 2.25, 3].map((radius) => noisyCircle({ radius, std: 0.08 })),
  }),
  {
    name: 'rings',
    summary: 'four concentric rings with noise',
    source: 'scikit-learn (make_circles); four rings as in Grathwohl et al. 2019',
    window: [-4, 4],
  },
)
