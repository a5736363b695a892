import * as f from '../../engine/index.ts'
import { type Bin, binFinder } from './bin.ts'
import type { ElementMap } from './element-map.ts'

/**
 * The monotone rational-quadratic spline of K bins on the box [−T, T]², and the identity outside it.
 *
 * Raw numbers of a coordinate, 3K − 1: K of widths and K of heights, whose softmax gives each bin its share of the box, and
 * K − 1 of slopes at the inner knots; the slope is 1 at both ends. In a bin of width w, height h and lower corner (x₀, y₀), with
 * ξ = (x − x₀)/w, s = h/w and τ₀ = δ₀/s − 1, τ₁ = δ₁/s − 1 of the slopes δ at its ends,
 *
 *   y = y₀ + h (ξ + τ₀ ξ(1−ξ))/(1 + q),   dy/dx = s (1 + τ₀ + (τ₁ − τ₀)ξ − q)/(1 + q)²,   q = (τ₀ + τ₁) ξ(1−ξ).
 *
 * Gregory & Delbourgo 1982; Durkan, Bekasov, Murray, Papamakarios 2019, here divided by s throughout. The slope is continuous and
 * its derivative is not: the score of a spline flow jumps at knots, and score matching by its divergence would miss the jumps.
 */
export function rationalQuadratic(options: { readonly bins: number; readonly bound: number }): ElementMap {
  const { bins, bound } = options
  const find = binFinder({ bins, bound })
  /** What a map of the box makes of points: outside the box they stay where they are. */
  const overBox = (x: f.Tensor, map: (inside: f.Tensor) => f.Tensor): f.Tensor => {
    const inside = f.clip(x, { low: -bound, high: bound })
    const moved = map(f.reshape(inside, [1, f.sizeOf(x.shape)]))
    return f.add(f.reshape(moved, x.shape), f.sub(x, inside))
  }
  return {
    rawNumbers: 3 * bins - 1,
    forward: (x, raw) => {
      let logSlope: f.Tensor
      const z = overBox(x, (inside) => {
        const bin = find(inside, raw, 'widths')
        const { height, logSlope: found } = curveAt(bin, f.div(f.sub(inside, bin.left), bin.width))
        logSlope = f.reshape(found, x.shape)
        return height
      })
      return { z, logDet: f.sum(logSlope!, { axes: [0] }) }
    },
    inverse: (z, raw) =>
      overBox(z, (inside) => {
        const bin = find(inside, raw, 'heights')
        const risen = f.div(f.sub(inside, bin.bottom), bin.height)
        return f.add(bin.left, f.mul(placeOf(bin, risen), bin.width))
      }),
  }
}

/** y and ln dy/dx at ξ. */
function curveAt(bin: Bin, xi: f.Tensor): { readonly height: f.Tensor; readonly logSlope: f.Tensor } {
  const { bottom, height, inverseSlope, tau0, tau1 } = bin
  const between = f.mul(xi, f.sub(1, xi))
  const q = f.mul(f.add(tau0, tau1), between)
  const below = f.add(q, 1)
  const above = f.add(f.sub(f.add(tau0, f.mul(f.sub(tau1, tau0), xi)), q), 1)
  return {
    height: f.add(bottom, f.mul(height, f.div(f.add(xi, f.mul(tau0, between)), below))),
    logSlope: f.log(f.div(above, f.mul(f.square(below), inverseSlope))),
  }
}

/**
 * ξ where the curve has risen by the share η of its bin: with m = τ₀ − η (τ₀ + τ₁) the root of m ξ² − (1 + m) ξ + η = 0
 * within [0, 1]. Of its two forms, 2η/(1 + m + r) and (1 + m − r)/(2m) with r = √((1 + m)² − 4mη), the one that adds equal signs.
 */
function placeOf({ tau0, tau1 }: Bin, eta: f.Tensor): f.Tensor {
  const m = f.sub(tau0, f.mul(eta, f.add(tau0, tau1)))
  const sum = f.add(m, 1)
  const root = f.sqrt(f.max(f.sub(f.square(sum), f.mul(f.mul(m, eta), 4)), 0))
  const positive = f.greaterEqual(sum, 0)
  return f.div(
    f.where(positive, f.mul(eta, 2), f.sub(sum, root)),
    f.where(positive, f.add(sum, root), f.mul(m, 2)),
  )
}
