import { expect, test } from 'vitest'
import { topologicalOrder } from '../graph.ts'
import * as f from '../ops/index.ts'
import type { LoopBody } from '../ops/loop-body.ts'
import type { Shape } from '../shape.ts'
import { bytesOf, type Tensor } from '../tensor.ts'
import { grad, hessianTrace, jacobianTrace, type TraceOptions } from './index.ts'

const [rows, hidden] = [64, 32]
const float = (name: string, shape: Shape): Tensor => f.input(name, { shape, dtype: 'float32' })

/** Bytes of what each loop works out in a round, in the gradient of a trace of a field and of an energy. */
function roundsOf(dimension: number, options: TraceOptions): readonly (readonly number[])[] {
  const x = float('x', [rows, dimension])
  const weights = [
    float('w0', [dimension, hidden]),
    float('w1', [hidden, hidden]),
    float('w2', [hidden, dimension]),
  ] as const
  const h = f.tanh(f.matmul(f.tanh(f.matmul(x, weights[0])), weights[1]))
  const field = f.matmul(h, weights[2])
  const energy = f.sum(f.softplus(field), { axes: [1] })
  return [jacobianTrace(field, x, options), hessianTrace(energy, x, options)].map((trace) =>
    topologicalOrder([trace, ...grad(f.sum(trace), weights)]).flatMap(({ operation, attributes }) =>
      operation.name === 'scan' ? [bytesOfRound(attributes['body'] as LoopBody)] : [],
    ),
  )
}

function bytesOfRound(body: LoopBody): number {
  const made = body.order().filter(({ operation }) => operation.name !== 'broadcastTo')
  return made.reduce((sum, x) => sum + bytesOf(x), 0)
}

test('what fits into the budget has no loop', () => {
  for (const options of [{}, { budgetBytes: 1e8 }, { way: 'forward', budgetBytes: 1e8 }] as const)
    for (const rounds of roundsOf(128, options)) expect(rounds).toEqual([])
})

test.each([
  { dimension: 64, way: 'forward' },
  { dimension: 256, way: 'forward' },
  { dimension: 256, way: undefined },
] as const)(
  'above the budget a loop and the one back have rounds of its size: d = $dimension, $way',
  ({ dimension, way }) => {
    const budgetBytes = 3e5
    for (const rounds of roundsOf(dimension, { way, budgetBytes })) {
      expect(rounds.length).toBeGreaterThan(1)
      // Forward again, backward, and the sums that the rounds add to.
      for (const bytes of rounds) expect(bytes).toBeLessThan(6 * budgetBytes)
      expect(Math.max(...rounds)).toBeGreaterThan(budgetBytes / 2)
    }
  },
)
