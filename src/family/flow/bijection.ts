import * as f from '../../engine/index.ts'
import type { ParameterSpec } from '../../nn/index.ts'
import type { Values } from '../model.ts'

/**
 * An invertible map of points x ↔ z whose Jacobian determinant is known.
 *
 * Points stand in columns, [d, B]: what is done to some coordinates of all points is then done to whole rows of memory.
 * `context`, [c, B], is what else is known of each point; the map may depend on it.
 */
export interface Bijection {
  readonly parameters: f.Named<ParameterSpec>
  /** x → z, [d, B], and ln |det ∂z/∂x| of each point: [B], or [] where it is the same for all. */
  readonly forward: (values: Values, x: f.Tensor, context?: f.Tensor) => Mapped
  /** z → x, [d, B]. */
  readonly inverse: (values: Values, z: f.Tensor, context?: f.Tensor) => f.Tensor
}

/** Where a bijection brings points, and how much larger volumes are there. */
export interface Mapped {
  readonly z: f.Tensor
  readonly logDet: f.Tensor
}

/** One after the other, x through the first one first; parameters are named `NAME.parameter`. */
export function chain(bijections: f.Named<Bijection>): Bijection {
  const links = Object.entries(bijections)
  const own = (values: Values, name: string): Values =>
    Object.fromEntries(
      Object.keys(bijections[name]!.parameters).map((key) => [key, values[`${name}.${key}`]!]),
    )
  return {
    parameters: Object.fromEntries(
      links.flatMap(([name, { parameters }]) =>
        Object.entries(parameters).map(([key, spec]) => [`${name}.${key}`, spec] as const),
      ),
    ),
    forward: (values, x, context) => {
      let z = x
      let logDet: f.Tensor = f.broadcastTo(f.constant(0), [x.shape[1]!])
      for (const [name, bijection] of links) {
        const step = f.withLabel(name, () => bijection.forward(own(values, name), z, context))
        z = step.z
        logDet = f.add(logDet, f.broadcastTo(step.logDet, logDet.shape))
      }
      return { z, logDet }
    },
    inverse: (values, z, context) =>
      links.reduceRight(
        (x, [name, bijection]) => f.withLabel(name, () => bijection.inverse(own(values, name), x, context)),
        z,
      ),
  }
}
