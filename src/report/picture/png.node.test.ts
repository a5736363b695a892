import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeDocument } from './document.node.ts'
import { renderOptions, toPng, writePicture } from './png.node.ts'
import { scatterPlot } from './scatter-plot.ts'

const folder = mkdtempSync(join(tmpdir(), 'picture-'))
afterAll(() => rmSync(folder, { recursive: true }))

let svg: string
beforeAll(async () => {
  const points = Float64Array.from({ length: 200 }, (_, index) => (index * 0.618034) % 1)
  svg = scatterPlot({ document: await nodeDocument(), data: points, samples: points, title: 'A title' })
})

const sizeOf = (text: string): number[] => /width="(\d+)" height="(\d+)"/.exec(text)!.slice(1).map(Number)

/** Width and height of a PNG file, from its header. */
function headerOf(png: Uint8Array): number[] {
  expect(Array.from(png.subarray(0, 8))).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const view = new DataView(png.buffer, png.byteOffset)
  return [view.getUint32(16), view.getUint32(20)]
}

/** How many pixels of the topmost `height` rows are dark. */
function darkPixels(text: string, height: number, fontFiles?: string[]): number {
  const options = renderOptions({ scale: 1 })
  const font = fontFiles === undefined ? options.font : { ...options.font, fontFiles }
  const { pixels, width } = new Resvg(text, { ...options, ...(font === undefined ? {} : { font }) }).render()
  let dark = 0
  for (let at = 0; at < 4 * width * height; at += 4) if (pixels[at]! < 100) dark++
  return dark
}

test.each([1, 2, 1.5])('at scale %f the file is that many times as large', (scale) => {
  expect(headerOf(toPng(svg, { scale }))).toEqual(sizeOf(svg).map((length) => Math.round(length * scale)))
})

test('the ground is white and opaque, and data and samples are on it', () => {
  const { pixels } = new Resvg(svg, renderOptions({ scale: 1 })).render()
  expect(Array.from(pixels.subarray(0, 4))).toEqual([255, 255, 255, 255])
  let [blue, orange] = [0, 0]
  for (let at = 0; at < pixels.length; at += 4) {
    const difference = pixels[at + 2]! - pixels[at]!
    if (difference > 60) blue++
    if (difference < -60) orange++
  }
  expect(blue).toBeGreaterThan(300)
  expect(orange).toBeGreaterThan(300)
})

test('the title is drawn, by the fonts that come along and no others', () => {
  expect(darkPixels(svg, 36)).toBeGreaterThan(100)
  expect(darkPixels(svg, 36, [])).toBe(0)
  expect(darkPixels(svg.replaceAll('A title', ''), 36)).toBe(0)
})

test('a file is written by its extension', () => {
  writePicture(join(folder, 'a.svg'), svg)
  expect(readFileSync(join(folder, 'a.svg'), 'utf8')).toBe(svg)
  writePicture(join(folder, 'a.PNG'), svg)
  expect(headerOf(readFileSync(join(folder, 'a.PNG')))).toEqual(sizeOf(svg).map((length) => 2 * length))
})

test('what cannot be written or drawn says so', () => {
  const code = (expected: string) => expect.objectContaining({ code: expected })
  expect(() => writePicture(join(folder, 'a.jpg'), svg)).toThrow(code('picture/unknown-extension'))
  expect(() => writePicture(join(folder, 'nowhere', 'a.svg'), svg)).toThrow(code('picture/cannot-write'))
  expect(() => toPng('no picture')).toThrow(code('picture/bad-svg'))
})
