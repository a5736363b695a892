import type * as Plot from '@observablehq/plot'
import { number } from '../../evaluation/index.ts'
import { fittedAxis, linearAxis } from './axis.ts'
import { axisNames, type PictureOptions, panelElement } from './panel.ts'
import { pictureText } from './picture.ts'
import { fieldFrame, gridMark, type PlaneField, panelShape, scoreMark } from './plane-field.ts'
import { textElement } from './text.ts'
import { theme } from './theme.ts'

/** The curl of a field of the plane, as `curlMap` measures it. */
export interface NamedCurl extends Omit<PlaneField, 'logDensity'> {
  /** Stands above its panel. */
  name: string
  /** ∂s₂/∂x₁ − ∂s₁/∂x₂, [rows, columns]. */
  curl: ArrayLike<number>
}

/** What `curlMaps` draws. */
export interface CurlMapsOptions extends PictureOptions {
  /** One panel each, of the same coordinates. */
  maps: readonly NamedCurl[]
  /** Names of the two coordinates. Default: x₁, x₂. */
  labels?: readonly [string, string]
}

const left = 62
const gap = 22

/**
 * Curl as colour, one field beside the other on one scale of colours, with arrows along the score where it is given: what of the
 * arrows turns and so belongs to no density.
 * Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function curlMaps(options: CurlMapsOptions): string {
  const { maps, labels = ['x₁', 'x₂'] } = options
  const largest = maps.map(({ curl }) => largestOf(curl))
  const most = Math.max(...largest)
  const [first] = maps.map((map) => fieldFrame({ ...map, logDensity: map.curl }))
  const [width, height] = panelShape(first!)
  const body = (top: number) => {
    const panelTop = top + 34
    const elements = maps.flatMap((map, index) => {
      const frame = fieldFrame({ ...map, logDensity: map.curl })
      const x = left + index * (width + gap)
      const place = { left: x, top: panelTop, width, height }
      const marks = [
        gridMark(map, relative(map.curl, most), levels),
        ...(map.score ? [scoreMark(map, frame, width, height)] : []),
      ]
      const middle = { x: x + width / 2, anchor: 'middle', size: theme.labelSize } as const
      return [
        panelElement(
          {
            ...place,
            x: fittedAxis(frame.x, { length: width, overhang: gap / 2 - 2 }),
            y: { ...linearAxis(frame.y), labelled: index === 0 },
            marks,
            grid: false,
            color,
          },
          options.document,
        ),
        textElement(map.name, { ...middle, y: panelTop - 21, bold: true }),
        textElement(`curl up to ${number(largest[index]!)}`, { ...middle, y: panelTop - 7 }),
        ...axisNames(labels[0], index === 0 ? labels[1] : '', place),
      ]
    })
    return { elements, height: height + 74 }
  }
  return pictureText({
    title: options.title,
    width: left + maps.length * (width + gap),
    body,
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
