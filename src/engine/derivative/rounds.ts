import { topologicalOrder } from '../graph.ts'
import { broadcastToOperation } from '../ops/broadcast-to.ts'
import * as f from '../ops/index.ts'
import { shapeError } from '../shape.ts'
import { bytesOf, type Tensor } from '../tensor.ts'
import { atPlaces, between, type Directions } from './directions.ts'

/** Bytes that what is carried may take, unless told. */
const usualBudgetBytes = 1e9

/** How the directions of a trace are gone through. */
export interface DirectionOptions {
  /** Directions carried at once, in passes that are written out one after the other. */
  readonly chunk?: number | undefined
  /** The same where all of them fit into the budget. */
  readonly usualChunk?: number | undefined
  readonly budgetBytes?: number | undefined
}

/** Σ of what each of `count` directions gives, [B]: all at once, in chunks, or, above the budget, in the rounds of a loop. */
export function overDirections(
  count: number,
  { chunk, usualChunk = count, budgetBytes = usualBudgetBytes }: DirectionOptions,
  part: (directions: Directions) => Tensor,
): Tensor {
  if (chunk !== undefined) return inChunks(0, count, chunk, part)
  const atOnce = mostWithin(budgetBytes, count, part)
  return atOnce >= count ? inChunks(0, count, usualChunk, part) : inRounds(count, atOnce, part)
}

/** Whether what is behind a tensor fits into the budget. */
export function fitsBudget(tensor: Tensor, budgetBytes: number = usualBudgetBytes): boolean {
  return bytesBehind(tensor) <= budgetBytes
}

/** How many directions fit into the budget, one at least: what two of them take more than one. */
function mostWithin(budgetBytes: number, count: number, part: (directions: Directions) => Tensor): number {
  if (!(budgetBytes > 0)) throw shapeError(`The budget is ${budgetBytes} bytes; it must be above 0.`)
  if (count < 2) return count
  const [one, two] = [1, 2].map((k) => bytesBehind(part(between(0, k)))) as [number, number]
  return two <= one ? count : Math.max(1, Math.floor(budgetBytes / (two - one)))
}

/** Bytes of all tensors that one needs, but for those that are only stretched. */
function bytesBehind(tensor: Tensor): number {
  let bytes = 0
  for (const x of topologicalOrder([tensor])) if (x.operation !== broadcastToOperation) bytes += bytesOf(x)
  return bytes
}

/** Parts of `chunk` directions, from `start` up to `end`, each with operations of its own. */
function inChunks(
  start: number,
  end: number,
  chunk: number,
  part: (directions: Directions) => Tensor,
): Tensor {
  if (!(Number.isInteger(chunk) && chunk > 0))
    throw shapeError(`The chunk is ${chunk}; it must be a whole number above 0.`)
  const parts: Tensor[] = []
  for (let at = start; at < end; at += chunk) parts.push(part(between(at, Math.min(at + chunk, end))))
  return parts.reduce((a, b) => f.add(a, b))
}

/**
 * Parts of `atOnce` directions in the rounds of one loop, and what is left over beside it. The loop the other way round, of a
 * gradient, works each round out again, so that no more than one is in memory.
 */
function inRounds(count: number, atOnce: number, part: (directions: Directions) => Tensor): Tensor {
  const rounds = Math.floor(count / atOnce)
  const places = f.constant(
    { shape: [rounds, atOnce], data: Array.from({ length: rounds * atOnce }, (_, j) => j) },
    { dtype: 'int32' },
  )
  const rest = rounds * atOnce < count ? part(between(rounds * atOnce, count)) : undefined
  const first = part(between(0, 1))
  const { carry } = f.scan({
    carry: { total: rest ?? f.broadcastTo(f.constant(0), first.shape) },
    over: { places },
    step: ({ carry, over }) => ({ carry: { total: f.add(carry.total, part(atPlaces(over.places))) } }),
  })
  return carry.total
}
