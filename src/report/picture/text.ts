import { theme } from './theme.ts'

/** Writes a text so that it is safe inside XML elements and attributes; control characters XML forbids are dropped. */
export function escapeXml(text: string): string {
  return text
    .replace(forbidden, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}

// XML 1.0 has no way to write these, not even as references; a lone surrogate is not a character at all.
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * An upper bound, within about a tenth, of a text's width in pixels when set in DejaVu Sans.
 * No layout engine is at hand in Node, and pictures must not depend on one; a test holds this against real glyphs.
 */
export function textWidth(text: string, size: number, bold = false): number {
  let ems = 0
  for (const character of text) ems += advance(character)
  return ems * size * (bold ? 1.13 : 1)
}

function advance(character: string): number {
  if (/[ijl.,:;'|! ]/.test(character)) return 0.34
  if (/[ftrI()[\]{}/\\"]/.test(character)) return 0.46
  if (/[mwMW%@+=<>~−]/.test(character)) return /[m%MW@]/.test(character) ? 1 : 0.84
  if (/[A-Z]/.test(character)) return 0.79
  if (character.charCodeAt(0) < 0x2e80) return 0.645
  return 1.05 // East Asian and pictographic characters fill a square
}

/** The text, or as much of its beginning as fits the width, closed by an ellipsis. */
export function fitText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text
  const characters = [...text]
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, size) > width) characters.pop()
  return `${characters.join('').trimEnd()}…`
}

/** Breaks a text at spaces into lines that fit the width; a single longer word at its signs, as names have them, or it is cut. */
export function wrapText(text: string, width: number, size: number, bold = false): string[] {
  const lines: string[] = []
  const add = (piece: string, between: string): void => {
    const last = lines.at(-1)
    const longer = `${last ?? ''}${between}${piece}`
    if (last !== undefined && textWidth(longer, size, bold) <= width) lines[lines.length - 1] = longer
    else lines.push(fitText(piece, bold ? width / 1.13 : width, size))
  }
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const pieces = textWidth(word, size, bold) <= width ? [word] : word.split(/(?<=[_\-./])/)
    pieces.forEach((piece, index) => {
      add(piece, index === 0 && lines.length > 0 ? ' ' : '')
    })
  }
  return lines
}

/** Where and how one line of text is drawn. */
export interface TextStyle {
  x: number
  y: number
  size?: number
  fill?: string
  bold?: boolean
  anchor?: 'start' | 'middle' | 'end'
  /** Degrees, clockwise, about (x, y). */
  rotate?: number
}

/** One line of text as an SVG element; (x, y) is on its baseline. */
export function textElement(text: string, style: TextStyle): string {
  const { x, y, size = theme.tickSize, fill = theme.ink, bold = false, anchor = 'start', rotate = 0 } = style
  const attributes = [
    `x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"`,
    bold ? ' font-weight="bold"' : '',
    rotate === 0 ? '' : ` transform="rotate(${rotate} ${round(x)} ${round(y)})"`,
  ]
  return `<text ${attributes.join('')}>${escapeXml(text)}</text>`
}

/** A coordinate to a hundredth of a pixel, which no screen shows and which halves a file. */
export function round(coordinate: number): number {
  return Math.round(coordinate * 100) / 100 + 0 // + 0: never "-0"
}

/** A whole number with thousands separated, for captions: 4,898. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
