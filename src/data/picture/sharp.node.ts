import { createRequire } from 'node:module'
import { packageMissing } from '../../base/index.ts'

/** A pipeline of the package sharp, as far as it is used here: so these sources compile where the optional package is absent. */
export interface SharpPipeline {
  metadata(): Promise<SharpMetadata>
  resize(options: {
    readonly width: number
    readonly height: number
    readonly fit: 'cover' | 'contain'
    readonly background: {
      readonly r: number
      readonly g: number
      readonly b: number
      readonly alpha: number
    }
  }): SharpPipeline
  flatten(options: { readonly background: string }): SharpPipeline
  greyscale(): SharpPipeline
  toColourspace(space: 'srgb' | 'b-w'): SharpPipeline
  ensureAlpha(): SharpPipeline
  removeAlpha(): SharpPipeline
  raw(options: { readonly depth: 'uchar' }): SharpPipeline
  toBuffer(): Promise<Uint8Array>
}

/** What the header of a picture's file says. */
export interface SharpMetadata {
  readonly format: string
  readonly width: number
  readonly height: number
  readonly space: string
  readonly channels: number
  readonly depth: string
  readonly hasAlpha: boolean
  readonly hasProfile: boolean
  readonly isPalette: boolean
  readonly orientation?: number
  readonly pages?: number
  readonly autoOrient: { readonly width: number; readonly height: number }
}

/** The package: decodes and resizes in the threads of libuv, so that JavaScript does not wait. */
export type Sharp = (
  input: string | Uint8Array,
  options: {
    readonly autoOrient?: boolean
    readonly ignoreIcc?: boolean
    readonly failOn?: 'error'
    readonly limitInputPixels?: number | false
    readonly raw?: { readonly width: number; readonly height: number; readonly channels: number }
  },
) => SharpPipeline

/** The package that reads picture files, at its first use. Throws `picture/sharp-missing`. */
export function sharpPackage(): Sharp {
  try {
    return createRequire(import.meta.url)('sharp') as Sharp
  } catch (cause) {
    throw packageMissing({
      kind: 'data',
      name: 'sharp',
      code: 'picture/sharp-missing',
      does: 'Files of pictures are decoded and resized by',
      otherwise: 'give the pictures as an IDX file or as a CSV of pixels, of the size that they shall have',
      hasBinaryPackage: true,
      cause,
    })
  }
}
