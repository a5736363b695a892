import { escapeXml, round, textElement, textWidth, wrapText } from './text.ts'
import { theme } from './theme.ts'

/** One entry of a legend. */
export interface LegendEntry {
  text: string
  colour: string
  textColour?: string
  symbol: 'dot' | 'line' | 'dotted-line'
}

/** A picture to be put together: what stands above, between and below. */
export interface Layout {
  title: string | undefined
  legend?: readonly LegendEntry[]
  /** Drawn below `top`, the first free pixel; the picture is `width` wide. */
  body: (top: number) => { elements: readonly string[]; height: number }
  /** Sentences under the panels; empty ones are left out. */
  caption: readonly string[]
  width: number
}

const margin = 14

/** Title, legend, panels and caption under one another, as the text of an SVG file on a white ground. */
export function pictureText(layout: Layout): string {
  const inner = layout.width - 2 * margin
  const elements: string[] = []
  let y = margin
  for (const line of wrapText(layout.title ?? '', inner, theme.titleSize, true)) {
    y += 1.2 * theme.titleSize
    elements.push(textElement(line, { x: margin, y: y - 4, size: theme.titleSize, bold: true }))
  }
  if (layout.legend !== undefined && layout.legend.length > 0) {
    const legend = legendElements(layout.legend, y + 5, inner)
    elements.push(...legend.elements)
    y += 5 + legend.height
  }
  const body = layout.body(y + 10)
  elements.push(...body.elements)
  y += 10 + body.height
  const caption = layout.caption.filter((sentence) => sentence !== '').join(' ')
  for (const [index, line] of wrapText(caption, inner, theme.captionSize).entries()) {
    y += index === 0 ? 1.9 * theme.captionSize : 1.4 * theme.captionSize
    elements.push(textElement(line, { x: margin, y, size: theme.captionSize, fill: theme.quietInk }))
  }
  return svgText(layout.width, Math.ceil(y + margin), layout.title, elements)
}

function svgText(
  width: number,
  height: number,
  title: string | undefined,
  elements: readonly string[],
): string {
  const label = title === undefined ? '' : ` aria-label="${escapeXml(title)}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` role="img"${label} font-family="${theme.fontFamily}" font-size="${theme.tickSize}" text-anchor="middle">\n`,
    `<rect width="${width}" height="${height}" fill="${theme.background}"/>\n`,
    elements.join('\n'),
    '\n</svg>\n',
  ].join('')
}

const legendRow = 18
const legendGap = 20

/** Entries side by side, broken into rows where they would not fit. */
function legendElements(
  entries: readonly LegendEntry[],
  top: number,
  width: number,
): { elements: string[]; height: number } {
  const elements: string[] = []
  let x = margin
  let row = 0
  for (const entry of entries) {
    const symbolWidth = entry.symbol === 'dot' ? 10 : 24
    const needed = symbolWidth + 6 + textWidth(entry.text, theme.labelSize)
    if (x > margin && x + needed > margin + width) {
      x = margin
      row++
    }
    const middle = top + row * legendRow + legendRow / 2
    elements.push(...symbolElements(entry, x, middle, symbolWidth))
    const place = { x: x + symbolWidth + 6, y: middle + 4, size: theme.labelSize }
    elements.push(textElement(entry.text, { ...place, fill: entry.textColour ?? theme.ink }))
    x += needed + legendGap
  }
  return { elements, height: (row + 1) * legendRow }
}

function symbolElements(entry: LegendEntry, x: number, y: number, width: number): string[] {
  const dot = `<circle cx="${round(x + width / 2)}" cy="${round(y)}" r="4" fill="${entry.colour}"/>`
  const line = `<path d="M${round(x)},${round(y)}h${width}" stroke="${entry.colour}" stroke-width="2.2" fill="none"/>`
  if (entry.symbol === 'dot') return [dot]
  return entry.symbol === 'line' ? [line] : [line, dot]
}
