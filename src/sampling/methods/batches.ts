import { RandomStream, ScorefieldError } from '../../base/index.ts'
import { type HostArray, type Named, type Shape, sizeOf } from '../../engine/index.ts'
import type { Draws } from '../../family/index.ts'
import { checkedConditions, conditionRows } from '../conditions.ts'
import type { SampleEvent } from '../sample.ts'
import type { DrawRequest } from './method.ts'

/** The batches that hold the points asked for: point i is always computed at place i mod B of a batch. */
export async function* inBatches(options: {
  readonly request: DrawRequest
  readonly batchSize: number
  readonly dimension: number
  /** What the model is conditioned on. */
  readonly conditions: Named<Shape> | undefined
  /** Calls of the runtime that a batch takes. */
  readonly callsPerBatch: number
  /** Computes the batch of points `first` … first + B − 1, [B, d], under its conditions, telling each call that is done. */
  readonly compute: (
    first: number,
    conditions: Named<Float32Array>,
  ) => AsyncGenerator<void, HostArray, undefined>
}): AsyncGenerator<SampleEvent, void, undefined> {
  const { request, batchSize, dimension, compute, callsPerBatch } = options
  const { first = 0, count, signal } = request
  const conditions = checkedConditions(request.conditions, count, options.conditions)
  const start = Math.floor(first / batchSize) * batchSize
  const total = Math.ceil((first + count - start) / batchSize) * callsPerBatch
  let done = 0
  for (let at = start; at < first + count; at += batchSize) {
    signal?.throwIfAborted()
    const own = conditionRows(conditions, options.conditions, { start: at - first, count: batchSize })
    const batch = compute(at, own)
    let next = await batch.next()
    while (next.done !== true) {
      yield { type: 'progress', done: ++done, total }
      signal?.throwIfAborted()
      next = await batch.next()
    }
    const from = Math.max(first, at)
    const to = Math.min(first + count, at + batchSize)
    const rows = Float32Array.from(next.value.subarray((from - at) * dimension, (to - at) * dimension))
    requireFinitePoints(rows, from, dimension)
    yield { type: 'samples', first: from, rows }
  }
}

/** The draws of points first … first + count − 1 by name, each of a stream of its own. */
export function drawsOf(
  draws: Draws,
  { seed, first, count }: { readonly seed: number; readonly first: number; readonly count: number },
): Named<Float32Array> {
  return Object.fromEntries(
    Object.entries(draws).map(([name, { of, shape }]) => {
      const stream = new RandomStream({ seed, name: `sampling/${name}` })
      return [name, stream[of]({ first, count, width: sizeOf(shape) })]
    }),
  )
}

function requireFinitePoints(rows: Float32Array, first: number, dimension: number): void {
  const bad = rows.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/not-finite',
    message: `Sample ${first + Math.floor(bad / dimension)} is not finite.`,
    hint: 'The model runs away there: its training may have diverged. Train longer, with a lower learning rate, or another objective.',
  })
}
