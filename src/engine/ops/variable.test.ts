import { expect, it } from 'vitest'
import * as f from '../index.ts'

/** d/d(3x) of (2 · 3x)², where 3x is a tensor that the product simplifies through. */
async function slope(point: (x: f.Tensor) => f.Tensor): Promise<number[]> {
  const program = await f.compile(
    {
      name: 'slope',
      inputs: { x: { shape: [2], dtype: 'float32' } },
      step: ({ inputs }) => {
        const y = point(f.mul(inputs['x']!, 3))
        return { outputs: { slope: f.grad(f.sum(f.square(f.mul(y, 2))), [y])[0]! } }
      },
    },
    { runtime: f.referenceRuntime },
  )
  return Array.from((await program.run({ x: Float64Array.of(1, -0.5) }))['slope']!)
}

it('keeps what is made from it, so that a derivative by it has every part', async () => {
  // d/dy (2y)² = 8y, y = 3x.
  expect(await slope(f.variable)).toEqual([24, -12])
})

it('is an input itself where it is one', async () => {
  await f.compile({
    name: 'itself',
    inputs: { x: { shape: [2], dtype: 'float32' } },
    step: ({ inputs }) => {
      const x = inputs['x']!
      expect(f.variable(x)).toBe(x)
      const y = f.variable(f.exp(x))
      expect(f.variable(y)).toBe(y)
      return { outputs: { y } }
    },
  })
})
