import { mixture } from '../mixture.ts'
import { twistedGaussian } from '../twisted-gaussian.ts'
import { defineToy, type Toy } from './toy.ts'

const arms = 5

/**
 * Five arms at angles 2πk/5: Gaussians centred at radius 1 with radial and tangential standard deviations 0.3
 * and 0.1, turned by 0.25·e^{radius}, then doubled. (The usual set turns by the first coordinate instead of
 * the radius; with the radius the map keeps area, and the density is exact.)
 */
export const pinwheel: Toy = defineToy(
  mixture({
    components: Array.from({ length: arms }, (_, k) =>
      twistedGaussian({
        angle: (2 * Math.PI * k) / arms,
        centre: 1,
        radialStd: 0.3,
        tangentialStd: 0.1,
        rate: 0.25,
        size: 2,
      }),
    ),
  }),
  {
    name: 'pinwheel',
    summary: 'five arms, twisted',
    source: 'after Johnson et al. 2016',
    window: [-4.5, 4.5],
  },
)
