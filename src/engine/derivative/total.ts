import * as f from '../ops/index.ts'
import { padOperation } from '../ops/pad.ts'
import type { Tensor } from '../tensor.ts'

/**
 * The sum of what reaches one tensor.
 *
 * The slices of a tensor send back parts with zeros around them; parts that do not overlap are put side by side, so
 * that n slices cost one pass over the tensor and not n.
 */
export function total(parts: readonly Tensor[]): Tensor {
  const padded = new Map<number, Tensor[]>()
  const others: Tensor[] = []
  for (const part of parts) {
    if (part.operation !== padOperation) others.push(part)
    else {
      const axis = part.attributes['axis'] as number
      const group = padded.get(axis)
      if (group) group.push(part)
      else padded.set(axis, [part])
    }
  }
  for (const [axis, group] of padded) others.push(...sideBySide(group, axis))
  return others.reduce((sum, part) => f.add(sum, part))
}

/** Padded parts as few tensors of the same sum. */
function sideBySide(parts: readonly Tensor[], axis: number): Tensor[] {
  const extent = parts[0]!.shape[axis]!
  const startOf = (part: Tensor): number => part.attributes['before'] as number
  const rows: Tensor[] = []
  let waiting = [...parts].sort((a, b) => startOf(a) - startOf(b))
  while (waiting.length > 0) {
    const overlapping: Tensor[] = []
    const row: Tensor[] = []
    const first = startOf(waiting[0]!)
    let end = first
    for (const part of waiting) {
      const core = part.inputs[0]!
      const start = startOf(part)
      if (start < end) {
        overlapping.push(part)
        continue
      }
      if (start > end)
        row.push(
          f.broadcastTo(
            f.constant(0),
            core.shape.map((e, a) => (a === axis ? start - end : e)),
          ),
        )
      row.push(core)
      end = start + core.shape[axis]!
    }
    rows.push(f.pad(f.concat(row, { axis }), { axis, before: first, after: extent - end }))
    waiting = overlapping
  }
  return rows
}
