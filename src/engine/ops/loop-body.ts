import { topologicalOrder } from '../graph.ts'
import type { LoopGraph } from '../operation.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation } from './broadcast-to.ts'
import { concatOperation } from './concat.ts'
import { constant } from './constant.ts'
import { padOperation } from './pad.ts'
import { reshape } from './reshape.ts'
import { slice } from './slice.ts'

/** How often a loop runs, and whether from the last position to the first. */
export interface Rounds {
  readonly length: number
  readonly reverse: boolean
}

/** One round of a loop as an attribute of an operation. */
export class LoopBody implements LoopGraph {
  readonly carries: readonly Tensor[]
  readonly slices: readonly Tensor[]
  readonly index: Tensor
  readonly captured: readonly Tensor[]
  readonly next: readonly Tensor[]
  readonly outputs: readonly Tensor[]
  /** A loop whose values are the first of this one's: where both are computed, one will do. */
  readonly extends: Tensor | undefined
  /** Bodies are the same where their tensors are. */
  readonly attributeKey: string

  constructor(graph: LoopGraph, extended?: Tensor) {
    this.carries = graph.carries
    this.slices = graph.slices
    this.index = graph.index
    this.captured = graph.captured
    this.next = graph.next
    this.outputs = graph.outputs
    this.extends = extended
    this.attributeKey = [
      graph.carries,
      graph.slices,
      [graph.index],
      graph.captured,
      graph.next,
      graph.outputs,
    ]
      .map((tensors) => tensors.map(({ id }) => id).join(','))
      .join(';')
  }

  /** The round's tensors in order, without what comes from outside. */
  order(): Tensor[] {
    const given = new Set([...this.carries, ...this.slices, this.index, ...this.captured])
    return topologicalOrder([...this.next, ...this.outputs], (x) => (given.has(x) ? [] : x.inputs)).filter(
      (x) => !given.has(x),
    )
  }

  /** Shapes of the last carries and of the stacked outputs. */
  resultShapes(length: number): Shape[] {
    return [...this.next.map(({ shape }) => shape), ...this.outputs.map(({ shape }) => [length, ...shape])]
  }

  /** In printed graphs. */
  toJSON(): string {
    return `${this.order().length} operations`
  }
}

/**
 * What a round uses from outside: the tensors that do not depend on `own`, as large as they come, so that nothing is
 * computed in each round that is always the same. Constants and stretching stay inside, where they cost nothing.
 */
export function capturedBy(results: readonly Tensor[], own: ReadonlySet<Tensor>): Tensor[] {
  const order = topologicalOrder(results, (x) => (own.has(x) ? [] : x.inputs))
  const inside = new Set(own)
  const constant = new Set<Tensor>()
  for (const x of order) {
    if (x.inputs.some((input) => inside.has(input))) inside.add(x)
    else if (
      x.operation.name === 'constant' ||
      (x.inputs.length > 0 && x.inputs.every((i) => constant.has(i)))
    )
      constant.add(x)
  }
  const captured = new Set<Tensor>()
  const visit = (x: Tensor): void => {
    if (inside.has(x) || constant.has(x)) return
    if (x.operation === broadcastToOperation) visit(x.inputs[0]!)
    else captured.add(x)
  }
  for (const x of order) if (inside.has(x) && !own.has(x)) x.inputs.forEach(visit)
  results.forEach(visit)
  return [...captured]
}

/** The tensors of these shapes that stand one after the other in a flat one. */
export function unpacked(packed: Tensor, shapes: readonly Shape[]): Tensor[] {
  let start = 0
  return shapes.map((shape) => {
    const end = start + sizeOf(shape)
    const part = range(packed, start, end)
    start = end
    return reshape(part, shape)
  })
}

/**
 * The elements from `start` up to `end` of a flat tensor; of one put together from parts, those of the part. So a
 * cotangent that is 0 is seen to be, and nothing is computed from it.
 */
function range(x: Tensor, start: number, end: number): Tensor {
  if (x.operation === padOperation) {
    const [core] = x.inputs as [Tensor]
    const [before, after] = [x.attributes['before'] as number, x.attributes['after'] as number]
    const [first, last] = [start - before, end - before]
    if (last <= 0 || start >= x.shape[0]! - after) return broadcastTo(constant(0), [end - start])
    if (first >= 0 && last <= core.shape[0]!) return range(core, first, last)
  }
  if (x.operation === concatOperation) {
    let offset = 0
    for (const part of x.inputs) {
      const [first, last] = [start - offset, end - offset]
      if (first >= 0 && last <= part.shape[0]!) return range(part, first, last)
      offset += part.shape[0]!
    }
  }
  return slice(x, { axis: 0, start, end })
}
