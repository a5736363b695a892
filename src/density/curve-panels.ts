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
  /** The nodes' points, [nodes, d]. */
  readonly points: Float64Array
  /** Quadrature weight times density, [nodes]; they sum to 1. */
  readonly weights: Float64Array
  /** The nodes that the last call of `near` found, [nearCount of nodes], and their squared distances. */
  readonly nearNodes: Int32Array
  readonly distances: Float64Array
  readonly nearCount: number
  /**
   * Finds the nodes that can matter at x[at … at + d), and returns the smallest squared distance of a node
   * from x.
   * A panel is left out when the square of its distance exceeds the nearest one's by more than reach².
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
  const centreDistances = new Float64Array(panelCount)
  const nearNodes = new Int32Array(panelCount * nodesEach)
  const distances = new Float64Array(panelCount * nodesEach)
  let nearCount = 0
  return {
    points,
    weights,
    nearNodes,
    distances,
    get nearCount() {
      return nearCount
    },
    near(x, at, reach) {
      let surely = Infinity // the nearest node is no farther than this
      for (let panel = 0; panel < panelCount; panel++) {
        const distance = Math.sqrt(squaredDistance(centres, panel, x, at, dimension))
        centreDistances[panel] = distance
        surely = Math.min(surely, distance + radii[panel]!)
      }
      const limit = Math.sqrt(surely * surely + reach * reach)
      let nearest = Infinity
      nearCount = 0
      for (let panel = 0; panel < panelCount; panel++) {
        if (centreDistances[panel]! - radii[panel]! > limit) continue
        for (let node = panel * nodesEach; node < (panel + 1) * nodesEach; node++) {
          const squared = squaredDistance(points, node, x, at, dimension)
          nearNodes[nearCount] = node
          distances[nearCount++] = squared
          nearest = Math.min(nearest, squared)
        }
      }
      return nearest
    },
  }
}

/** |points[row] − x[at … at + d)|². */
function squaredDistance(
  points: Float64Array,
  row: number,
  x: Float64Array,
  at: number,
  dimension: number,
): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) {
    const difference = points[row * dimension + k]! - x[at + k]!
    sum += difference * difference
  }
  return sum
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
