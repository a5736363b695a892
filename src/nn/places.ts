import * as f from '../engine/index.ts'

/** Places of points [B, c, ...s], s of one, two or three axes. */
const firstPlace = 2

/** Whether points are channels over one, two or three axes of places. */
export function hasPlaces(event: f.Shape): boolean {
  return event.length >= 2 && event.length <= 4
}

/** The least power of two, places a side, of patches of which there are at most so many. */
export function patchFor(sides: readonly number[], most: number): number {
  let patch = 1
  while (sides.reduce((count, side) => count * Math.ceil(side / patch), 1) > most) patch *= 2
  return patch
}

/** The least multiples of `stride` that are no smaller than the sides. */
export function roundedUp(sides: readonly number[], stride: number): number[] {
  return sides.map((side) => Math.ceil(side / stride) * stride)
}

/** x with zeros after its places, up to these sides: [B, c, ...s] → [B, c, ...sides]. */
export function grownTo(x: f.Tensor, sides: readonly number[]): f.Tensor {
  return sides.reduce((grown, side, k) => {
    const axis = firstPlace + k
    const after = side - grown.shape[axis]!
    return after === 0 ? grown : f.pad(grown, { axis, after })
  }, x)
}

/** The first places of x: [B, c, ...s] → [B, c, ...sides]. */
export function cropped(x: f.Tensor, sides: readonly number[]): f.Tensor {
  return sides.reduce((kept, side, k) => {
    const axis = firstPlace + k
    return kept.shape[axis] === side ? kept : f.slice(kept, { axis, start: 0, end: side })
  }, x)
}

/** Patches of `size` places a side as channels: [B, c, ...s] → [B, c sizeᵏ, ...s/size], k axes. */
export function patched(x: f.Tensor, size: number): f.Tensor {
  if (size === 1) return x
  const [rows, channels, ...sides] = x.shape as [number, number, ...number[]]
  const split = f.reshape(x, [rows, channels, ...sides.flatMap((side) => [side / size, size])])
  const [outer, inner] = [0, 1].map((part) => sides.map((_, k) => firstPlace + 2 * k + part))
  const moved = f.transpose(split, [0, 1, ...inner!, ...outer!])
  return f.reshape(moved, [rows, channels * size ** sides.length, ...sides.map((side) => side / size)])
}

/** The inverse of `patched`: [B, c sizeᵏ, ...s] → [B, c, ...s size]. */
export function unpatched(x: f.Tensor, size: number): f.Tensor {
  if (size === 1) return x
  const [rows, all, ...sides] = x.shape as [number, number, ...number[]]
  const axes = sides.length
  const channels = all / size ** axes
  const split = f.reshape(x, [rows, channels, ...sides.map(() => size), ...sides])
  const order = sides.flatMap((_, k) => [firstPlace + axes + k, firstPlace + k])
  return f.reshape(f.transpose(split, [0, 1, ...order]), [
    rows,
    channels,
    ...sides.map((side) => side * size),
  ])
}

/** One vector a place: [B, c, ...s] → [B S, c], S places, the first axis of places slowest. */
export function asTokens(x: f.Tensor): f.Tensor {
  const [rows, channels, ...sides] = x.shape as [number, number, ...number[]]
  const places = f.sizeOf(sides)
  const flat = f.transpose(f.reshape(x, [rows, channels, places]), [0, 2, 1])
  return f.reshape(flat, [rows * places, channels])
}

/** The inverse of `asTokens`: [B S, c] → [B, c, ...sides]. */
export function fromTokens(tokens: f.Tensor, rows: number, sides: readonly number[]): f.Tensor {
  const [all, channels] = tokens.shape as [number, number]
  const flat = f.transpose(f.reshape(tokens, [rows, all / rows, channels]), [0, 2, 1])
  return f.reshape(flat, [rows, channels, ...sides])
}

/** A number of each channel of each point, [B, c], stretched over the places of x: [B, c, ...s]. */
export function perChannel(values: f.Tensor, x: f.Tensor): f.Tensor {
  const ones = x.shape.slice(firstPlace).map(() => 1)
  return f.broadcastTo(f.reshape(values, [...values.shape, ...ones]), x.shape)
}
