import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import type { ResvgRenderOptions } from '@resvg/resvg-js'
import { packageMissing, ScorefieldError } from '../../base/index.ts'

/** How an SVG text becomes pixels. */
export interface PngOptions {
  /** Pixels per SVG unit, > 0. Default: 2, sharp on dense screens and in print. */
  scale?: number
  /** Paths of further fonts, for scripts that DejaVu Sans lacks, such as Chinese or Devanagari. */
  fontFiles?: readonly string[]
}

/**
 * The picture as the bytes of a PNG file.
 * Fonts come from a package, never from the system, so every machine draws the same letters.
 * Throws `picture/bad-svg` when the text is no SVG, `picture/resvg-missing` where the package that draws cannot be loaded.
 */
export function toPng(svg: string, options: PngOptions = {}): Uint8Array {
  const { Resvg } = resvg()
  try {
    return new Uint8Array(new Resvg(svg, renderOptions(options)).render().asPng())
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'usage',
      code: 'picture/bad-svg',
      message: `the picture cannot be drawn: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'pass the whole text of an SVG file',
      cause,
    })
  }
}

/** The package that draws, at its first use: training does without pictures where it is missing. */
function resvg(): typeof import('@resvg/resvg-js') {
  try {
    return createRequire(import.meta.url)('@resvg/resvg-js')
  } catch (cause) {
    throw packageMissing({
      kind: 'ability',
      name: '@resvg/resvg-js',
      code: 'picture/resvg-missing',
      does: 'PNG files are drawn by',
      otherwise: 'write .svg',
      hasBinaryPackage: true,
      cause,
    })
  }
}

/** What the renderer is told; open to tests, which measure texts with the very same fonts. */
export function renderOptions({ scale = 2, fontFiles = [] }: PngOptions): ResvgRenderOptions {
  return {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: [...ownFontFiles(), ...fontFiles],
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  }
}

function ownFontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url)
  return ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))
}

/**
 * Writes a picture to a file: `.svg` as it is, `.png` rendered at the default scale.
 * Throws `picture/unknown-extension` for any other name, `picture/cannot-write` when the file cannot be written.
 */
export function writePicture(path: string, svg: string): void {
  const bytes = contents(path, svg)
  try {
    writeFileSync(path, bytes)
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'picture/cannot-write',
      message: `the picture cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: path,
      hint: 'check that the folder exists and may be written to',
      cause,
    })
  }
}

function contents(path: string, svg: string): string | Uint8Array {
  const extension = extname(path).toLowerCase()
  if (extension === '.svg') return svg
  if (extension === '.png') return toPng(svg)
  throw new ScorefieldError({
    kind: 'usage',
    code: 'picture/unknown-extension',
    message: `"${extension}" is no picture format that can be written`,
    where: path,
    hint: 'name the file .svg or .png',
  })
}
