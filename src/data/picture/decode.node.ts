import { openSink, type PictureSink } from './file-store.node.ts'
import { bytesOf, type Channels, type PictureStore } from './picture-column.ts'
import { pictureSum } from './picture-sum.ts'
import type { PictureMode, PixelSize, pictureFits } from './picture-wishes.ts'
import { channelsNeeded, channelsOf, firstChannels, lookAt, premultiply } from './pixels.ts'
import { type BrokenPicture, brokenReason, inLanes, type ScannedPicture } from './scan.node.ts'
import type { Sharp, SharpPipeline } from './sharp.node.ts'

/** What pictures are brought to. */
export interface DecodingAsked extends PixelSize {
  readonly sharp: Sharp
  readonly fit: (typeof pictureFits)[number]
  /** What the numbers of a pixel shall be; the least that shows all pictures unless told. */
  readonly mode?: PictureMode | undefined
  readonly largestMegapixels: number
  /** Bytes of decoded pictures that are held in memory; more lie in a file. */
  readonly mostBytesInMemory?: number | undefined
}

/** Pictures as bytes of one size. */
export interface DecodedPictures {
  readonly channels: Channels
  readonly values: Uint8Array | PictureStore
  readonly sums: readonly string[]
  /** The pictures that could be decoded, in order. */
  readonly taken: readonly ScannedPicture[]
  readonly broken: readonly BrokenPicture[]
  readonly dispose: () => Promise<void>
}

/**
 * Decodes pictures to one size and one mode, and keeps them as bytes: in memory, or in a file where they are many.
 *
 * Unless a mode is told, what the headers say is the most that is needed, and what the pixels show the least: pictures with an opacity
 * of 255 everywhere have none, and colours with r = g = b everywhere are grey.
 */
export async function decodePictures(
  scanned: readonly ScannedPicture[],
  asked: DecodingAsked,
): Promise<DecodedPictures> {
  const channels = asked.mode ? channelsOf[asked.mode] : mostChannels(scanned)
  const size = bytesOf({ ...asked, channels })
  const sink = await openSink(scanned.length, size, asked.mostBytesInMemory)
  const sums = new Array<string | undefined>(scanned.length)
  const broken: BrokenPicture[] = []
  const seen = { opacity: false, colour: false }
  await inLanes(scanned.length, async (at) => {
    try {
      const bytes = await pixelsOf(scanned[at]!, channels, asked)
      lookAt(bytes, channels, seen)
      if (channels === 4) premultiply(bytes)
      sums[at] = pictureSum(bytes)
      await sink.put(at, bytes)
    } catch (error) {
      broken.push({ name: scanned[at]!.file.name, reason: brokenReason(error) })
    }
  })
  const places = Int32Array.from(scanned.keys()).filter((at) => sums[at] !== undefined)
  const kept = Array.from(places, (at) => sums[at]!)
  const values = await sink.finish(places, kept)
  const needed = channelsNeeded(seen)
  const found = { channels, values, sums: kept }
  return {
    ...(asked.mode === undefined && needed < channels ? withFewer(found, needed) : found),
    taken: Array.from(places, (at) => scanned[at]!),
    broken: broken.sort((a, b) => (a.name < b.name ? -1 : 1)),
    dispose: disposeOf(sink),
  }
}

function disposeOf(sink: PictureSink): () => Promise<void> {
  let isOpen = true
  return async () => {
    if (isOpen) await sink.dispose()
    isOpen = false
  }
}

function mostChannels(scanned: readonly ScannedPicture[]): Channels {
  if (scanned.some(({ hasAlpha }) => hasAlpha)) return 4
  return scanned.some(({ mode }) => mode === 'colour') ? 3 : 1
}

/** The pixels of a picture, [h · w · channels], opacity not yet multiplied in. */
async function pixelsOf(
  { file, width, height, hasAlpha, hasProfile, isCmyk }: ScannedPicture,
  channels: Channels,
  { sharp, fit, largestMegapixels, ...to }: DecodingAsked,
): Promise<Uint8Array> {
  const limitInputPixels = Math.ceil(largestMegapixels * 1e6)
  // Without a profile colours are sRGB; to ask for it takes four times as long as to decode a small picture.
  const ignoreIcc = !hasProfile && !isCmyk
  const how = { autoOrient: true, failOn: 'error', limitInputPixels, ignoreIcc } as const
  let picture: SharpPipeline = sharp(file.path, how)
  if (width !== to.width || height !== to.height)
    picture = picture.resize({
      ...{ width: to.width, height: to.height, fit: fit === 'crop' ? 'cover' : 'contain' },
      background: { r: 0, g: 0, b: 0, alpha: hasAlpha ? 0 : 1 },
    })
  // What shows through where nothing is: white, as on a page.
  if (channels < 4 && hasAlpha) picture = picture.flatten({ background: '#fff' })
  picture = channels === 1 ? picture.greyscale().toColourspace('b-w') : picture.toColourspace('srgb')
  picture = channels === 4 ? picture.ensureAlpha() : picture.removeAlpha()
  const bytes = await picture.raw({ depth: 'uchar' }).toBuffer()
  const size = bytesOf({ ...to, channels })
  if (bytes.length !== size) throw new Error(`decodes to ${bytes.length} bytes in place of ${size}`)
  return bytes
}

type Kept = Pick<DecodedPictures, 'channels' | 'values' | 'sums'>

/** The same pictures with the channels that they need: the others say nothing. */
function withFewer({ channels, values, sums }: Kept, needed: Channels): Kept {
  const fewer = (bytes: Uint8Array): Uint8Array => firstChannels(bytes, channels, needed)
  if (values instanceof Uint8Array) {
    const made = fewer(values)
    const size = made.length / sums.length
    const told = sums.map((_, row) => pictureSum(made.subarray(row * size, (row + 1) * size)))
    return { channels: needed, values: made, sums: told }
  }
  return {
    channels: needed,
    sums,
    values: { ...values, read: async (rows) => fewer(await values.read(rows)) },
  }
}
