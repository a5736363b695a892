import { topologicalOrder } from '../graph.ts'
import type { LoopGraph } from '../operation.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastToOperation } from './broadcast-to.ts'
import { concat } from './concat.ts'
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
    const part = slice(packed, { axis: 0, start, end })
    start = end
    return reshape(part, shape)
  })
}

/** Tensors one after the other in a flat one. */
export function packed(tensors: readonly Tensor[]): Tensor {
  return concat(
    tensors.map((x) => reshape(x, [sizeOf(x.shape)])),
    { axis: 0 },
  )
}
