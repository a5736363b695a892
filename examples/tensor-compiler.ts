// The tensor compiler: trace a function, differentiate it, look at the graph, run it.
import {
  compile,
  constant,
  grad,
  input,
  jacobianTrace,
  matmul,
  printGraph,
  square,
  sum,
  type Tensor,
  tanh,
} from 'scorefield/engine'

const weights = [0.5, -1, 0.25, 2]
/** y = tanh(x W), x: [B, 2]. */
const layer = (x: Tensor): Tensor => tanh(matmul(x, constant({ shape: [2, 2], data: weights })))
/** E = Σ y², a scalar, with its gradient in x; and tr ∂y/∂x of each row. */
const step = (x: Tensor): Record<string, Tensor> => {
  const energy = sum(square(layer(x)))
  return { energy, gradient: grad(energy, [x])[0]!, trace: jacobianTrace(layer(x), x) }
}

const type = { shape: [3, 2], dtype: 'float32' } as const
console.log(printGraph(step(input('x', type)))) // what is computed twice is there once

const program = await compile({
  name: 'layer',
  inputs: { x: type },
  step: ({ inputs }) => ({ outputs: step(inputs['x']!) }),
})
const { gradient, trace } = await program.run({ x: Float32Array.of(0, 0, 1, -1, 0.5, 2) })
console.log(`gradient ${Array.from(gradient!, (value) => value.toFixed(3)).join(', ')}`)
console.log(`trace    ${Array.from(trace!, (value) => value.toFixed(3)).join(', ')}`) // at x = 0: 0.5 + 2
console.log(`as ONNX  ${program.toOnnx().length} bytes`)
await program.dispose()
