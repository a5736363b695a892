import type { Channels } from './picture-column.ts'
import type { PictureMode } from './picture-wishes.ts'

/** Numbers of a pixel by what they are. */
export const channelsOf: Readonly<Record<PictureMode, Channels>> = { grey: 1, colour: 3, transparent: 4 }

/** What pictures were seen to hold. */
export interface SeenPixels {
  opacity: boolean
  colour: boolean
}

/** Looks for opacity below 255 and for visible colours, until both are seen. bytes: not yet multiplied by opacity. */
export function lookAt(bytes: Uint8Array, channels: Channels, seen: SeenPixels): void {
  if (channels === 1) return
  for (let at = 0; at < bytes.length && !(seen.colour && (seen.opacity || channels === 3)); at += channels) {
    if (channels === 4 && bytes[at + 3]! < 255) seen.opacity = true
    const isVisible = channels === 3 || bytes[at + 3]! > 0
    if (isVisible && (bytes[at] !== bytes[at + 1] || bytes[at] !== bytes[at + 2])) seen.colour = true
  }
}

/** The fewest channels that show what was seen: transparency has colours, too. */
export function channelsNeeded({ opacity, colour }: SeenPixels): Channels {
  return opacity ? 4 : colour ? 3 : 1
}

/** Multiplies colours by opacity, in place: [r, g, b, a] → [r a/255, g a/255, b a/255, a]. */
export function premultiply(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 4) {
    const opacity = bytes[at + 3]!
    if (opacity === 255) continue
    for (let c = 0; c < 3; c++) bytes[at + c] = Math.round((bytes[at + c]! * opacity) / 255)
  }
}

/** Lays pixels of colours and opacity on white, in place, and leaves them opaque. */
export function onWhite(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 4) {
    const opacity = bytes[at + 3]! / 255
    for (let c = 0; c < 3; c++) bytes[at + c] = Math.round(opacity * bytes[at + c]! + 255 * (1 - opacity))
    bytes[at + 3] = 255
  }
}

/** Makes colours grey, in place: each its luma, 0.299 r + 0.587 g + 0.114 b.  Rec. ITU-R BT.601. */
export function greyed(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 4)
    bytes.fill(Math.round(0.299 * bytes[at]! + 0.587 * bytes[at + 1]! + 0.114 * bytes[at + 2]!), at, at + 3)
}

/** The first `to` of the channels of each pixel, for pictures to which the others add nothing. */
export function firstChannels(bytes: Uint8Array, from: Channels, to: Channels): Uint8Array {
  const pixels = bytes.length / from
  const made = new Uint8Array(pixels * to)
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let c = 0; c < to; c++) made[pixel * to + c] = bytes[pixel * from + c]!
  return made
}
