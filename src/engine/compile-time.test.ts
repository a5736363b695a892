import { expect, it } from 'vitest'
import { grad } from './derivative/index.ts'
import * as f from './ops/index.ts'
import { compile } from './program.ts'
import { nodeCpu } from './runtime/node.ts'
import type { Tensor, TensorType } from './tensor.ts'
import type { ProgramSpec } from './traced.ts'

/** A training step by Adam (Kingma & Ba 2015) of a network with six dense layers. */
function trainingStep(rows: number, sizes: readonly number[]): ProgramSpec {
  const types: Record<string, TensorType> = {}
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    types[`w${layer}`] = { shape: [sizes[layer]!, sizes[layer + 1]!], dtype: 'float32' }
    types[`b${layer}`] = { shape: [sizes[layer + 1]!], dtype: 'float32' }
  }
  const names = Object.keys(types)
  const batch: TensorType = { shape: [rows, sizes[0]!], dtype: 'float32' }
  return {
    name: 'training step',
    state: { parameters: types, first: types, second: types },
    inputs: { x: batch, target: batch },
    step: ({ state, inputs }) => {
      const { parameters, first, second } = state as Record<string, Record<string, Tensor>>
      let h = inputs['x']!
      for (let layer = 0; layer + 1 < sizes.length; layer++) {
        const bias = f.broadcastTo(parameters![`b${layer}`]!, [rows, sizes[layer + 1]!])
        h = f.add(f.matmul(h, parameters![`w${layer}`]!), bias)
        if (layer + 2 < sizes.length) h = f.silu(h)
      }
      const loss = f.mean(f.square(f.sub(h, inputs['target']!)))
      const gradients = grad(
        loss,
        names.map((name) => parameters![name]!),
      )
      const next: Record<'parameters' | 'first' | 'second', Record<string, Tensor>> = {
        parameters: {},
        first: {},
        second: {},
      }
      for (const [i, name] of names.entries()) {
        const g = gradients[i]!
        const m = f.add(f.mul(0.9, first![name]!), f.mul(0.1, g))
        const v = f.add(f.mul(0.999, second![name]!), f.mul(0.001, f.square(g)))
        next.first[name] = m
        next.second[name] = v
        next.parameters[name] = f.sub(parameters![name]!, f.mul(1e-3, f.div(m, f.add(f.sqrt(v), 1e-8))))
      }
      return { state: next, outputs: { loss } }
    },
  }
}

it('traces and compiles the training step of six layers in half a second of work', async () => {
  const spec = trainingStep(256, [64, 512, 512, 512, 512, 512, 64])
  let best = Number.POSITIVE_INFINITY
  for (let time = 0; time < 3; time++) {
    // Time of this process, so that other work beside the tests does not count.
    const started = process.cpuUsage()
    const program = await compile(spec, { runtime: nodeCpu() })
    const { user, system } = process.cpuUsage(started)
    best = Math.min(best, (user + system) / 1000)
    await program.dispose()
  }
  expect(best).toBeLessThan(500)
})
