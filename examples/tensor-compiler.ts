// The tensor compiler: trace a function, differentiate it, look at the graph, run it.
import * as f from 'scorefield/engine'

const weights = [0.5, -1, 0.25, 2]
/** y = tanh(x W), x: [B, 2]. */
const layer = (x: f.Tensor): f.Tensor => f.tanh(f.matmul(x, f.constant({ shape: [2, 2], data: weights })))
/** E = Σ y², a scalar, with its gradient in x; and tr ∂y/∂x of each row. */
const step = (x: f.Tensor): Record<string, f.Tensor> => {
  const energy = f.sum(f.square(layer(x)))
  return { energy, gradient: f.grad(energy, [x])[0]!, trace: f.jacobianTrace(layer(x), x) }
}

const type = { shape: [3, 2], dtype: 'float32' } as const
console.log(f.printGraph(step(f.input('x', type)))) // what all three need is there once

const program = await f.compile({
  name: 'layer',
  inputs: { x: type },
  step: ({ inputs }) => ({ outputs: step(inputs['x']!) }),
})
const result = await program.run({ x: Float32Array.of(0, 0, 1, -1, 0.5, 2) })
for (const [name, values] of Object.entries(result))
  console.log(`${name} = ${Array.from(values, (value) => value.toFixed(3)).join(', ')}`)
console.log(`as an ONNX file: ${program.toOnnx().length} bytes`)
await program.dispose()
