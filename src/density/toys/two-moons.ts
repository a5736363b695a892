import type { Curve } from '../curve-panels.ts'
import { mixture } from '../mixture.ts'
import { noisyCurve } from '../noisy-curve.ts'
import { defineToy, type Toy } from './toy.ts'

const std = 0.2

/** Half a circle, uniform in its angle. */
function moon(point: (angle: number) => readonly number[]): Curve {
  return {
    dimension: 2,
    start: 0,
    end: Math.PI,
    point,
    density: () => 1 / Math.PI,
    quantile: (u) => u * Math.PI,
  }
}

/**
 * Two interleaved half circles of radius 2 with Gaussian noise of standard deviation 0.2.
 * scikit-learn's moons with noise 0.1, doubled and moved by (−1, −0.2): centres (−1, −0.2) and (1, 0.8).
 */
export const twoMoons: Toy = defineToy(
  mixture({
    components: [
      noisyCurve({ std, curve: moon((a) => [2 * Math.cos(a) - 1, 2 * Math.sin(a) - 0.2]) }),
      noisyCurve({ std, curve: moon((a) => [1 - 2 * Math.cos(a), 0.8 - 2 * Math.sin(a)]) }),
    ],
  }),
  {
    name: 'two-moons',
    summary: 'two interleaved half circles with noise',
    source: 'scikit-learn (make_moons); scaled as in Grathwohl et al. 2019',
    window: [-4, 4],
  },
)
