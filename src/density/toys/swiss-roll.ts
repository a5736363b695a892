import { noisyCurve } from '../noisy-curve.ts'
import { defineToy, type Toy } from './toy.ts'

const firstAngle = 1.5 * Math.PI
const lastAngle = 4.5 * Math.PI
const radiusPerRadian = 0.2

/**
 * The Swiss roll seen from its end: (t cos t, t sin t)/5 with t uniform on [1.5π, 4.5π], and Gaussian noise
 * of standard deviation 0.2. scikit-learn's roll with noise 1, two of its three coordinates, divided by 5.
 */
export const swissRoll: Toy = defineToy(
  noisyCurve({
    std: 0.2,
    curve: {
      dimension: 2,
      start: firstAngle,
      end: lastAngle,
      point: (t) => [radiusPerRadian * t * Math.cos(t), radiusPerRadian * t * Math.sin(t)],
      density: () => 1 / (lastAngle - firstAngle),
      quantile: (u) => firstAngle + u * (lastAngle - firstAngle),
    },
  }),
  {
    name: 'swiss-roll',
    summary: 'a rolled-up strip with noise, seen from its end',
    source: 'scikit-learn (make_swiss_roll); scaled as in Grathwohl et al. 2019',
    window: [-4, 4],
  },
)
