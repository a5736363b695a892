import { defineUnary, type Unary } from './elementwise.ts'
import { writeSigmoid } from './sigmoid.ts'

/** x σ(x).  dx = g s (1 + x (1 − s)), s = σ(x).  Elfwing, Uchibe, Doya 2018 */
export const silu: Unary = defineUnary({
  name: 'silu',
  summary: 'x times the logistic function of x',
  flops: 12,
  onnx: (c, [x]) => c.node('Mul', [x!, writeSigmoid(c, x!)]),
  reference: (x) => x / (1 + Math.exp(-x)),
  derivative: ({ f, x, g }) => {
    const s = f.sigmoid(x)
    return f.mul(g, f.mul(s, f.add(1, f.mul(x, f.sub(1, s)))))
  },
})
