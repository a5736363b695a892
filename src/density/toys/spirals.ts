import type { Curve } from '../curve-panels.ts'
import { mixture } from '../mixture.ts'
import { noisyCurve } from '../noisy-curve.ts'
import { defineToy, type Toy } from './toy.ts'

const std = 0.1
const lastAngle = (780 / 360) * 2 * Math.PI
const radiusPerRadian = 1 / 3

/**
 * Archimedes' spiral from the origin; the angle has density 2t/T², so that the arm is about equally dense
 * everywhere.
 */
function arm(sign: 1 | -1): Curve {
  return {
    dimension: 2,
    start: 0,
    end: lastAngle,
    point(angle) {
      const radius = sign * radiusPerRadian * angle
      return [-radius * Math.cos(angle), radius * Math.sin(angle)]
    },
    density: (angle) => (2 * angle) / (lastAngle * lastAngle),
    quantile: (u) => lastAngle * Math.sqrt(u),
  }
}

/**
 * Two arms of Archimedes' spiral, r = t/3 for angles t up to 780°, with Gaussian noise of standard deviation
 * 0.1.
 * (The usual set adds a uniform jitter before the noise; here there is none, so that the density is exact.)
 */
export const spirals: Toy = defineToy(
  mixture({
    components: [noisyCurve({ std, curve: arm(1) }), noisyCurve({ std, curve: arm(-1) })],
  }),
  {
    name: 'spirals',
    summary: 'two spiral arms with noise',
    source: 'after Grathwohl et al. 2019',
    window: [-5, 5],
  },
)
