import { defineUnary, type Unary } from './elementwise.ts'

/** x σ(x).  dx = g (s + y − y s), s = σ(x).  Elfwing, Uchibe, Doya 2018 */
export const silu: Unary = defineUnary({
  name: 'silu',
  summary: 'x times the logistic function of x',
  flops: 7,
  onnx: (c, [x]) => c.node('Mul', [x!, c.node('Sigmoid', [x!])]),
  reference: (x) => x / (1 + Math.exp(-x)),
  derivative: ({ f, x, y, g }) => {
    const s = f.sigmoid(x)
    return f.mul(g, f.add(s, f.sub(y, f.mul(y, s))))
  },
})
