import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'

type Written = (options?: Readonly<Record<string, unknown>>) => Drawn

/** A picture on its way to a file, as far as tests write them; sources compile where the optional package is absent. */
export interface Drawn
  extends Readonly<
    Record<
      'png' | 'jpeg' | 'webp' | 'avif' | 'gif' | 'tiff' | 'raw' | 'ensureAlpha' | 'withMetadata',
      Written
    >
  > {
  rotate(degrees: number): Drawn
  toColourspace(space: string): Drawn
  metadata(): Promise<{ readonly width: number; readonly height: number; readonly channels: number }>
  toBuffer(): Promise<Uint8Array>
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array
    readonly info: { readonly width: number; readonly height: number; readonly channels: number }
  }>
}

/** The package that reads and writes pictures. */
export const sharp: (input: ArrayBufferView | string, options?: Readonly<Record<string, unknown>>) => Drawn =
  createRequire(import.meta.url)('sharp')

/** Pixels that differ from picture to picture and from place to place, [h · w · c]. */
export function madePixels(width: number, height: number, channels: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)]
    return (
      128 + 100 * Math.sin(((i % channels) + 1) * (seed + 1) + (3 * x) / width + ((2 + seed) * y) / height)
    )
  })
}

/** A picture as sharp takes it. */
export function madePicture(width: number, height: number, channels: 1 | 2 | 3 | 4, seed: number): Drawn {
  return sharp(madePixels(width, height, channels, seed), { raw: { width, height, channels } })
}

/** Writes a file and the folders that it lies in. */
export function writeInto(folder: string, name: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

/** Files by their names, or what will be them. */
export type MadeFiles = Readonly<Record<string, Uint8Array | string | Promise<Uint8Array>>>

/** Folders of files, in one that lasts as long as the test file. */
export function pictureFolders(): {
  readonly root: string
  readonly folderOf: (files: MadeFiles) => Promise<string>
} {
  const root = mkdtempSync(join(tmpdir(), 'scorefield-pictures-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  let folders = 0
  return {
    root,
    folderOf: async (files) => {
      const folder = join(root, `${++folders}`)
      mkdirSync(folder)
      for (const [name, content] of Object.entries(files)) writeInto(folder, name, await content)
      return folder
    },
  }
}
