import { gaussLegendre } from './quadrature.ts'

/** A curve in ℝᵈ with a distribution along it. All functions are smooth (analytic) on [start, end]. */
export interface Curve {
  readonly dimension: number
  readonly start: number
  readonly end: number
  /** The point at parameter t, [d]. */
  point(t: number): readonly number[]
  /** The density of the parameter t, normalised over [start, end]. */
  density(t: number): number
  /** The parameter below which a share u of the distribution lies, u in [0, 1]. */
  quantile(u: number): number
}

const rule = gaussLegendre(16)

/** A curve is halved this often at least, so that sixteen nodes resolve its shape however wide the noise. */
const leastDepth = 4

/** A curve cut into short panels, each with quadrature nodes and a ball that holds it. */
export interface CurvePanels {
  readonly nodesEach: number
  /** The nodes' points, [panels·nodesEach, d]. */
  readonly points: Float64Array
  /** Quadrature weight times density, [panels·nodesEach]; they sum to 1. */
  readonly weights: Float64Array
  /** The panels that the last call of `near` kept: kept[0 … keptCount). */
  readonly kept: Int32Array
  readonly keptCount: number
  /**
   * Keeps the panels that can matter at x[at … at + d), and returns the smallest squared distance of their nodes from it.
   * A panel is left out when its square of distance exceeds the nearest panel's by more than reach².
   */
  near(x: Float64Array, at: number, reach: number): number
}

/** Cuts the curve, scaled, into panels no longer than `longest`. */
export function curvePanels(curve: Curve, scale: number, longest: number): CurvePanels {
  const { dimension } = curve
  const edges = panelEdges(curve, scale, longest)
  const panelCount = edges.length - 1
  const nodesEach = rule.nodes.length
  const points = new Float64Array(panelCount * nodesEach * dimension)
  const weights = new Float64Array(panelCount * nodesEach)
  const centres = new Float64Array(panelCount * dimension)
  const radii = new Float64Array(panelCount)
  for (let panel = 0; panel < panelCount; panel++) {
    const half = (edges[panel + 1]! - edges[panel]!) / 2
    const middle = edges[panel]! + half
    const centre = curve.point(middle).map((coordinate) => scale * coordinate)
    centres.set(centre, panel * dimension)
    for (let k = 0; k < nodesEach; k++) {
      const t = middle + half * rule.nodes[k]!
      const node = panel * nodesEach + k
      const point = curve.point(t).map((coordinate) => scale * coordinate)
      points.set(point, node * dimension)
      weights[node] = half * rule.weights[k]! * curve.density(t)
      radii[panel] = Math.max(radii[panel]!, Math.hypot(...point.map((p, axis) => p - centre[axis]!)))
    }
  }
  const kept = new Int32Array(panelCount)
  const distances = new Float64Array(panelCount)
  let keptCount = 0
  return {
    nodesEach,
    points,
    weights,
    kept,
    get keptCount() {
      return keptCount
    },
    near(x, at, reach) {
      let surely = Infinity // the nearest node is no farther than this
      for (let panel = 0; panel < panelCount; panel++) {
        let squared = 0
        for (let k = 0; k < dimension; k++) squared += (centres[panel * dimension + k]! - x[at + k]!) ** 2
        distances[panel] = Math.sqrt(squared)
        surely = Math.min(surely, distances[panel]! + radii[panel]!)
      }
      const limit = Math.hypot(surely, reach)
      keptCount = 0
      let nearest = Infinity
      for (let panel = 0; panel < panelCount; panel++) {
        if (distances[panel]! - radii[panel]! > limit) continue
        kept[keptCount++] = panel
        for (let node = panel * nodesEach; node < (panel + 1) * nodesEach; node++) {
          let squared = 0
          for (let k = 0; k < dimension; k++) squared += (points[node * dimension + k]! - x[at + k]!) ** 2
          nearest = Math.min(nearest, squared)
        }
      }
      return nearest
    },
  }
}

/** The parameters where panels meet, by halving until a panel's length is at most `longest`. */
function panelEdges(curve: Curve, scale: number, longest: number): number[] {
  const edges = [curve.start]
  const halve = (from: number, to: number, depth: number): void => {
    const middle = (from + to) / 2
    if (depth < leastDepth || scale * chordLength(curve, from, to) > longest) {
      halve(from, middle, depth + 1)
      halve(middle, to, depth + 1)
    } else edges.push(to)
  }
  halve(curve.start, curve.end, 0)
  return edges
}

/** The length of four chords of the curve: its length, for a piece that bends little. */
function chordLength(curve: Curve, from: number, to: number): number {
  let length = 0
  let previous = curve.point(from)
  for (let k = 1; k <= 4; k++) {
    const point = curve.point(from + ((to - from) * k) / 4)
    length += Math.hypot(...point.map((p, axis) => p - previous[axis]!))
    previous = point
  }
  return length
}
