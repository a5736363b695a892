import { zlibSync } from 'fflate'
import { ScorefieldError } from '../base/index.ts'

/** Pixels from the top left, row by row, the channels of a pixel side by side: grey, RGB or RGBA, 8 bits each. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  /** [h · w · c]. */
  readonly bytes: Uint8Array
}

const colourTypes = { 1: 0, 3: 2, 4: 6 } as const

/**
 * The bytes of a PNG file; equal pixels give equal bytes.  W3C 2003, Portable Network Graphics (second edition).
 *
 * Each row takes the filter, none, Sub or Up, whose differences have the least sum. Throws `picture/pixels`.
 */
export function encodePng({ width, height, channels, bytes }: Pixels): Uint8Array {
  if (bytes.length !== width * height * channels || bytes.length === 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'picture/pixels',
      message: `${bytes.length} bytes are no picture of ${width} × ${height} pixels of ${channels} channels.`,
      hint: 'Give height · width · channels bytes, at least one.',
    })
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, colourTypes[channels]], 8)
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const data = zlibSync(filtered(bytes, width * channels, channels))
  return joined([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array())])
}

/** Rows with the byte of their filter before them. */
function filtered(bytes: Uint8Array, stride: number, pixel: number): Uint8Array {
  const rows = bytes.length / stride
  const out = new Uint8Array(bytes.length + rows)
  const tries = [0, 1, 2].map(() => new Uint8Array(stride))
  for (let row = 0; row < rows; row++) {
    const from = row * stride
    const sums = [0, 0, 0]
    for (let i = 0; i < stride; i++) {
      const value = bytes[from + i]!
      const left = i < pixel ? 0 : bytes[from + i - pixel]!
      const above = row === 0 ? 0 : bytes[from + i - stride]!
      const differences = [value, value - left, value - above]
      for (let filter = 0; filter < 3; filter++) {
        const byte = differences[filter]! & 255
        tries[filter]![i] = byte
        sums[filter]! += byte < 128 ? byte : 256 - byte
      }
    }
    const best = sums.indexOf(Math.min(...sums))
    out[row * (stride + 1)] = best
    out.set(tries[best]!, row * (stride + 1) + 1)
  }
  return out
}

/** Length, type, data, and the checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i)
  out.set(data, 8)
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)))
  return out
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
