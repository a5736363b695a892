import type { Shape } from '../../engine/index.ts'

/** By how many quarters pictures of this shape, [c, h, w], can be turned and keep it. */
export function turnsOf([, height, width]: Shape): readonly number[] {
  return height === width ? [0, 1, 2, 3] : [0, 2]
}

/** A picture [c, h, w] turned by so many quarters, against the clock; by an odd number only where h = w. */
export function turned(x: Float32Array, event: Shape, quarters: number, into: Float32Array): void {
  const [channels, height, width] = event as [number, number, number]
  const places = height * width
  const from = (row: number, column: number): number =>
    [
      row * width + column,
      column * width + (width - 1 - row),
      (height - 1 - row) * width + (width - 1 - column),
      (height - 1 - column) * width + row,
    ][quarters]!
  for (let c = 0; c < channels; c++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        into[c * places + row * width + column] = x[c * places + from(row, column)]!
}
