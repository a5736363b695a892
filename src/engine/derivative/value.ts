import { broadcastTo } from '../ops/broadcast-to.ts'
import type { Tensor } from '../tensor.ts'

/** A tensor that stands for k tensors, one for each direction: [k, …shape]. Plain ones are the same for all. */
export interface Value {
  readonly tensor: Tensor
  readonly lifted: boolean
}

export const plain = (tensor: Tensor): Value => ({ tensor, lifted: false })
export const lifted = (tensor: Tensor): Value => ({ tensor, lifted: true })

/** [k, …shape], repeated along the directions where the value is the same for all. */
export function stretchedOver({ tensor, lifted }: Value, directions: number): Tensor {
  return lifted ? tensor : broadcastTo(tensor, [directions, ...tensor.shape])
}
