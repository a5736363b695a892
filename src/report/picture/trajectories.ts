import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import { frameOf, type Rows } from './numbers.ts'
import type { PictureOptions } from './panel.ts'
import { type PlaneFrame, type PlaneLabels, planePanels } from './plane-panels.ts'
import { countText } from './text.ts'
import { theme } from './theme.ts'

/** Ways of points from noise to data, all at the same noise levels. */
export interface Paths {
  /** Stands above its panel: a sampler. */
  name: string
  /** σ of each place on the way, falling, [K]. */
  levels: ArrayLike<number>
  /** x̄ = x₀ + σz at each of them, [K, n, 2]. */
  points: ArrayLike<number>
}

/** What `trajectories` draws. */
export interface TrajectoriesOptions extends PictureOptions, PlaneLabels {
  /** One panel each, at least one. */
  paths: readonly Paths[]
  /** σ_d, the standard deviation of the points' coordinates. */
  sigmaData: number
  /** Data beneath, [n, 2]. */
  data?: Rows
}

/**
 * Paths of points from noise to data in the plane, a panel for each sampler. A point at noise level σ is drawn at
 * x̄ / √(1 + σ²/σ_d²), so that noise of all levels is as wide as the data, and the ends are where they are.
 * Throws `picture/shape`, `picture/no-document`.
 */
export function trajectories(options: TrajectoriesOptions): string {
  const { paths, sigmaData, data, ...rest } = options
  const drawn = paths.map((one) => scaledPaths(one, sigmaData))
  const beneath = data
    ? Array.from({ length: data.length / 2 }, (_, i) => ({ x: data[2 * i]!, y: data[2 * i + 1]! }))
    : []
  const all = [...drawn.flatMap((ways) => ways.flat()), ...beneath]
  const frame = {
    x: frameOf(all.map(({ x }) => x)),
    y: frameOf(all.map(({ y }) => y)),
  }
  return planePanels({
    ...rest,
    frame,
    inARow: 3,
    views: () =>
      drawn.map((ways, i) => ({ name: paths[i]!.name, marks: marksOf(ways, beneath, frame), grid: true })),
    caption: [
      `${countText(drawn[0]?.length ?? 0)} paths from noise (open dots) to data (filled dots).`,
      'A point at noise level σ is drawn divided by √(1 + σ²/σ_d²), so that all levels are as wide as the data.',
    ],
  })
}

interface Place {
  x: number
  y: number
}

/** Each point's places on its way, in the order of the levels. */
export function scaledPaths({ name, levels, points }: Paths, sigmaData: number): Place[][] {
  const count = points.length / (2 * levels.length)
  if (!Number.isInteger(count))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'picture/shape',
      message: `${points.length} numbers are not points of the plane at ${levels.length} noise levels`,
      where: name,
    })
  const scale = Array.from(levels, (sigma) => 1 / Math.sqrt(1 + (sigma / sigmaData) ** 2))
  return Array.from({ length: count }, (_, i) =>
    scale.map((by, k) => {
      const at = 2 * (k * count + i)
      return { x: by * points[at]!, y: by * points[at + 1]! }
    }),
  )
}

function marksOf(
  ways: readonly (readonly Place[])[],
  beneath: readonly Place[],
  frame: PlaneFrame,
): Plot.Markish[] {
  const inside = ({ x, y }: Place): boolean =>
    x >= frame.x.low && x <= frame.x.high && y >= frame.y.low && y <= frame.y.high
  const dot = { x: 'x', y: 'y', stroke: 'none' } as const
  return [
    Plot.dot(beneath.filter(inside), { ...dot, r: 1.3, fill: theme.data, fillOpacity: 0.22 }),
    ...ways.map((way) =>
      Plot.line(
        // NaN breaks a line where it leaves the frame.
        way.map((place) => (inside(place) ? place : { x: Number.NaN, y: Number.NaN })),
        { x: 'x', y: 'y', stroke: theme.ink, strokeWidth: 0.8, strokeOpacity: 0.5 },
      ),
    ),
    Plot.dot(ways.map((way) => way[0]!).filter(inside), {
      x: 'x',
      y: 'y',
      r: 2.2,
      fill: theme.background,
      stroke: theme.ink,
      strokeWidth: 0.9,
    }),
    Plot.dot(ways.map((way) => way.at(-1)!).filter(inside), { ...dot, r: 2.6, fill: theme.samples }),
  ]
}
