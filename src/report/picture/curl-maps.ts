import type * as Plot from '@observablehq/plot'
import { number } from '../../evaluation/index.ts'
import type { PictureOptions } from './panel.ts'
import { fieldFrame, gridMark, type PlaneField, scoreMark } from './plane-field.ts'
import { type PlaneLabels, planePanels } from './plane-panels.ts'
import { theme } from './theme.ts'

/** The curl of a field of the plane, as `curlMap` measures it. */
export interface NamedCurl extends Omit<PlaneField, 'logDensity'> {
  /** Stands above its panel. */
  name: string
  /** ∂s₂/∂x₁ − ∂s₁/∂x₂, [rows, columns]. */
  curl: ArrayLike<number>
}

/** What `curlMaps` draws. */
export interface CurlMapsOptions extends PictureOptions, PlaneLabels {
  /** One panel each, at least one; the frame is that of the first. */
  maps: readonly NamedCurl[]
}

/**
 * Curl as colour, one field beside the other on one scale of colours, with arrows along the score where it is given: what of the
 * arrows turns and so belongs to no density.
 * Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function curlMaps(options: CurlMapsOptions): string {
  const { maps, ...rest } = options
  const largest = maps.map(({ curl }) => largestOf(curl))
  const most = Math.max(...largest)
  const frames = maps.map((map) => fieldFrame({ ...map, logDensity: map.curl }))
  const frame = frames[0]!
  return planePanels({
    ...rest,
    frame,
    views: (width, height) =>
      maps.map((map, index) => ({
        name: map.name,
        under: `curl up to ${number(largest[index]!)}`,
        marks: [
          gridMark(map, relative(map.curl, most), levels),
          ...(map.score ? [scoreMark(map, frame, width, height)] : []),
        ],
        grid: false,
        color,
      })),
    caption: [
      `Colour: the curl ∂s₂/∂x₁ − ∂s₁/∂x₂, from −${number(most)} (blue, clockwise) over 0 (white) to ${number(most)} (orange, counter-clockwise).`,
      maps.some(({ score }) => score) ? 'Arrows: the score.' : '',
      'The score of a density has no curl.',
    ],
  })
}

const levels = Array.from({ length: 25 }, (_, index) => (index - 12.5) / 12.5)

const color: Plot.ScaleOptions = {
  type: 'linear',
  domain: theme.diverging.map((_, index) => (2 * index) / (theme.diverging.length - 1) - 1),
  range: [...theme.diverging],
}

function largestOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

function relative(values: ArrayLike<number>, most: number): number[] {
  return Array.from(values, (value) => (most > 0 ? value / most : 0))
}
