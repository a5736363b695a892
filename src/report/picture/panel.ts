import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import type { Axis } from './axis.ts'
import { escapeXml, fitText, round, textElement } from './text.ts'
import { theme } from './theme.ts'

/** What every picture function takes besides its data. */
export interface PictureOptions {
  title?: string
  /** The document that builds the marks. Default: the page's own; in Node pass `await nodeDocument()`. */
  document?: Document
}

/** One set of axes with marks inside; (left, top, width, height) is the inner frame, in pixels of the picture. */
export interface Panel {
  left: number
  top: number
  width: number
  height: number
  x: Axis
  y: Axis
  grid?: boolean
  /** Turns a mark's numbers into colours, where it has such. */
  color?: Plot.ScaleOptions
  marks: readonly Plot.Markish[]
}

// Room for tick marks and their labels around the inner frame; the picture's own layout decides what is free.
const margin = 80

/** Draws a panel as a group that a picture can hold. */
export function panelElement(panel: Panel, document: Document | undefined): string {
  const { x, y, grid = true } = panel
  const scale = (axis: Axis): Plot.ScaleOptions => ({
    type: axis.type,
    domain: [axis.low, axis.high],
    axis: null,
    label: null,
  })
  const drawn = Plot.plot({
    document: documentOf(document),
    width: panel.width + 2 * margin,
    height: panel.height + 2 * margin,
    margin,
    x: scale(x),
    y: scale(y),
    length: { type: 'identity' },
    color: panel.color ?? { type: 'identity' },
    marks: [
      grid ? [Plot.gridX(x.ticks, gridStyle), Plot.gridY(y.ticks, gridStyle)] : null,
      ...panel.marks,
      Plot.frame({ stroke: theme.frame }),
      Plot.axisX(x.ticks, axisStyle(x)),
      Plot.axisY(y.ticks, axisStyle(y)),
    ],
  })
  const place = `translate(${round(panel.left - margin)},${round(panel.top - margin)})`
  return `<g class="panel" transform="${place}">${childrenText(drawn)}</g>`
}

const gridStyle = { stroke: theme.grid, strokeOpacity: 1 }

function axisStyle(axis: Axis): Plot.AxisXOptions & Plot.AxisYOptions {
  const tickFormat = axis.labelled === false ? () => '' : (value: unknown) => axis.tickText(Number(value))
  return {
    tickFormat,
    tickSize: 3,
    tickPadding: 4,
    label: null,
    color: theme.frame,
    textStroke: 'none',
    fill: theme.ink,
  }
}

/** The names of both axes beside a panel; an empty name draws nothing. */
export function axisNames(
  xLabel: string,
  yLabel: string,
  panel: { left: number; top: number; width: number; height: number },
): string[] {
  const style = { anchor: 'middle', size: theme.labelSize } as const
  const { left, top, width, height } = panel
  return [
    xLabel &&
      textElement(fitText(xLabel, width, style.size), {
        ...style,
        x: left + width / 2,
        y: top + height + 34,
      }),
    yLabel &&
      textElement(fitText(yLabel, height, style.size), { ...style, x: 20, y: top + height / 2, rotate: -90 }),
  ].filter((element) => element !== '')
}

function documentOf(given: Document | undefined): Document {
  const document = given ?? globalThis.document
  if (document !== undefined) return document
  throw new ScorefieldError({
    kind: 'usage',
    code: 'picture/no-document',
    message: 'a picture needs a document to be built in, and this environment has none',
    hint: 'in Node, pass `document: await nodeDocument()`',
  })
}

/**
 * The elements inside `parent` as XML.
 * Written here rather than by the document's serializer: the same text in every environment, coordinates to a hundredth
 * of a pixel, and without the style sheet, which would leak into a page and which no picture needs.
 */
function childrenText(parent: Element): string {
  let text = ''
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 3) text += escapeXml(node.nodeValue ?? '')
    if (node.nodeType === 1 && node.nodeName !== 'style') text += elementText(node as Element)
  }
  return text
}

function elementText(element: Element): string {
  let attributes = ''
  for (const { name, value } of Array.from(element.attributes)) {
    const written = coordinates.has(name)
      ? value.replace(/-?\d+\.\d{3,}(e-\d+)?/g, (n) => `${round(Number(n))}`)
      : value
    attributes += ` ${name}="${escapeXml(written)}"`
  }
  const inside = childrenText(element)
  return inside === ''
    ? `<${element.nodeName}${attributes}/>`
    : `<${element.nodeName}${attributes}>${inside}</${element.nodeName}>`
}

const coordinates = new Set([
  'cx',
  'cy',
  'd',
  'x',
  'y',
  'x1',
  'y1',
  'x2',
  'y2',
  'width',
  'height',
  'transform',
])
