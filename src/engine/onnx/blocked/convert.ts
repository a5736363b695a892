import { sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { type BlockedContext, nchwc } from './rule.ts'

/** An ordinary value in blocks over so many places. */
export function intoBlocks(c: BlockedContext, value: string, tensor: Tensor, places: number): string {
  const rows = sizeOf(tensor.shape) / (c.block * places)
  const flat = [rows, c.block, 1, places]
  // The runtime's own operator is for numbers only.
  const moved =
    tensor.dtype === 'float32'
      ? c.node(`${nchwc}ReorderInput`, [c.reshape(value, flat)])
      : c.node('Transpose', [c.reshape(value, [rows, c.block, places])], { perm: [0, 2, 1] })
  return c.reshape(moved, tensor.shape)
}

/** A value in blocks over so many places as an ordinary one. */
export function outOfBlocks(c: BlockedContext, value: string, tensor: Tensor, places: number): string {
  const rows = sizeOf(tensor.shape) / (c.block * places)
  const moved =
    tensor.dtype === 'float32'
      ? c.node(`${nchwc}ReorderOutput`, [c.reshape(value, [rows, c.block, 1, places])], { channels: c.block })
      : c.node('Transpose', [c.reshape(value, [rows, places, c.block])], { perm: [0, 2, 1] })
  return c.reshape(moved, tensor.shape)
}
