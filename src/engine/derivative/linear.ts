import { averagePoolOperation } from '../ops/average-pool.ts'
import { broadcastToOperation } from '../ops/broadcast-to.ts'
import { concatOperation } from '../ops/concat.ts'
import { convOperation } from '../ops/conv.ts'
import { convFilterOperation } from '../ops/conv-filter.ts'
import { convTransposeOperation } from '../ops/conv-transpose.ts'
import { cumsumOperation } from '../ops/cumsum.ts'
import { flipOperation } from '../ops/flip.ts'
import { gatherOperation } from '../ops/gather.ts'
import { matmulOperation } from '../ops/matmul.ts'
import { padOperation } from '../ops/pad.ts'
import { reshapeOperation } from '../ops/reshape.ts'
import { scatterAddOperation } from '../ops/scatter-add.ts'
import { scatterAddAlongAxisOperation } from '../ops/scatter-add-along-axis.ts'
import { sliceOperation } from '../ops/slice.ts'
import { sumOperation } from '../ops/sum.ts'
import { takeAlongAxisOperation } from '../ops/take-along-axis.ts'
import { transposeOperation } from '../ops/transpose.ts'
import { upsampleOperation } from '../ops/upsample.ts'
import { variableOperation } from '../ops/variable.ts'
import type { Tensor } from '../tensor.ts'

/** Linear in all that they are given, but for whole numbers and truth values. */
const linearOperations = new Set([
  variableOperation,
  sumOperation,
  reshapeOperation,
  broadcastToOperation,
  transposeOperation,
  sliceOperation,
  padOperation,
  concatOperation,
  cumsumOperation,
  gatherOperation,
  scatterAddOperation,
  flipOperation,
  takeAlongAxisOperation,
  scatterAddAlongAxisOperation,
  averagePoolOperation,
  upsampleOperation,
])

/** Linear in each of two operands. */
const bilinearOperations = new Set([
  matmulOperation,
  convOperation,
  convTransposeOperation,
  convFilterOperation,
])

/** Whether the operation is linear in those of its inputs that are active, by their places. */
export function isLinear(tensor: Tensor, active: readonly number[]): boolean {
  const { operation } = tensor
  return linearOperations.has(operation) || (bilinearOperations.has(operation) && active.length === 1)
}

/** Whether input i of a linear operation multiplies or chooses, and is not itself carried through. */
export function isFactor(tensor: Tensor, i: number): boolean {
  return bilinearOperations.has(tensor.operation) || tensor.inputs[i]!.dtype !== 'float32'
}
